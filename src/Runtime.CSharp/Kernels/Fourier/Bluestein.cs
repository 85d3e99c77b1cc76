using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>Lines of a length with a large prime factor: jk = (j² + k² − (k − j)²) / 2 makes a convolution with a chirp of the sum (Bluestein 1970).</summary>
internal sealed class Bluestein<T> : FourierTransform<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int length;
    private readonly int padded;
    private readonly FourierTransform<T> inner;
    private readonly T[] chirp;
    private readonly T[] filter;

    /// <summary>The way for so many lines of a length.</summary>
    internal unsafe Bluestein(int length, long lines)
    {
        this.length = length;
        padded = (int)BitOperations.RoundUpToPowerOf2((uint)((2L * length) - 1));
        inner = Of(padded, lines);
        chirp = new T[2 * length];
        filter = new T[2 * padded];
        for (int j = 0; j < length; j++)
        {
            (T real, T imaginary) = UnitRoot.Of<T>((long)j * j % (2L * length), 2L * length);
            (chirp[2 * j], chirp[(2 * j) + 1]) = (real, imaginary);
            foreach (int place in (int[])[j, (padded - j) % padded])
            {
                (filter[2 * place], filter[(2 * place) + 1]) = (real, -imaginary);
            }
        }

        fixed (T* numbers = filter)
        {
            inner.Run(numbers, numbers, new(1, padded, 1, false), Serial.Instance);
        }

        // What the convolution's inverse transform has to be divided by.
        T scale = T.One / T.CreateChecked(padded);
        for (int i = 0; i < filter.Length; i++)
        {
            filter[i] *= scale;
        }
    }

    /// <inheritdoc/>
    internal override unsafe void Run(T* x, T* y, FourierBox box, IParallel parallel)
    {
        int width = box.Lines < FourierLanes<T>.Width ? 1 : FourierLanes<T>.Width;
        int tiles = (int)((box.Lines + width - 1) / width);
        void RunTile(int tile, IParallel inside)
        {
            ReadOnlySpan<long> starts = box.Starts((long)tile * width, stackalloc long[width]);
            RunLines(x, y, box, starts, inside);
        }

        if (width > 1)
        {
            parallel.For(tiles, tile => RunTile(tile, Serial.Instance));
            return;
        }

        for (int tile = 0; tile < tiles; tile++)
        {
            RunTile(tile, parallel);
        }
    }

    private unsafe void RunLines(T* x, T* y, FourierBox box, ReadOnlySpan<long> starts, IParallel parallel)
    {
        int size = 2 * padded * starts.Length;
        T[] rented = ArrayPool<T>.Shared.Rent(size);
        int part = box.Inverse ? 1 : 0;
        fixed (T* work = rented, turns = chirp, factors = filter)
        {
            new Span<T>(work, size).Clear();
            for (int line = 0; line < starts.Length; line++)
            {
                T* target = work + (2L * line * padded);
                for (int j = 0; j < length; j++)
                {
                    T* source = x + (2 * (starts[line] + ((long)j * box.Inner)));
                    Multiply(source[part], source[1 - part], turns + (2 * j), target + (2 * j));
                }
            }

            var lines = new FourierBox(starts.Length, padded, 1, false);
            inner.Run(work, work, lines, parallel);
            for (int line = 0; line < starts.Length; line++)
            {
                T* numbers = work + (2L * line * padded);
                for (int k = 0; k < 2 * padded; k += 2)
                {
                    Multiply(numbers[k], numbers[k + 1], factors + k, numbers + k);
                }
            }

            inner.Run(work, work, lines with { Inverse = true }, parallel);
            T* turned = stackalloc T[2];
            for (int line = 0; line < starts.Length; line++)
            {
                T* source = work + (2L * line * padded);
                for (int k = 0; k < length; k++)
                {
                    T* target = y + (2 * (starts[line] + ((long)k * box.Inner)));
                    Multiply(source[2 * k], source[(2 * k) + 1], turns + (2 * k), turned);
                    (target[part], target[1 - part]) = (turned[0], turned[1]);
                }
            }
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    private static unsafe void Multiply(T real, T imaginary, T* factor, T* product)
    {
        (product[0], product[1]) = ((real * factor[0]) - (imaginary * factor[1]), (real * factor[1]) + (imaginary * factor[0]));
    }
}
