using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Complex numbers by length and angle.</content>
public static partial class Tensors
{
    /// <summary>Complex numbers of these lengths and angles.</summary>
    public static Expr Polar(this Expr length, Expr angle) => (length * angle.Cos()).Complex(length * angle.Sin());

    /// <summary>The angle of complex numbers, −π to π; of real ones 0, or π below 0. It has no derivative at 0 (NaN).</summary>
    public static Expr Angle(this Expr x)
    {
        Demand.Differentiable("angle", x);
        return x.DType.IsComplex()
            ? x.Imag().Atan2(x.Real())
            : x.IsNan().Where(x, x.Less(0).Where(x.DType, Math.PI, 0.0));
    }

    /// <summary>Conjugates with the last two axes exchanged.</summary>
    public static Expr ConjTranspose(this Expr x) => x.Transpose().Conj();

    /// <summary>Angles along an axis, turned by whole periods so that neighbours differ by at most half of one. As NumPy's unwrap.</summary>
    /// <remarks>The derivative is the identity: the turns are constant between jumps.</remarks>
    public static Expr Unwrap(this Expr angles, int axis = -1, double period = 2 * Math.PI)
    {
        Demand.Floating("unwrap", angles);
        int at = Axis.Of("unwrap", axis, angles.Rank, angles.Type.ToString());
        Expr steps = angles.StopGradient().Diff(1, at);
        Expr wrapped = (steps + (period / 2)).Mod(period) - (period / 2);
        Expr up = wrapped.Equal(-period / 2).And(steps.Greater(0));
        Expr turns = steps.Abs().Less(period / 2).Where(0.0, up.Where(period / 2, wrapped) - steps);
        return angles + Concat([Window(angles, at, 0, 1).ZerosLike(), turns.CumSum(at)], at);
    }
}
