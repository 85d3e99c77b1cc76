using System.Buffers;
using System.Numerics;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Factors;

/// <summary>What factorizations by halves are made of: parts of matrices, and C −= A B by <see cref="Gemm"/>.</summary>
internal static class Blocks
{
    /// <summary>Orders from which on halves pay.</summary>
    internal const int Smallest = 32;

    /// <summary>The part of a matrix that begins at a row and a column.</summary>
    internal static Matrix<T> From<T>(this in Matrix<T> matrix, int row, int column)
        where T : unmanaged =>
        matrix with { Offset = matrix.Offset + (row * matrix.RowStride) + (column * matrix.ColumnStride) };

    /// <summary>Elements of a row, whose columns lie beside each other.</summary>
    internal static Span<T> Row<T>(this in Matrix<T> matrix, int row, int from, int to)
        where T : unmanaged =>
        matrix.Data.AsSpan(matrix.Offset + (row * matrix.RowStride) + from, Math.Max(to - from, 0));

    /// <summary>One element.</summary>
    internal static ref T At<T>(this in Matrix<T> matrix, int row, int column)
        where T : unmanaged =>
        ref matrix.Data[matrix.Offset + (row * matrix.RowStride) + (column * matrix.ColumnStride)];

    /// <summary>C −= A B for C of m rows and n columns beside each other, and k terms.</summary>
    internal static void Subtract<T>(int m, int n, int k, in Matrix<T> a, in Matrix<T> b, in Matrix<T> c, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (m == 0 || n == 0 || k == 0)
        {
            return;
        }

        T[] product = ArrayPool<T>.Shared.Rent(m * n);
        var whole = new Matrix<T>(product, 0, n, 1);
        Gemm.Multiply(m, n, k, a, b, whole, parallel);
        for (int i = 0; i < m; i++)
        {
            Span<T> row = c.Row(i, 0, n);
            TensorPrimitives.Subtract(row, whole.Row(i, 0, n), row);
        }

        ArrayPool<T>.Shared.Return(product);
    }

    /// <summary>A first part of so many: half, in whole blocks.</summary>
    internal static int Half(int n) => (n / 2 / Smallest * Smallest) is var half and > 0 ? half : n / 2;
}
