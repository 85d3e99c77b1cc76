using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Residuals;

/// <summary>What it costs to keep a value of a step, and to compute it again: in quarters of a byte.</summary>
/// <remarks>
/// A byte kept is a byte written and one read. An element of plain arithmetic counts as half a byte, a quotient or root as two, another
/// function as six: on a processor that streams some bytes a cycle from its near cache these are of the order of their times. Products,
/// sums and loops are never run again.
/// </remarks>
internal static class Recomputing
{
    private const int Byte = 4;

    /// <summary>What keeping a value costs; infinite for stacks.</summary>
    internal static long Keeping(Value value) => value.Type is TensorType type
        ? Math.Max(1, (long)Byte * type.Shape.Size * type.DType.Size())
        : MinimumCut.Infinite;

    /// <summary>What computing a value again from its operands costs; infinite for what is not computed again.</summary>
    internal static long Again(Node node) => node.Results is [{ Type: TensorType type }]
        ? PerElement(node.Primitive) is { } cost ? Math.Max(1, cost * type.Shape.Size) : MinimumCut.Infinite
        : MinimumCut.Infinite;

    private static long? PerElement(Primitive primitive) => primitive switch
    {
        DebugPrint or Check => null,
        Constant or Iota or Broadcast or Reshape or StopGradient => 0,
        Div or Rem or Sqrt or Rsqrt => 2 * Byte,
        Add or Sub or Mul or Neg or Fma or Abs or Max or Min or Sign or Select or Compare or Not or And or Or or Xor
            or Primitives.Convert or Floor or Ceil or Round or Truncate or Real or Imag or MakeComplex or Conj => Byte / 2,
        Permute or Reverse or Slice or Pad or Concatenate or DynamicSlice => Byte,
        ElementwisePrimitive => 6 * Byte,
        _ => null,
    };
}
