using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Functions of tensors, each of which gives a new expression; nothing is computed here.</summary>
/// <remarks>Axes may be negative: they count from the end. Errors tell the operation, the types and the user's line.</remarks>
public static partial class Tensors
{
    /// <summary>Exponential.</summary>
    public static Expr Exp(this Expr x) => Building.Make(x, Ops.Exp);

    /// <summary>exp x − 1, accurate near 0.</summary>
    public static Expr Expm1(this Expr x) => Building.Make(x, Ops.Expm1);

    /// <summary>Natural logarithm; NaN below 0, −∞ at 0.</summary>
    public static Expr Log(this Expr x) => Building.Make(x, Ops.Log);

    /// <summary>ln(1 + x), accurate near 0.</summary>
    public static Expr Log1p(this Expr x) => Building.Make(x, Ops.Log1p);

    /// <summary>Square root; NaN below 0.</summary>
    public static Expr Sqrt(this Expr x) => Building.Make(x, Ops.Sqrt);

    /// <summary>One over the square root.</summary>
    public static Expr Rsqrt(this Expr x) => Building.Make(x, Ops.Rsqrt);

    /// <summary>Cube root.</summary>
    public static Expr Cbrt(this Expr x) => Building.Make(x, Ops.Cbrt);

    /// <summary>Sine.</summary>
    public static Expr Sin(this Expr x) => Building.Make(x, Ops.Sin);

    /// <summary>Cosine.</summary>
    public static Expr Cos(this Expr x) => Building.Make(x, Ops.Cos);

    /// <summary>Tangent.</summary>
    public static Expr Tan(this Expr x) => Building.Make(x, Ops.Tan);

    /// <summary>Inverse sine, on −1 to 1.</summary>
    public static Expr Asin(this Expr x) => Building.Make(x, Ops.Asin);

    /// <summary>Inverse cosine, on −1 to 1.</summary>
    public static Expr Acos(this Expr x) => Building.Make(x, Ops.Acos);

    /// <summary>Inverse tangent.</summary>
    public static Expr Atan(this Expr x) => Building.Make(x, Ops.Atan);

    /// <summary>Hyperbolic sine.</summary>
    public static Expr Sinh(this Expr x) => Building.Make(x, Ops.Sinh);

    /// <summary>Hyperbolic cosine.</summary>
    public static Expr Cosh(this Expr x) => Building.Make(x, Ops.Cosh);

    /// <summary>Hyperbolic tangent.</summary>
    public static Expr Tanh(this Expr x) => Building.Make(x, Ops.Tanh);

    /// <summary>Inverse hyperbolic sine.</summary>
    public static Expr Asinh(this Expr x) => Building.Make(x, Ops.Asinh);

    /// <summary>Inverse hyperbolic cosine, from 1.</summary>
    public static Expr Acosh(this Expr x) => Building.Make(x, Ops.Acosh);

    /// <summary>Inverse hyperbolic tangent, on −1 to 1.</summary>
    public static Expr Atanh(this Expr x) => Building.Make(x, Ops.Atanh);

    /// <summary>Error function.</summary>
    public static Expr Erf(this Expr x) => Building.Make(x, Ops.Erf);

    /// <summary>1 − erf x, accurate for large x.</summary>
    public static Expr Erfc(this Expr x) => Building.Make(x, Ops.Erfc);

    /// <summary>Inverse of the error function, on −1 to 1.</summary>
    public static Expr ErfInv(this Expr x) => Building.Make(x, Ops.ErfInv);

    /// <summary>ln |Γ(x)|.</summary>
    public static Expr Lgamma(this Expr x) => Building.Make(x, Ops.Lgamma);

    /// <summary>(ln Γ)′.</summary>
    public static Expr Digamma(this Expr x) => Building.Make(x, Ops.Digamma);

    /// <summary>Largest whole number that is not above; derivative 0.</summary>
    public static Expr Floor(this Expr x) => Building.Make(x, Ops.Floor);

    /// <summary>Smallest whole number that is not below; derivative 0.</summary>
    public static Expr Ceil(this Expr x) => Building.Make(x, Ops.Ceil);

    /// <summary>Nearest whole number, ties to even; derivative 0.</summary>
    public static Expr Round(this Expr x) => Building.Make(x, Ops.Round);

    /// <summary>Cut towards zero; derivative 0.</summary>
    public static Expr Truncate(this Expr x) => Building.Make(x, Ops.Truncate);

    /// <summary>−1, 0 or 1; derivative 0. Of complex numbers z/|z|.</summary>
    public static Expr Sign(this Expr x) => Building.Make(x, Ops.Sign);

    /// <summary>Absolute value; derivative 0 at 0.</summary>
    public static Expr Abs(this Expr x) => Building.Make(x, Ops.Abs);

    /// <summary>Whether numbers are neither infinite nor NaN.</summary>
    public static Expr IsFinite(this Expr x) => Building.Make(x, Ops.IsFinite);

    /// <summary>Complex conjugate; a real tensor is its own.</summary>
    public static Expr Conj(this Expr x) => Building.Make(x, Ops.Conj);

    /// <summary>Real part.</summary>
    public static Expr Real(this Expr x) => Building.Make(x, Ops.Real);

    /// <summary>Imaginary part; zeros for a real tensor.</summary>
    public static Expr Imag(this Expr x) => Building.Make(x, Ops.Imag);

    /// <summary>Negation of bools, complement of integers.</summary>
    public static Expr Not(this Expr x) => Building.Make(x, Ops.Not);

    /// <summary>The number of bits that are 1.</summary>
    public static Expr PopCount(this Expr x) => Building.Make(x, Ops.PopCount);

    /// <summary>The same values, as a constant to derivatives.</summary>
    public static Expr StopGradient(this Expr x) => Building.Make(x, Ops.StopGradient);

    /// <summary>1 / (1 + exp(−x)), without overflow.</summary>
    public static Expr Sigmoid(this Expr x) => Building.Make(x, Ops.Logistic);
}
