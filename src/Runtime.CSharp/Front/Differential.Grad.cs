using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front;

/// <summary>The differential operators: they take and give plain functions of expressions, and nest without limit.</summary>
/// <remarks>
/// On concrete arguments they run at once. Arguments that are not floating or complex are constants without tangent.
/// What a function uses from outside is a constant to the operator around it, and a variable to those further out.
/// </remarks>
public static partial class Differential
{
    /// <summary>The gradient of a real scalar function. Of a complex argument: the direction of steepest ascent.</summary>
    public static Func<Expr, Expr> Grad(Func<Expr, Expr> f) => x => GradAt(Leaves.Of(f), [x]).Gradients[0];

    /// <summary>The gradient in each argument; arguments without tangent come back as they are.</summary>
    public static Func<Expr[], Expr[]> Grad(Func<Expr[], Expr> f, IReadOnlyList<string>? paths = null) =>
        x => GradAt(Leaves.Of(f), x, paths).Gradients;

    /// <summary>The value of a real scalar function, and its gradient.</summary>
    public static Func<Expr, (Expr Value, Expr Gradient)> ValueAndGrad(Func<Expr, Expr> f) => x =>
    {
        (Expr[] values, Expr[] gradients) = GradAt(Leaves.Of(f), [x]);
        return (values[0], gradients[0]);
    };

    /// <summary>The value of a real scalar function, and its gradient in each argument.</summary>
    public static Func<Expr[], (Expr Value, Expr[] Gradients)> ValueAndGrad(
        Func<Expr[], Expr> f, IReadOnlyList<string>? paths = null) => x =>
    {
        (Expr[] values, Expr[] gradients) = GradAt(Leaves.Of(f), x, paths);
        return (values[0], gradients);
    };

    /// <summary>The results of a function, and the gradient of the first of them, a real scalar; the others are carried along.</summary>
    /// <param name="f">The function.</param>
    /// <param name="x">The arguments.</param>
    /// <param name="paths">What the arguments are called in messages.</param>
    /// <param name="asked">The arguments whose gradients are wanted; the others come back as they are.</param>
    /// <exception cref="DerivativeException">The first result is no real scalar, or no argument has a tangent.</exception>
    public static (Expr[] Values, Expr[] Gradients) GradAt(
        Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null, ParameterMask? asked = null)
    {
        Traced traced = Traced.Over("grad", x, f, paths);
        Leaves.CheckLoss("grad", traced);
        ParameterMask active = Leaves.WithTangents(x, asked);
        if (!active.Any)
        {
            throw new DerivativeException(
                $"grad: no argument has a tangent; they are {string.Join(", ", x.Select(leaf => leaf.Handle.Type))}. "
                    + "Cast one to a floating dtype?").Here();
        }

        Graph graph = traced.Close();
        var loss = new ParameterMask(Enumerable.Range(0, traced.Results.Length).Select(i => i == 0));
        BackwardBody reverse = Backward.Apply(graph, Leaves.Active(active, graph), loss);
        LostDependence.Report(f, x, active, reverse.NonZero, paths);
        Expr[] operands = [.. x, .. traced.Captured];
        Expr seed = Building.Make(() => Ops.Ones(traced.Results[0].Tensor));
        Expr[] results = Building.Inline(reverse.Graph, [.. operands, seed]);
        Expr[] values = results[..traced.Results.Length];
        Expr?[] gradients = active.Spread(results[values.Length..]);
        Expr[] ascent = [.. gradients.Select((gradient, i) => gradient is null ? x[i] : Conjugate(gradient))];
        Observer.RunAtTop([.. values, .. ascent], operands);
        return (values, ascent);
    }

    private static Expr Conjugate(Expr x) => x.DType.IsComplex() ? Building.Make(x, Ops.Conj) : x;
}
