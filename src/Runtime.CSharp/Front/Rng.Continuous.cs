using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Distributions of real numbers, in their standard form: multiply and add for others.</content>
public static partial class Rng
{
    /// <summary>Numbers spread evenly over low … high, which is excluded but for the last rounding.</summary>
    public static Expr Uniform(Expr key, Shape shape, DType type = DType.F32, double low = 0.0, double high = 1.0)
    {
        Expr unit = Unit(key, shape, type);
        return low == 0 && high == 1 ? unit : ((unit * (high - low)) + low).Maximum(low);
    }

    /// <summary>Numbers spread evenly over low … high, of their dtype, which broadcast to the shape; derivatives pass through both.</summary>
    public static Expr Uniform(Expr key, Shape shape, Expr low, Expr high)
    {
        CheckFloating("uniform", low.DType);
        return ((Unit(key, shape, low.DType) * (high - low)) + low).Maximum(low);
    }

    /// <summary>Normally distributed numbers of mean 0 and variance 1: √2 erfInv u. f16 and bf16 are rounded from f32.</summary>
    public static Expr Normal(Expr key, Shape shape, DType type = DType.F32) => Rounded("normal", type, real =>
    {
        double low = real == DType.F32 ? MathF.BitIncrement(-1f) : Math.BitIncrement(-1.0);
        return Uniform(key, shape, real, low).ErfInv() * Math.Sqrt(2.0);
    });

    /// <summary>Normally distributed numbers of mean 0 and variance 1 under the condition that they lie between two bounds.</summary>
    /// <exception cref="DomainException">The lower bound is not below the upper one.</exception>
    public static Expr TruncatedNormal(Expr key, Shape shape, double lower = -2.0, double upper = 2.0, DType type = DType.F32)
    {
        if (!(lower < upper))
        {
            throw new DomainException($"truncated_normal: nothing lies between {lower} and {upper}.");
        }

        return Rounded("truncated_normal", type, real =>
        {
            Expr Erf(double bound) => (Tensors.Full(real, Shape.Scalar, bound) / Tensors.Full(real, Shape.Scalar, Math.Sqrt(2.0))).Erf();
            Expr drawn = Uniform(key, shape, Erf(lower), Erf(upper)).ErfInv() * Math.Sqrt(2.0);
            return real == DType.F32
                ? drawn.Clip(MathF.BitIncrement((float)lower), MathF.BitDecrement((float)upper))
                : drawn.Clip(Math.BitIncrement(lower), Math.BitDecrement(upper));
        });
    }

    /// <summary>Numbers of the standard Gumbel distribution: −ln(−ln u).</summary>
    public static Expr Gumbel(Expr key, Shape shape, DType type = DType.F32) => Rounded("gumbel", type, real =>
    {
        double tiny = real == DType.F64 ? 2.2250738585072014e-308 : 1.17549435e-38;
        return -(-Uniform(key, shape, real, tiny).Log()).Log();
    });

    /// <summary>Numbers of the exponential distribution of mean 1: −ln(1 − u).</summary>
    public static Expr Exponential(Expr key, Shape shape, DType type = DType.F32) =>
        Rounded("exponential", type, real => -(-Uniform(key, shape, real)).Log1p());

    /// <summary>Numbers of the standard Laplace distribution, of variance 2: sign u ln(1 − |u|).</summary>
    public static Expr Laplace(Expr key, Shape shape, DType type = DType.F32) => Rounded("laplace", type, real =>
    {
        Expr u = Uniform(key, shape, real, (Epsilon(real) / 2) - 1.0);
        return u.Sign() * (-u.Abs()).Log1p();
    });

    /// <summary>Numbers of the standard Cauchy distribution, which has no mean: tan π(u − ½).</summary>
    public static Expr Cauchy(Expr key, Shape shape, DType type = DType.F32) =>
        Rounded("cauchy", type, real => (Math.PI * (Uniform(key, shape, real, Epsilon(real)) - 0.5)).Tan());

    /// <summary>Numbers of the standard logistic distribution: ln(u / (1 − u)).</summary>
    public static Expr Logistic(Expr key, Shape shape, DType type = DType.F32) => Rounded("logistic", type, real =>
    {
        Expr u = Uniform(key, shape, real, Epsilon(real));
        return (u / (1.0 - u)).Log();
    });

    /// <summary>Numbers in 0 … 1, 1 excluded: random bits as the fraction of a number in 1 … 2, less 1.</summary>
    private static Expr Unit(Expr key, Shape shape, DType type)
    {
        (DType word, DType integer, long one, long drop) = type switch
        {
            DType.F32 => (DType.U32, DType.U32, 0x3F800000L, 9L),
            DType.F64 => (DType.U64, DType.U64, 0x3FF0000000000000L, 12L),
            DType.F16 => (DType.U16, DType.U16, 0x3C00L, 6L),
            DType.BF16 => (DType.U8, DType.U16, 0x3F80L, 1L),
            _ => throw new DTypeException($"uniform: {type.Name()} is no floating dtype.").Here(),
        };
        Expr bits = Bits(key, shape, word);
        Expr fraction = bits.ShiftRightLogical(Literals.Like("uniform", bits, drop)).Cast(integer);
        return fraction.Or(Literals.Like("uniform", fraction, one)).Bitcast(type) - 1.0;
    }

    /// <summary>The distance from 1 to the next number of f32 or f64.</summary>
    private static double Epsilon(DType type) => type == DType.F32 ? 1.1920928955078125e-07 : 2.220446049250313e-16;
}
