using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Loops.</content>
public static partial class Flow
{
    /// <summary>Repeats a step while a condition holds.</summary>
    public static Expr While(Func<Expr, Expr> condition, Func<Expr, Expr> step, Expr state) =>
        While(leaves => condition(leaves[0]), Leaves.Of(step), [state])[0];

    /// <summary>Repeats a step while a condition holds; differentiable in either mode.</summary>
    /// <exception cref="StructureException">The state after a step is not of the types before it.</exception>
    public static Expr[] While(
        Func<Expr[], Expr> condition, Func<Expr[], Expr[]> step, Expr[] state, IReadOnlyList<string>? paths = null)
    {
        ValueType[] types = [.. state.Select(leaf => leaf.Handle.Type)];
        Traced test = Traced.Of("while (condition)", types, Leaves.Of(condition), paths);
        if (!test.Results[0].Type.Equals(TensorType.Of(DType.Bool)))
        {
            throw new TypeRuleException($"while: the condition gives {test.Results[0].Type}, not one bool. "
                + "Compare, or reduce with All or Any?").Here();
        }

        Traced body = Traced.Of("while (step)", types, step, paths);
        SameTypes("while", "the state before a step", types, "the state after it", body.ResultTypes, paths);
        Expr[] captured = Traced.Union(test, body);
        return Building.Apply(
            new While(test.Close(0, captured), body.Close(0, captured), captured.Length), [.. captured, .. state]);
    }

    /// <summary>Repeats a step for i = 0 … n − 1, or n − 1 … 0; n is one i64, known when it runs.</summary>
    public static Expr[] Repeat(
        Expr n, Func<Expr, Expr[], Expr[]> step, Expr[] state, bool reverse = false, IReadOnlyList<string>? paths = null)
    {
        CheckScalar("repeat", "count", n, type => type == DType.I64, "i64");
        ValueType[] types = [.. state.Select(leaf => leaf.Handle.Type)];
        Traced body = Traced.Of("repeat", [TensorType.Of(DType.I64), .. types], leaves => step(leaves[0], leaves[1..]), Shifted(paths));
        SameTypes("repeat", "the state before a step", types, "the state after it", body.ResultTypes, paths);
        Expr[] captured = [.. body.Captured];
        return Building.Apply(new Repeat(body.Close(1, captured), captured.Length, reverse), [n, .. captured, .. state]);
    }

    /// <summary>Repeats a step for i = 0 … n − 1.</summary>
    public static Expr Repeat(Expr n, Func<Expr, Expr, Expr> step, Expr state) =>
        Repeat(n, (i, leaves) => [step(i, leaves[0])], [state])[0];

    /// <summary>Repeats a step for i from low up to high, which is excluded.</summary>
    public static Expr Fori(long low, long high, Func<Expr, Expr, Expr> step, Expr state) =>
        Fori(low, high, (i, leaves) => [step(i, leaves[0])], [state])[0];

    /// <summary>Repeats a step for i from low up to high, which is excluded; i is one i64.</summary>
    public static Expr[] Fori(
        long low, long high, Func<Expr, Expr[], Expr[]> step, Expr[] state, IReadOnlyList<string>? paths = null)
    {
        long count = Math.Max(high - low, 0);
        if (count > int.MaxValue)
        {
            throw new ShapeException($"fori: {count} iterations are more than {int.MaxValue}. Give the bounds as tensors.").Here();
        }

        Expr indices = Tensors.Iota(DType.I64, (int)count);
        return Scan(
            (leaves, x) => (step(low == 0 ? x[0] : x[0] + low, leaves), []), state, [indices], (int)count, false, paths).State;
    }

    /// <summary>Repeats a step for i from low up to high, which is excluded; both are one i64, known when it runs.</summary>
    public static Expr[] Fori(
        Expr low, Expr high, Func<Expr, Expr[], Expr[]> step, Expr[] state, IReadOnlyList<string>? paths = null) =>
        Repeat(high - low, (i, leaves) => step(i + low, leaves), state, false, paths);

    /// <summary>Repeats a step for i from low up to high, which is excluded; both are one i64, known when it runs.</summary>
    public static Expr Fori(Expr low, Expr high, Func<Expr, Expr, Expr> step, Expr state) =>
        Fori(low, high, (i, leaves) => [step(i, leaves[0])], [state])[0];

    private static IReadOnlyList<string>? Shifted(IReadOnlyList<string>? paths) => paths is null ? null : ["i", .. paths];
}
