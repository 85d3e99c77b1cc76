using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Factors;

/// <summary>The sign of vectors that are known up to it.</summary>
internal static class Signs
{
    /// <summary>Makes the component of largest magnitude, the first of such, positive. Whether the sign changed.</summary>
    internal static bool Settle<T>(Span<T> vector)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (vector.IsEmpty || !T.IsNegative(vector[FirstLargest(vector, T.Abs(TensorPrimitives.MaxMagnitude<T>(vector)))]))
        {
            return false;
        }

        TensorPrimitives.Negate(vector, vector);
        return true;
    }

    /// <summary>The same for the columns of a matrix; rows of another change their sign with them.</summary>
    internal static void SettleColumns<T>(int rows, int columns, in Matrix<T> vectors, int length, in Matrix<T> others)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T[] largest = new T[columns];
        for (int i = 0; i < rows; i++)
        {
            KeepLarger<T>(largest, vectors.Row(i, 0, columns));
        }

        for (int j = 0; j < columns; j++)
        {
            bool turns = largest[j] < T.Zero;
            largest[j] = turns ? -T.One : T.One;
            if (turns)
            {
                Span<T> other = others.Row(j, 0, length);
                TensorPrimitives.Negate(other, other);
            }
        }

        for (int i = 0; i < rows; i++)
        {
            TensorPrimitives.Multiply(vectors.Row(i, 0, columns), largest, vectors.Row(i, 0, columns));
        }
    }

    /// <summary>The first place of a number of this magnitude.</summary>
    private static int FirstLargest<T>(Span<T> vector, T magnitude)
        where T : unmanaged, IFloatingPointIeee754<T> => Unsafe.SizeOf<T>() == sizeof(float)
        ? MemoryMarshal.Cast<T, int>(vector).IndexOfAny(Unsafe.BitCast<T, int>(magnitude), Unsafe.BitCast<T, int>(-magnitude))
        : MemoryMarshal.Cast<T, long>(vector).IndexOfAny(Unsafe.BitCast<T, long>(magnitude), Unsafe.BitCast<T, long>(-magnitude));

    /// <summary>Where a number is of larger magnitude than the one that is kept, it is kept.</summary>
    private static void KeepLarger<T>(Span<T> kept, ReadOnlySpan<T> row)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int width = Vector<T>.Count, i = 0;
        for (; i <= row.Length - width; i += width)
        {
            Vector<T> one = new(row[i..]), other = new(kept[i..]);
            Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(one), Vector.Abs(other)), one, other).CopyTo(kept[i..]);
        }

        for (; i < row.Length; i++)
        {
            kept[i] = T.Abs(row[i]) > T.Abs(kept[i]) ? row[i] : kept[i];
        }
    }
}
