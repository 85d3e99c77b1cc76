using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front;

/// <content>Forward mode, linear parts and pullbacks.</content>
public static partial class Differential
{
    /// <summary>The value of a function and its derivative in a direction.</summary>
    public static (Expr Value, Expr Tangent) Jvp(Func<Expr, Expr> f, Expr x, Expr dx)
    {
        (Expr[] values, Expr[] tangents) = Jvp(Leaves.Of(f), [x], [dx]);
        return (values[0], tangents[0]);
    }

    /// <summary>
    /// The results of a function and their derivatives in a direction. Tangents of arguments that have none are not read.
    /// </summary>
    /// <returns>Values, and a tangent of each; of a result without tangent it is the value itself.</returns>
    /// <exception cref="StructureException">A tangent is not of its argument's type.</exception>
    public static (Expr[] Values, Expr[] Tangents) Jvp(Func<Expr[], Expr[]> f, Expr[] x, Expr[] dx, IReadOnlyList<string>? paths = null)
    {
        Traced traced = Traced.Over("jvp", x, f, paths);
        ParameterMask active = Leaves.WithTangents(x, null);
        Expr[] directions = Leaves.Directions("jvp", "tangent", [.. x.Select(leaf => leaf.Handle.Type)], active, dx, paths);
        Graph graph = traced.Close();
        JvpBody jvp = Forward.Apply(graph, Leaves.Active(active, graph));
        Expr[] operands = [.. x, .. traced.Captured, .. directions];
        Expr[] results = Building.Inline(jvp.Graph, operands);
        Expr[] values = results[..traced.Results.Length];
        Expr[] tangents = Filled(values, jvp.Tangents.Spread(results[values.Length..]));
        Observer.RunAtTop([.. values, .. tangents], operands);
        return (values, tangents);
    }

    /// <summary>The value of a function, and its derivative there as a linear function.</summary>
    public static (Expr Value, Func<Expr, Expr> Linear) Linearize(Func<Expr, Expr> f, Expr x)
    {
        (Expr[] values, Func<Expr[], Expr[]> linear) = Linearize(Leaves.Of(f), [x]);
        return (values[0], dx => linear([dx])[0]);
    }

    /// <summary>The results of a function, and their derivative as a linear function of tangents, to be used any number of times.</summary>
    public static (Expr[] Values, Func<Expr[], Expr[]> Linear) Linearize(
        Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        LinearPart part = LinearPart.At("linearize", f, x, null, paths);
        return (part.Values, part.Push);
    }

    /// <summary>
    /// The value of a function, and its pullback: from a cotangent of the value to that of the argument, without conjugation.
    /// </summary>
    public static (Expr Value, Func<Expr, Expr> Pullback) ValueAndPullback(Func<Expr, Expr> f, Expr x)
    {
        (Expr[] values, Func<Expr[], Expr[]> pullback) = ValueAndPullback(Leaves.Of(f), [x]);
        return (values[0], cotangent => pullback([cotangent])[0]);
    }

    /// <summary>The results of a function, and their pullback, to be used any number of times.</summary>
    /// <remarks>Cotangents of results that have no tangent are not read; arguments without tangent come back as they are.</remarks>
    public static (Expr[] Values, Func<Expr[], Expr[]> Pullback) ValueAndPullback(
        Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        LinearPart part = LinearPart.At("pullback", f, x, null, paths);
        return (part.Values, part.Pull);
    }

    /// <summary>Zeros where a tangent is identically zero, and the value where a result has none.</summary>
    internal static Expr[] Filled(IReadOnlyList<Expr> values, Expr?[] tangents) =>
        [.. values.Select((value, i) => tangents[i] ?? (value.Handle.Type.HasTangent ? Leaves.Zeros(value.Handle.Type) : value))];
}
