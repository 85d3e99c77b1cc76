using System.Buffers;
using System.Numerics;

namespace Adjoint.Kernels.Fourier;

/// <summary>Long lines: number j = j₁ rows + j₂ goes to k = k₁ + columns k₂ by transforms over j₁, turns by j₂ k₁ / n, and transforms over j₂.</summary>
internal sealed class FourierByParts<T> : FourierTransform<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>From so many lines on each line is a task of its own, otherwise each of its tiles.</summary>
    private const int ManyLines = 8;

    private readonly FourierLanes<T> columns;
    private readonly FourierLanes<T> rows;
    private readonly T[] turns;

    /// <summary>The way for lines of so many columns' length times rows' length.</summary>
    internal FourierByParts(int columns, int rows)
    {
        this.columns = new(columns);
        this.rows = new(rows);
        int width = FourierLanes<T>.Width;
        turns = new T[2 * columns * width * ((rows + width - 1) / width)];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int at = (2 * width * ((row / width * columns) + column)) + (row % width);
                (turns[at], turns[at + width]) = UnitRoot.Of<T>((long)row * column, (long)columns * rows);
            }
        }
    }

    /// <inheritdoc/>
    internal override unsafe void Run(T* x, T* y, FourierBox box, IParallel parallel)
    {
        if (box.Lines >= ManyLines)
        {
            parallel.For((int)box.Lines, line => RunLine(x, y, box, line, Serial.Instance));
            return;
        }

        for (long line = 0; line < box.Lines; line++)
        {
            RunLine(x, y, box, line, parallel);
        }
    }

    private unsafe void RunLine(T* x, T* y, FourierBox box, long line, IParallel parallel)
    {
        int width = FourierLanes<T>.Width;
        int columnLength = columns.Length;
        int rowLength = rows.Length;
        long start = box.Start(line);
        T[] rented = ArrayPool<T>.Shared.Rent(2 * box.Length);
        fixed (T* pinned = rented)
        {
            T* between = pinned;
            parallel.For((rowLength + width - 1) / width, tile =>
            {
                int first = tile * width;
                int count = Math.Min(width, rowLength - first);
                ReadOnlySpan<long> from = Places(stackalloc long[count], start + ((long)first * box.Inner), box.Inner);
                ReadOnlySpan<long> to = Places(stackalloc long[count], first, 1);
                FourierTile.Run<T>(
                    columns,
                    new(x, from, (long)rowLength * box.Inner, box.Inverse),
                    new(between, to, rowLength, false),
                    turns.AsSpan(2 * columns.Extent * tile, 2 * columns.Extent));
            });
            parallel.For((columnLength + width - 1) / width, tile =>
            {
                int first = tile * width;
                int count = Math.Min(width, columnLength - first);
                ReadOnlySpan<long> from = Places(stackalloc long[count], (long)first * rowLength, rowLength);
                ReadOnlySpan<long> to = Places(stackalloc long[count], start + ((long)first * box.Inner), box.Inner);
                FourierTile.Run<T>(rows, new(between, from, 1, false), new(y, to, (long)columnLength * box.Inner, box.Inverse));
            });
        }

        ArrayPool<T>.Shared.Return(rented);
    }

    private static ReadOnlySpan<long> Places(Span<long> places, long first, long distance)
    {
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = first + (i * distance);
        }

        return places;
    }
}
