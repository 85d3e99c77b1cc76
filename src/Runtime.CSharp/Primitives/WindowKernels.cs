using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Kernels over sliding windows, where these slide along three neighbouring axes at most, the last ones.</summary>
internal static class WindowKernels
{
    /// <summary>The planes and spatial axes of windows that leave the leading axes as they are; null where there are too many.</summary>
    internal static WindowGeometry? Geometry(SlidingWindow window, Shape shape)
    {
        WindowAxis[] axes = window.Axes(shape);
        int first = Array.FindIndex(axes, axis => !axis.IsTrivial);
        first = first < 0 ? axes.Length - 1 : first;
        return axes.Length > 0 && axes.Length - first <= 3
            ? WindowGeometry.Create(new Shape(shape.Take(first)).Size, axes.AsSpan(first))
            : null;
    }

    internal static Kernel? Sum(SlidingWindow window, DType type, Shape shape) => (type, Geometry(window, shape)) switch
    {
        (DType.F32, { } geometry) => new Reduction<float, Sum<float>>(geometry),
        (DType.F64, { } geometry) => new Reduction<double, Sum<double>>(geometry),
        _ => null,
    };

    internal static Kernel? Greatest(SlidingWindow window, DType type, Shape shape) => (type, Geometry(window, shape)) switch
    {
        (DType.F32, { } geometry) => new Reduction<float, Greatest<float>>(geometry),
        (DType.F64, { } geometry) => new Reduction<double, Greatest<double>>(geometry),
        _ => null,
    };

    internal static Kernel? Scatter(SlidingWindow window, DType type, Shape shape) => (type, Geometry(window, shape)) switch
    {
        (DType.F32, { } geometry) => new Scattering<float>(geometry),
        (DType.F64, { } geometry) => new Scattering<double>(geometry),
        _ => null,
    };

    private sealed class Reduction<T, TOp>(WindowGeometry geometry) : SingleKernel
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
            WindowReduce.Run<T, TOp>(geometry, operands[0].Memory<T>(), operands[0].Start, result.Memory<T>(), result.Start, parallel);
    }

    private sealed class Scattering<T>(WindowGeometry geometry) : SingleKernel
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) => Kernels.WindowScatter.AddAtGreatest(
            geometry, operands[0].Memory<T>(), operands[0].Start, operands[1].Memory<T>(), operands[1].Start, result.Memory<T>(), result.Start, parallel);
    }
}
