using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>Copies elements to where a layout says: broadcasts and permutations.</summary>
internal sealed class StridedKernel<T>(StridedLayout layout) : Kernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        T[] from = operands[0].Data<T>();
        T[] to = result.Data<T>();
        if (to.Length == 0)
        {
            return;
        }

        if (layout.Rows == 1)
        {
            layout.Copy<T>(from, to, 0, 1);
        }
        else
        {
            Elementwise.InRows(layout.Rows, layout.Columns, parallel, (row, count) => layout.Copy<T>(from, to, row, count));
        }
    }
}

/// <summary>Kernels that copy by a layout.</summary>
internal static class StridedKernel
{
    /// <summary>The kernel for a dtype, or null.</summary>
    internal static Kernel? Of(DType type, Shape shape, int[] strides) => type switch
    {
        DType.F32 => new StridedKernel<float>(new(shape, strides)),
        DType.F64 => new StridedKernel<double>(new(shape, strides)),
        DType.I32 => new StridedKernel<int>(new(shape, strides)),
        DType.I64 => new StridedKernel<long>(new(shape, strides)),
        DType.Bool => new StridedKernel<bool>(new(shape, strides)),
        _ => null,
    };
}
