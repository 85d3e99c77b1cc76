namespace Adjoint.Front;

/// <content>Activation functions.</content>
public static partial class Tensors
{
    /// <summary>max(x, 0); derivative 0 at 0, NaN stays.</summary>
    public static Expr Relu(this Expr x) => x.LessOrEqual(0).Where(0.0, x);

    /// <summary>x above 0, slope times x elsewhere; derivative slope at 0.</summary>
    public static Expr LeakyRelu(this Expr x, double slope = 0.01) => x.Greater(0).Where(x, slope * x);

    /// <summary>x above 0, scale (exp x − 1) elsewhere.</summary>
    public static Expr Elu(this Expr x, double scale = 1.0) => x.Greater(0).Where(x, scale * x.Minimum(0).Expm1());

    /// <summary>ln(1 + exp x), without overflow.</summary>
    public static Expr Softplus(this Expr x)
    {
        Expr positive = x.Greater(0);
        Expr below = positive.Where(-x, x);
        return positive.Where(x, 0.0) + below.Exp().Log1p();
    }

    /// <summary>ln of the sigmoid, without overflow.</summary>
    public static Expr LogSigmoid(this Expr x) => -(-x).Softplus();

    /// <summary>x Φ(x), with the normal distribution's Φ by the error function.</summary>
    public static Expr Gelu(this Expr x) => 0.5 * x * (1.0 + (x * Math.Sqrt(0.5)).Erf());

    /// <summary>x times its sigmoid.</summary>
    public static Expr Silu(this Expr x) => x * x.Sigmoid();
}
