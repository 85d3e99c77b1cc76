using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The kernels of sorts and of the largest elements, for the dtypes of 32 and 64 bits.</summary>
internal static class SortKernels
{
    /// <summary>Longer lines would take more memory to work in than one array holds.</summary>
    private const int Longest = 1 << 28;

    /// <summary>The kernel of a sort; null for other dtypes.</summary>
    internal static Kernel? OfSort(TensorType keys, int axis, bool descending) =>
        LinesOf(keys, axis) is not { } lines ? null : keys.DType switch
        {
            DType.F32 => new SortKernel<float>(lines, descending),
            DType.F64 => new SortKernel<double>(lines, descending),
            DType.I32 => new SortKernel<int>(lines, descending),
            DType.I64 => new SortKernel<long>(lines, descending),
            DType.U32 => new SortKernel<uint>(lines, descending),
            DType.U64 => new SortKernel<ulong>(lines, descending),
            _ => null,
        };

    /// <summary>The kernel of the largest elements; null for other dtypes.</summary>
    internal static Kernel? OfTopK(TensorType x, int count) =>
        LinesOf(x, x.Rank - 1) is not { } lines ? null : x.DType switch
        {
            DType.F32 => new TopKKernel<float>(lines, count),
            DType.F64 => new TopKKernel<double>(lines, count),
            DType.I32 => new TopKKernel<int>(lines, count),
            DType.I64 => new TopKKernel<long>(lines, count),
            DType.U32 => new TopKKernel<uint>(lines, count),
            DType.U64 => new TopKKernel<ulong>(lines, count),
            _ => null,
        };

    private static Lines? LinesOf(TensorType x, int axis)
    {
        int extent = x.Shape[axis].Value;
        return extent > Longest ? null : new(extent == 0 ? 0 : x.Shape.Size / extent, extent, x.Shape.Strides()[axis]);
    }
}
