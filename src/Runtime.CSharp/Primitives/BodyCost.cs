using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The cost of running a body once.</summary>
internal static class BodyCost
{
    internal static Cost Of(Graph body)
    {
        Cost sum = default;
        foreach (Node node in body.Nodes)
        {
            sum += Of(node);
        }

        return sum;
    }

    /// <summary>The cost of a node; where a repeat is told its number of steps by a constant, of all its steps.</summary>
    private static Cost Of(Node node)
    {
        Cost cost = node.Primitive.Cost([.. node.Operands.Select(operand => operand.Type)]);
        return node is { Primitive: Repeat repeat } && node.Operands[0].Producer?.Primitive is Constant count
            ? Math.Max(count.Value.AsLong, 0) * Of(repeat.Step.Graph)
            : cost;
    }
}
