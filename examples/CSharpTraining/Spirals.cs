using Adjoint.Core;
using Adjoint.Front;

namespace Adjoint.Examples.CSharpTraining;

/// <summary>Points on two spirals that wind around each other, with a little noise; which spiral is the question.</summary>
public static class Spirals
{
    /// <summary>Points [count, 2] and for each 0 or 1.</summary>
    public static (Expr Points, Expr Labels) Draw(Expr key, int count)
    {
        Expr[] keys = Rng.Split(key, 3);
        Expr labels = Rng.Integers(keys[0], Shape.Of(count), 0, 2);
        Expr along = Rng.Uniform(keys[1], Shape.Of(count), DType.F32, 0.1, 1.0);
        Expr angle = (2.0 * Math.PI * along) + (Math.PI * labels.Cast(DType.F32));
        Expr points = Tensors.Stack([along * angle.Cos(), along * angle.Sin()], 1);
        return (points + (0.02 * Rng.Normal(keys[2], points.Shape)), labels);
    }
}
