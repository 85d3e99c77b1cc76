using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Residuals;

/// <summary>What it costs to keep a value of a step, and to compute it again: in eighths of a byte.</summary>
/// <remarks>
/// Keeping an element costs its bytes, which are written once and read once. Computing it again costs an eighth of that where it is
/// plain arithmetic, as much for a quotient or a root, and five times as much for another function: a processor of today streams an
/// element from its near caches in about the time of eight additions in vectors, and of a fifth of an exponential. Products, sums and
/// loops are never run again.
/// </remarks>
internal static class Recomputing
{
    private const int Keep = 8;

    /// <summary>What keeping a value costs; infinite for stacks.</summary>
    internal static long Keeping(Value value) => value.Type is TensorType type
        ? Math.Max(1, Keep * Bytes(type))
        : MinimumCut.Infinite;

    /// <summary>What computing a value again from its operands costs; infinite for what is not computed again.</summary>
    internal static long Again(Node node) => node.Results is [{ Type: TensorType type }] && PerByte(node.Primitive) is { } cost
        ? Math.Max(1, cost * Bytes(type))
        : MinimumCut.Infinite;

    private static long Bytes(TensorType type) => (long)type.Shape.Size * type.DType.Size();

    private static int? PerByte(Primitive primitive) => primitive switch
    {
        DebugPrint or Check => null,
        Constant or Iota or Broadcast or Reshape or StopGradient => 0,
        Div or Rem or Sqrt or Rsqrt => Keep,
        Add or Sub or Mul or Neg or Fma or Abs or Max or Min or Sign or Select or Compare or Not or And or Or or Xor
            or Primitives.Convert or Floor or Ceil or Round or Truncate or Real or Imag or MakeComplex or Conj => Keep / 8,
        Permute or Reverse or Slice or Pad or Concatenate or DynamicSlice => Keep / 2,
        ElementwisePrimitive => 5 * Keep,
        _ => null,
    };
}
