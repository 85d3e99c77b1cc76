using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Control flow that is decided where it runs. Bodies use values from outside freely.</summary>
public static partial class Flow
{
    /// <summary>One of two functions of a value; only the one that is chosen runs.</summary>
    public static Expr Cond(Expr predicate, Func<Expr, Expr> then, Func<Expr, Expr> otherwise, Expr x) =>
        Cond(predicate, Leaves.Of(then), Leaves.Of(otherwise), [x])[0];

    /// <summary>One of two functions of values; only the one that is chosen runs. Without values, give an empty array.</summary>
    /// <exception cref="StructureException">The branches' results differ in number or type.</exception>
    public static Expr[] Cond(
        Expr predicate, Func<Expr[], Expr[]> then, Func<Expr[], Expr[]> otherwise, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        CheckScalar("cond", "predicate", predicate, type => type == DType.Bool, "bool");
        (Body[] bodies, Expr[] captured) = Branches("cond", [then, otherwise], x, paths);
        return Building.Apply(new Cond(bodies[0], bodies[1]), [predicate, .. x, .. captured]);
    }

    /// <summary>One of several functions of values, by index, which is clamped to their range; only that one runs.</summary>
    /// <exception cref="StructureException">The branches' results differ in number or type.</exception>
    public static Expr[] Switch(Expr index, IReadOnlyList<Func<Expr[], Expr[]>> branches, Expr[] x, IReadOnlyList<string>? paths = null)
    {
        CheckScalar("switch", "index", index, type => type is DType.I32 or DType.I64, "i32 or i64");
        if (branches.Count == 0)
        {
            throw new StructureException("switch: there are no branches.").Here();
        }

        (Body[] bodies, Expr[] captured) = Branches("switch", branches, x, paths);
        return Building.Apply(new Switch(new Bodies(bodies)), [index, .. x, .. captured]);
    }

    /// <summary>One of several functions of a value, by index, which is clamped to their range; only that one runs.</summary>
    public static Expr Switch(Expr index, IReadOnlyList<Func<Expr, Expr>> branches, Expr x) =>
        Switch(index, [.. branches.Select(Leaves.Of)], [x])[0];

    private static (Body[] Bodies, Expr[] Captured) Branches(
        string operation, IReadOnlyList<Func<Expr[], Expr[]>> branches, Expr[] x, IReadOnlyList<string>? paths)
    {
        ValueType[] types = [.. x.Select(leaf => leaf.Handle.Type)];
        Traced[] traced = [.. branches.Select((branch, i) => Traced.Of($"{operation} (branch {i})", types, branch, paths))];
        for (int i = 1; i < traced.Length; i++)
        {
            SameTypes(operation, "branch 0", traced[0].ResultTypes, $"branch {i}", traced[i].ResultTypes, null);
        }

        Expr[] captured = Traced.Union(traced);
        return ([.. traced.Select(body => new Body(body.Close(captured)))], captured);
    }

    private static void CheckScalar(string operation, string what, Expr x, Func<DType, bool> fits, string wanted)
    {
        if (x.Rank != 0 || !fits(x.DType))
        {
            throw new TypeRuleException($"{operation}: the {what} is {x.Type}; it must be one {wanted}. "
                + (x.Rank != 0 ? "Use Where to choose element by element." : "Cast or compare it?")).Here();
        }
    }

    private static void SameTypes(
        string operation,
        string first,
        IReadOnlyList<ValueType> expected,
        string second,
        IReadOnlyList<ValueType> actual,
        IReadOnlyList<string>? paths)
    {
        if (expected.Count != actual.Count)
        {
            throw new StructureException($"{operation}: {first} has {expected.Count} leaves, {second} has {actual.Count}.").Here();
        }

        for (int i = 0; i < actual.Count; i++)
        {
            if (!expected[i].Equals(actual[i]))
            {
                throw new StructureException(
                    $"{operation}: {LeafPath.Of(paths, i, "leaf")} is {expected[i]} in {first} but {actual[i]} in {second}. "
                        + "Cast or reshape it?").Here();
            }
        }
    }
}
