namespace Adjoint.Front;

/// <content>Activation functions.</content>
public static partial class Tensors
{
    /// <summary>max(x, 0); derivative 0 at 0, NaN stays.</summary>
    public static Expr Relu(this Expr x) => x.LessOrEqual(0).Where(0.0, x);

    /// <summary>min(max(x, 0), 6); derivative 0 at 0 and 6, NaN stays.</summary>
    public static Expr Relu6(this Expr x) => x.GreaterOrEqual(6).Where(6.0, x.Relu());

    /// <summary>x above 0, slope times x elsewhere; derivative slope at 0.</summary>
    public static Expr LeakyRelu(this Expr x, double slope = 0.01) => x.Greater(0).Where(x, slope * x);

    /// <summary>x above 0, slope times x elsewhere, where the slope is learned and broadcasts; derivative slope at 0 (He et al. 2015).</summary>
    public static Expr PRelu(this Expr x, Expr slope) => x.Greater(0).Where(x, slope * x);

    /// <summary>x above 0, scale (exp x − 1) elsewhere; derivative scale at 0 (Clevert, Unterthiner and Hochreiter 2016).</summary>
    public static Expr Elu(this Expr x, double scale = 1.0)
    {
        Expr positive = x.Greater(0);
        return positive.Where(x, scale * positive.Where(0.0, x).Expm1());
    }

    /// <summary>x above 0, scale (exp(x / scale) − 1) elsewhere: smooth for any scale (Barron 2017).</summary>
    public static Expr Celu(this Expr x, double scale = 1.0)
    {
        Expr positive = x.Greater(0);
        return positive.Where(x, scale * (positive.Where(0.0, x) / scale).Expm1());
    }

    /// <summary>1.0507 elu x with scale 1.6733: keeps mean 0 and variance 1 (Klambauer et al. 2017, whose numbers these are).</summary>
    public static Expr Selu(this Expr x) => 1.0507009873554804934193349852946 * x.Elu(1.6732632423543772848170429916717);

    /// <summary>ln(1 + exp x), without overflow.</summary>
    public static Expr Softplus(this Expr x)
    {
        Expr positive = x.Greater(0);
        Expr below = positive.Where(-x, x);
        return positive.Where(x, 0.0) + below.Exp().Log1p();
    }

    /// <summary>ln of the sigmoid, without overflow.</summary>
    public static Expr LogSigmoid(this Expr x) => -(-x).Softplus();

    /// <summary>x / (1 + |x|).</summary>
    public static Expr Softsign(this Expr x) => x / (1.0 + x.Abs());

    /// <summary>x Φ(x), with the normal distribution's Φ by the error function (Hendrycks and Gimpel 2016).</summary>
    public static Expr Gelu(this Expr x) => 0.5 * x * (1.0 + (x * Math.Sqrt(0.5)).Erf());

    /// <summary>The approximation of gelu by x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2; off by at most 5e-4.</summary>
    public static Expr GeluTanh(this Expr x) =>
        0.5 * x * (1.0 + (Math.Sqrt(2.0 / Math.PI) * x * (1.0 + (0.044715 * x * x))).Tanh());

    /// <summary>x times its sigmoid; swish.</summary>
    public static Expr Silu(this Expr x) => x * x.Sigmoid();

    /// <summary>x tanh(softplus x) (Misra 2019).</summary>
    public static Expr Mish(this Expr x) => x * x.Softplus().Tanh();

    /// <summary>x moved into −1 … 1; derivative ½ at either end.</summary>
    public static Expr HardTanh(this Expr x) => x.Clip(-1.0, 1.0);

    /// <summary>(x + 3) / 6 moved into 0 … 1, as PyTorch's and Keras's; derivative 0 at −3 and 3.</summary>
    public static Expr HardSigmoid(this Expr x) => (x + 3.0).Relu6() / 6.0;

    /// <summary>x times its hard sigmoid (Howard et al. 2019).</summary>
    public static Expr HardSwish(this Expr x) => x * x.HardSigmoid();

    /// <summary>The first half of an axis times the sigmoid of the second (Dauphin et al. 2017).</summary>
    /// <exception cref="Core.ShapeException">The axis is odd.</exception>
    public static Expr Glu(this Expr x, int axis = -1)
    {
        Expr[] halves = x.Split(2, axis);
        return halves[0] * halves[1].Sigmoid();
    }
}
