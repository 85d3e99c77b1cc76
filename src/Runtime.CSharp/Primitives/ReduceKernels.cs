using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The kernel of each reduction for the dtypes that have one; none where there is no axis to reduce along.</summary>
internal static class ReduceKernels
{
    internal static Kernel? Product(TensorType x, Axes axes) => axes.Count == 0 ? null : x.DType switch
    {
        DType.F32 => new ReduceKernel<float, Product<float>>(x.Shape, axes),
        DType.F64 => new ReduceKernel<double, Product<double>>(x.Shape, axes),
        DType.I32 => new ReduceKernel<int, Product<int>>(x.Shape, axes),
        DType.I64 => new ReduceKernel<long, Product<long>>(x.Shape, axes),
        _ => null,
    };

    internal static Kernel? Greatest(TensorType x, Axes axes) => axes.Count == 0 ? null : x.DType switch
    {
        DType.F32 => new ReduceKernel<float, Greatest<float>>(x.Shape, axes),
        DType.F64 => new ReduceKernel<double, Greatest<double>>(x.Shape, axes),
        DType.I32 => new ReduceKernel<int, Greatest<int>>(x.Shape, axes),
        DType.I64 => new ReduceKernel<long, Greatest<long>>(x.Shape, axes),
        _ => null,
    };

    internal static Kernel? Least(TensorType x, Axes axes) => axes.Count == 0 ? null : x.DType switch
    {
        DType.F32 => new ReduceKernel<float, Least<float>>(x.Shape, axes),
        DType.F64 => new ReduceKernel<double, Least<double>>(x.Shape, axes),
        DType.I32 => new ReduceKernel<int, Least<int>>(x.Shape, axes),
        DType.I64 => new ReduceKernel<long, Least<long>>(x.Shape, axes),
        _ => null,
    };
}
