using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>What the differential operators ask of the leaves of arguments, tangents and cotangents.</summary>
internal static class Leaves
{
    /// <summary>A function of one expression as a function of leaves.</summary>
    internal static Func<Expr[], Expr[]> Of(Func<Expr, Expr> f) => leaves => [f(leaves[0])];

    /// <summary>A function of leaves with one result as one with many.</summary>
    internal static Func<Expr[], Expr[]> Of(Func<Expr[], Expr> f) => leaves => [f(leaves)];

    /// <summary>Zeros of a type in the innermost frame.</summary>
    internal static Expr Zeros(ValueType type) => Building.Make(() => Primitives.Ops.Zeros(type));

    /// <summary>The arguments that have tangents, among those that are asked for.</summary>
    internal static ParameterMask WithTangents(IReadOnlyList<Expr> leaves, ParameterMask? asked)
    {
        if (asked is not null && asked.Count != leaves.Count)
        {
            throw new StructureException($"derivative: the mask has {asked.Count} flags for {leaves.Count} arguments.").Here();
        }

        return new(leaves.Select((leaf, i) => leaf.Handle.Type.HasTangent && (asked is null || asked[i])));
    }

    /// <summary>A mask of the graph's parameters: the arguments', then no capture.</summary>
    internal static ParameterMask Active(ParameterMask arguments, Graph graph) =>
        arguments.Concat(ParameterMask.None(graph.Parameters.Length - arguments.Count));

    /// <summary>The tangents (or cotangents) that are meant, each of its value's type.</summary>
    /// <exception cref="StructureException">Their number or one of their types is wrong.</exception>
    internal static Expr[] Directions(
        string operation, string what, IReadOnlyList<ValueType> types, ParameterMask mask, Expr[] directions, IReadOnlyList<string>? paths)
    {
        if (directions.Length != types.Count)
        {
            throw new StructureException($"{operation}: {directions.Length} {what}s for {types.Count} leaves; "
                + "one for each is wanted.").Here();
        }

        foreach (int i in mask.Indices)
        {
            if (!directions[i].Handle.Type.Equals(types[i]))
            {
                throw new StructureException(
                    $"{operation}: the {what} of {LeafPath.Of(paths, i, "leaf")} is {directions[i].Handle.Type}, "
                    + $"its value is {types[i]}; both must have one type.").Here();
            }
        }

        return [.. mask.Choose(directions)];
    }

    /// <summary>Throws unless the first result is one real floating number.</summary>
    internal static void CheckLoss(string operation, Traced traced)
    {
        if (traced.Results.Length == 0)
        {
            throw new DerivativeException($"{operation}: the function gives no result.").Here();
        }

        ValueType type = traced.Results[0].Type;
        if (type is not TensorType { Rank: 0, DType: var dtype })
        {
            throw new DerivativeException(
                $"{operation}: the function gives {type}, but a gradient is of one number. "
                    + "Sum it, take its mean, or ask for the jacobian.").Here();
        }

        if (!dtype.IsFloating())
        {
            throw new DerivativeException($"{operation}: the function gives {type}, but a gradient is of a real floating number. "
                + (dtype.IsComplex() ? "Take its real part or its absolute value?" : "Cast its operands to a floating dtype?")).Here();
        }
    }
}
