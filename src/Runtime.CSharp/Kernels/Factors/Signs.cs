using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Factors;

/// <summary>The sign of vectors that are known up to it.</summary>
internal static class Signs
{
    /// <summary>Makes the component of largest magnitude, the first of such, positive. Whether the sign changed.</summary>
    internal static bool Settle<T>(Span<T> vector)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T element in vector)
        {
            largest = T.Abs(element) > T.Abs(largest) ? element : largest;
        }

        if (largest >= T.Zero)
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
            Span<T> row = vectors.Row(i, 0, columns);
            for (int j = 0; j < columns; j++)
            {
                largest[j] = T.Abs(row[j]) > T.Abs(largest[j]) ? row[j] : largest[j];
            }
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
}
