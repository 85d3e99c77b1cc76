using Adjoint.Compile.Methods;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Nodes that give the same bits by a kernel of their own and as part of a region.</summary>
/// <remarks>
/// Functions of single elements do, wherever their kernel was compiled ahead from the same text, and so does what only moves elements. Sums and
/// products do not: a region joins elements in another order.
/// </remarks>
internal sealed class ExactNodes
{
    private readonly Dictionary<Graph, bool> known = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether a node is one of them, with all bodies inside it.</summary>
    internal bool Has(Node node) => node.Primitive switch
    {
        Constant or Iota or Broadcast or Reshape or Slice or Permute or Reverse or StopGradient or Concatenate => true,
        DynamicSlice or Gather or Div when ElementWork.MayFail(node) => false,
        DynamicSlice or DynamicUpdate or Gather or StackEmpty or StackGet or StackPut => true,
        ElementwisePrimitive function => IsPlain(node) && function.Lower([.. node.Operands.Select(operand => operand.Type)]) is not null,
        BodyPrimitive body => Lowerable.Bodies(body) is { } graphs && graphs.All(Has),
        _ => false,
    };

    private bool Has(Graph graph)
    {
        if (!known.TryGetValue(graph, out bool found))
        {
            found = graph.Nodes.All(Has);
            known.Add(graph, found);
        }

        return found;
    }

    private static bool IsPlain(Node node) =>
        node.Operands.All(operand => operand.Tensor.DType is DType.F32 or DType.F64 or DType.I32 or DType.I64 or DType.Bool);
}
