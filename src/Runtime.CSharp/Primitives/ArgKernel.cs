using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Where along an axis the result of a reduction stands.</summary>
internal sealed class ArgKernel<T, TOp, TIndex>(int outer, int count, int inner) : SingleKernel
    where T : unmanaged, INumber<T>
    where TOp : struct, IReduction<T>
    where TIndex : unmanaged, INumber<TIndex>
{
    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
        ArgReduce.Run<T, TOp, TIndex>(operands[0].Memory<T>(), operands[0].Start, outer, count, inner, result.Memory<TIndex>(), result.Start, parallel);
}

/// <summary>The kernels of argmax and argmin for the dtypes that have one.</summary>
internal static class ArgKernels
{
    internal static Kernel? Of(TensorType x, int axis, DType index, bool largest)
    {
        int outer = new Shape(x.Shape.Take(axis)).Size;
        int inner = new Shape(x.Shape.Skip(axis + 1)).Size;
        int count = x.Shape[axis].Value;
        return (x.DType, index) switch
        {
            (DType.F32, DType.I32) => Make<float, int>(outer, count, inner, largest),
            (DType.F32, DType.I64) => Make<float, long>(outer, count, inner, largest),
            (DType.F64, DType.I32) => Make<double, int>(outer, count, inner, largest),
            (DType.F64, DType.I64) => Make<double, long>(outer, count, inner, largest),
            _ => null,
        };
    }

    private static Kernel Make<T, TIndex>(int outer, int count, int inner, bool largest)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>
        where TIndex : unmanaged, INumber<TIndex> => largest
            ? new ArgKernel<T, Greatest<T>, TIndex>(outer, count, inner)
            : new ArgKernel<T, Least<T>, TIndex>(outer, count, inner);
}
