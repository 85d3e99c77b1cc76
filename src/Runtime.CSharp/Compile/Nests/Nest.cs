using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Nests;

/// <summary>Lowers a fused body over large arrays to nests of loops.</summary>
internal static class Nest
{
    /// <summary>The program of a body of single numbers' operations; null where it fits no nest.</summary>
    /// <remarks>Where results have different shapes because of short reductions, these become loops of their own too.</remarks>
    internal static LoopProgram? Lower(Graph body, string name)
    {
        if (!CanLower(body))
        {
            return null;
        }

        Graph joined = JoinAxes.Apply(body);
        return Lower(joined, NestSpace.Of(joined), name) ?? Lower(joined, NestSpace.Of(joined, small: 0), name);
    }

    private static LoopProgram? Lower(Graph body, NestSpace? space, string name) =>
        space is null ? null
        : space.Reductions.IsEmpty ? MapNest.Lower(body, name)
        : space.IsCut(PartNest.GrainOf(body)) ? PartNest.Lower(body, space, name) ?? RowNest.Lower(body, space, name)
        : space.AlongRows ? RowNest.Lower(body, space, name)
        : ColumnNest.Lower(body, space, name);

    /// <summary>Whether elements of all of a body's nodes have a rule.</summary>
    internal static bool CanLower(Graph body) =>
        body.Parameters.All(IsStored) && body.Nodes.All(HasRule);

    /// <summary>Whether a node's elements have a rule.</summary>
    internal static bool HasRule(Node node) =>
        node.Results.Length == 1
        && node.Operands.All(IsStored)
        && IsStored(node.Result)
        && node.Primitive.LowerElement([.. node.Operands.Select(operand => operand.Type)]) is not null;

    private static bool IsStored(Value value) => value.Type is TensorType type && LoopTypes.IsStored(type.DType);
}
