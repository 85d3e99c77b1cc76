using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>Copies to each element of the result the operand's at Σ i[k]·strides[k]: broadcasts and permutations.</summary>
internal sealed class StridedKernel<T>(int[] extents, int[] strides, int[] rowMajor) : SingleKernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
        StridedCopy.Run(operands[0].Memory<T>(), operands[0].Start, strides, result.Memory<T>(), result.Start, rowMajor, extents, parallel);
}

/// <summary>Kernels that copy by strides.</summary>
internal static class StridedKernel
{
    /// <summary>The kernel for a dtype and the result's shape, or null.</summary>
    internal static Kernel? Of(DType type, Shape shape, int[] strides) => type switch
    {
        DType.F32 => Of<float>(shape, strides),
        DType.F64 => Of<double>(shape, strides),
        DType.I32 => Of<int>(shape, strides),
        DType.I64 => Of<long>(shape, strides),
        DType.U32 => Of<uint>(shape, strides),
        DType.U64 => Of<ulong>(shape, strides),
        DType.Bool => Of<bool>(shape, strides),
        DType.U8 => Of<byte>(shape, strides),
        DType.F16 => Of<Half>(shape, strides),
        DType.BF16 => Of<BFloat16>(shape, strides),
        _ => null,
    };

    private static StridedKernel<T> Of<T>(Shape shape, int[] strides)
        where T : unmanaged => new(shape.ToArray(), strides, shape.Strides());
}
