using Adjoint.Compile.Methods;
using Adjoint.Compile.Nests;
using Adjoint.Compile.Regions;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Fusion;

/// <summary>What fusion takes a node for.</summary>
/// <param name="exact">The nodes that may be fused; null for all.</param>
internal sealed class FusionKinds(ExactNodes? exact = null)
{
    private readonly Effects effects = new();
    private readonly Dictionary<Node, bool> fusible = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a node may run as part of a nest of loops: it has a rule, cannot fail, and joins few elements if it is no loop of its own.</summary>
    internal bool IsFusible(Node node)
    {
        if (!fusible.TryGetValue(node, out bool known))
        {
            fusible.Add(node, known = FindFusible(node));
        }

        return known;
    }

    private bool FindFusible(Node node)
    {
        if (node.Primitive is BodyPrimitive or DynamicWrite or WindowSum or WindowMax || !effects.IsTotal(node) || !Nest.HasRule(node)
            || exact?.Has(node) == false)
        {
            return false;
        }

        return node.Primitive switch
        {
            Concatenate concatenate => (node.Operands.Length <= 4 && !IsAlongLanes(node, concatenate)) || IsWrittenOut(node),
            ArgExtremum extremum => node.Operands[0].Tensor.Shape[extremum.Along].Value <= NestSpace.Small,
            DotGeneral => ElementWork.Joined(node) <= NestSpace.Small && IsNarrow(node),
            _ => true,
        };
    }

    /// <summary>
    /// Whether a node puts many small parts side by side, as a small function of each row does: the axes from there on are written out, so that
    /// it is known which part an element is from.
    /// </summary>
    internal static bool IsWrittenOut(Node node) => node.Primitive is Concatenate { Axis: > 0 } concatenate && node.Operands.Length > 4
        && new Shape(node.Result.Tensor.Shape.Skip(concatenate.Axis)).Size <= MapNest.WrittenOut;

    /// <summary>
    /// Whether a node puts long parts side by side along the axis that lanes run over, where each lane would read all parts and choose: copying
    /// them is quicker.
    /// </summary>
    private static bool IsAlongLanes(Node node, Concatenate concatenate)
    {
        Shape shape = node.Result.Tensor.Shape;
        return concatenate.Axis == shape.Rank - 1 && shape[concatenate.Axis].Value > MapNest.WrittenOut && shape.Rank > 1;
    }

    /// <summary>Whether a node only says anew where elements of its operand are, so that each reader may do so by itself.</summary>
    internal static bool IsView(Node node) =>
        SmallWork.IsFree(node) || node.Primitive is Broadcast or Reshape or Slice or Permute or Reverse or StopGradient;

    /// <summary>Whether several readers had better compute a node each by itself than read it: it is one quick operation on one large array.</summary>
    internal bool IsCheaperThanReading(Node node)
    {
        int large = node.Operands.Count(operand => operand.Producer is not { } producer || !SmallWork.IsFree(producer));
        return node.Primitive is ElementwisePrimitive && ElementWork.Own(node) <= 1 && large - node.Operands.Count(IsRepeated) <= 1;
    }

    /// <summary>Whether a value repeats one of fewer elements.</summary>
    private static bool IsRepeated(Value value) =>
        value.Producer is { Primitive: Broadcast } producer && !SmallWork.IsFree(producer)
        && 16L * producer.Operands[0].Tensor.Shape.Size <= value.Tensor.Shape.Size;

    /// <summary>A product of whose factors each is read about once.</summary>
    private static bool IsNarrow(Node node)
    {
        double size = node.Result.Tensor.Shape.Size * ElementWork.Joined(node);
        return node.Operands.All(operand => size <= 4.0 * operand.Tensor.Shape.Size) || size <= 64;
    }
}
