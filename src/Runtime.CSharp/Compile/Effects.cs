using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Which nodes may run where they would not have run: those that cannot fail, end, and that nobody sees running.</summary>
internal sealed class Effects
{
    private readonly Dictionary<Body, (bool Total, bool Silent)> bodies = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a node prints nothing.</summary>
    internal bool IsSilent(Node node) => node.Primitive is not DebugPrint && Inside(node).Silent;

    /// <summary>Whether a node prints nothing, cannot fail whatever its operands hold, and ends.</summary>
    internal bool IsTotal(Node node) => IsSilent(node) && !MayFail(node) && node.Primitive is not While && Inside(node).Total;

    private static bool MayFail(Node node) => node.Primitive switch
    {
        Check or StackIndexed => true,
        Div or Rem or Pow => !((TensorType)node.Operands[0].Type).DType.IsDifferentiable(),
        Gather { Mode: OutOfRange.Check } or Scatter { Mode: OutOfRange.Check } => true,
        DynamicSlice { Checked: true } or DynamicUpdate { Checked: true } or DynamicAdd { Checked: true } => true,
        _ => false,
    };

    private (bool Total, bool Silent) Inside(Node node)
    {
        (bool Total, bool Silent) all = (true, true);
        if (node.Primitive is not BodyPrimitive)
        {
            return all;
        }

        node.Primitive.MapBodies(body =>
        {
            (bool total, bool silent) = Of(body);
            all = (all.Total && total, all.Silent && silent);
            return body;
        });
        return all;
    }

    private (bool Total, bool Silent) Of(Body body)
    {
        if (!bodies.TryGetValue(body, out (bool Total, bool Silent) known))
        {
            known = (body.Graph.Nodes.All(IsTotal), body.Graph.Nodes.All(IsSilent));
            bodies.Add(body, known);
        }

        return known;
    }
}
