using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>
/// Where along its only axis a tensor begins to be computed from something else: behind a part of a concatenation, at the ends of padding.
/// Between two such places it is known which part an element is from, so that it is read without a choice.
/// </summary>
internal static class Cuts
{
    /// <summary>More cuts than this are not worth a loop each.</summary>
    private const int Most = 4;

    /// <summary>The cuts of a node's result, ascending, by those of its operands; none for other tensors than those of one axis.</summary>
    internal static ImmutableArray<int> Of(Node node, ImmutableArray<TensorLocal> operands)
    {
        if (node.Result.Tensor.Rank != 1)
        {
            return [];
        }

        int size = node.Result.Tensor.Shape.Size;
        int[] cuts = [.. All(node.Primitive, operands).Where(cut => cut > 0 && cut < size).Distinct().Order()];
        return cuts.Length <= Most ? [.. cuts] : [];
    }

    private static IEnumerable<int> All(Primitive primitive, ImmutableArray<TensorLocal> operands) => primitive switch
    {
        ElementwisePrimitive => operands.SelectMany(operand => operand.Cuts),
        Concatenate => Behind(operands),
        Pad pad when pad.Interior[0] == 0 => [pad.Low[0], pad.Low[0] + operands[0].Size, .. operands[0].Cuts.Select(cut => cut + pad.Low[0])],
        Slice slice when slice.Stride[0] == 1 => operands[0].Cuts.Select(cut => cut - slice.Start[0]),
        _ => [],
    };

    private static IEnumerable<int> Behind(ImmutableArray<TensorLocal> operands)
    {
        int start = 0;
        foreach (TensorLocal operand in operands)
        {
            foreach (int cut in operand.Cuts)
            {
                yield return start + cut;
            }

            start += operand.Size;
            yield return start;
        }
    }
}
