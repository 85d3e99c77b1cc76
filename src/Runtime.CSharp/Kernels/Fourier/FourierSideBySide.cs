using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>Lines that are transformed whole, a tile of them at a time.</summary>
internal sealed class FourierSideBySide<T>(int length) : FourierTransform<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FourierLanes<T> lanes = new(length);

    /// <inheritdoc/>
    internal override unsafe void Run(T* x, T* y, FourierBox box, IParallel parallel)
    {
        int width = FourierLanes<T>.Width;
        parallel.For((int)((box.Lines + width - 1) / width), tile =>
        {
            ReadOnlySpan<long> starts = box.Starts((long)tile * width, stackalloc long[width]);
            FourierTile.Run<T>(lanes, new(x, starts, box.Inner, box.Inverse), new(y, starts, box.Inner, box.Inverse));
        });
    }
}
