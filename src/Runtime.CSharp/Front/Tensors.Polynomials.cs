using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Convolutions of vectors, and polynomials: of powers with the highest coefficient first, as NumPy's polyval.</content>
public static partial class Tensors
{
    /// <summary>Σⱼ x[j] y[k − j] of two vectors, as NumPy's convolve.</summary>
    public static Expr Convolve(this Expr x, Expr y, ConvolutionMode mode = ConvolutionMode.Full) =>
        x.Size >= y.Size ? Sliding("convolve", x, y.Flip(), mode) : Sliding("convolve", y, x.Flip(), mode);

    /// <summary>Σⱼ x[k + j] conj(y[j]) of two vectors, as NumPy's correlate.</summary>
    public static Expr Correlate(this Expr x, Expr y, ConvolutionMode mode = ConvolutionMode.Valid) => x.Size >= y.Size
        ? Sliding("correlate", x, y.Conj(), mode)
        : Sliding("correlate", y.Conj(), x, mode).Flip();

    /// <summary>The polynomial with these coefficients, [n], highest first, at x of any shape, by Horner's rule. 0 without coefficients.</summary>
    public static Expr PolyVal(Expr coefficients, Expr x)
    {
        Demand.Rank("polyval", coefficients, 1);
        Broadcasting.SameDType("polyval", coefficients, x);
        Expr sum = x.ZerosLike();
        for (int i = 0; i < coefficients.Size; i++)
        {
            sum = i == 0 ? sum + coefficients[0] : (sum * x) + coefficients[i];
        }

        return sum;
    }

    /// <summary>The series of Chebyshev polynomials with these coefficients, [n], lowest first, at x, by Clenshaw's recurrence.</summary>
    public static Expr ChebVal(Expr coefficients, Expr x) => Clenshaw("chebval", coefficients, x, _ => (2.0, -1.0), 1.0);

    /// <summary>The series of Legendre polynomials with these coefficients, [n], lowest first, at x, by Clenshaw's recurrence.</summary>
    public static Expr LegVal(Expr coefficients, Expr x) =>
        Clenshaw("legval", coefficients, x, k => (((2.0 * k) + 1) / (k + 1), -(k + 1.0) / (k + 2)), 1.0);

    /// <summary>The coefficients of the sum of two polynomials.</summary>
    public static Expr PolyAdd(Expr x, Expr y)
    {
        Demand.Rank("polyadd", x, 1);
        Demand.Rank("polyadd", y, 1);
        int size = Math.Max(x.Size, y.Size);
        return x.Pad([(size - x.Size, 0)]) + y.Pad([(size - y.Size, 0)]);
    }

    /// <summary>The coefficients of the product of two polynomials.</summary>
    public static Expr PolyMul(Expr x, Expr y) => x.Convolve(y);

    /// <summary>The coefficients of the derivative, so many times; of a constant, one that is 0.</summary>
    public static Expr PolyDer(Expr coefficients, int order = 1)
    {
        Demand.Rank("polyder", coefficients, 1);
        Demand.AtLeast("polyder", "the order", order, 0);
        Expr result = coefficients;
        for (int i = 0; i < order && result.Size > 0; i++)
        {
            Expr powers = Iota(result.DType, result.Size).Flip();
            result = result.Size == 1 ? result.ZerosLike() : (result * powers)[..^1];
        }

        return result;
    }

    /// <summary>The coefficients of the antiderivative that is 0 at 0.</summary>
    public static Expr PolyInt(Expr coefficients)
    {
        Demand.Rank("polyint", coefficients, 1);
        Demand.Differentiable("polyint", coefficients);
        Expr powers = Iota(coefficients.DType, coefficients.Size).Flip() + 1.0;
        return (coefficients / powers).Pad([(0, 1)]);
    }

    /// <summary>Sums of products of the shorter vector with each part of the longer one.</summary>
    private static Expr Sliding(string operation, Expr x, Expr filter, ConvolutionMode mode)
    {
        Broadcasting.SameDType(operation, x, filter);
        Demand.Rank(operation, x, 1);
        Demand.Rank(operation, filter, 1);
        Demand.AtLeast(operation, "the shorter length", filter.Size, 1);
        int around = filter.Size - 1;
        Padding padding = mode switch
        {
            ConvolutionMode.Full => Padding.Of((around, around)),
            ConvolutionMode.Same => Padding.Of((filter.Size / 2, around - (filter.Size / 2))),
            _ => Padding.Valid,
        };
        return x.Reshape(1, 1, -1).Conv(filter.Reshape(1, 1, -1), padding: padding).Reshape(-1);
    }

    /// <summary>
    /// Σ c[k] P[k](x) for polynomials with P[0] = 1, P[1] = first x, P[k + 1] = a(k) x P[k] + b(k − 1) P[k − 1]
    /// (Clenshaw 1955, Math. Tables Aids Comput. 9, 118).
    /// </summary>
    private static Expr Clenshaw(string operation, Expr coefficients, Expr x, Func<int, (double A, double B)> recurrence, double first)
    {
        Demand.Rank(operation, coefficients, 1);
        Demand.Differentiable(operation, x);
        Broadcasting.SameDType(operation, coefficients, x);
        (Expr next, Expr after) = (x.ZerosLike(), x.ZerosLike());
        for (int k = coefficients.Size - 1; k > 0; k--)
        {
            (next, after) = (coefficients[k] + (recurrence(k).A * x * next) + (recurrence(k).B * after), next);
        }

        return coefficients.Size == 0 ? next : coefficients[0] + (first * x * next) + (recurrence(0).B * after);
    }
}
