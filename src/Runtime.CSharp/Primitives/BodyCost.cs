using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The cost of running a body once.</summary>
internal static class BodyCost
{
    internal static Cost Of(Graph body)
    {
        double operations = 0;
        double bytes = 0;
        foreach (Node node in body.Nodes)
        {
            Cost cost = node.Primitive.Cost([.. node.Operands.Select(operand => operand.Type)]);
            operations += cost.Operations;
            bytes += cost.Bytes;
        }

        return new(operations, bytes);
    }
}
