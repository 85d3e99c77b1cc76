using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels.Fourier;

/// <summary>A few lines, transformed side by side.</summary>
internal static class FourierTile
{
    /// <summary>Transforms lines from one place to another, or where they are.</summary>
    /// <param name="lanes">The transform.</param>
    /// <param name="from">At most as many lines as it takes at once.</param>
    /// <param name="to">As many.</param>
    /// <param name="turns">What the results are multiplied with: for each number along the lines the real parts for all lanes, then the imaginary ones; or nothing.</param>
    internal static unsafe void Run<T>(FourierLanes<T> lanes, FourierLines<T> from, FourierLines<T> to, ReadOnlySpan<T> turns = default)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int extent = lanes.Extent;
        int width = FourierLanes<T>.Width;
        T[] rented = ArrayPool<T>.Shared.Rent(4 * extent);
        fixed (T* work = rented, factors = turns)
        {
            from.Load(work, work + extent, lanes.Length, width);
            T* result = lanes.Run(work) ? work + (2 * extent) : work;
            if (!turns.IsEmpty)
            {
                Turn(result, result + extent, factors, extent, width);
            }

            to.Store(result, result + extent, lanes.Length, width);
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Turn<T>(T* real, T* imaginary, T* turns, int extent, int width)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int row = 0; row < extent; row += width)
        {
            for (int place = row; place < row + width; place += Vector<T>.Count)
            {
                (Vector<T> a, Vector<T> b) = (Vector.Load(real + place), Vector.Load(imaginary + place));
                (Vector<T> c, Vector<T> d) = (Vector.Load(turns + row + place), Vector.Load(turns + row + width + place));
                ((a * c) - (b * d)).Store(real + place);
                ((a * d) + (b * c)).Store(imaginary + place);
            }
        }
    }
}
