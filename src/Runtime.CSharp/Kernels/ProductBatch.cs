namespace Adjoint.Kernels;

/// <summary>One operand of a product: element (i, j) is <c>Data[Offset + i·RowStride + j·ColumnStride]</c>.</summary>
internal readonly record struct Matrix<T>(T[] Data, int Offset, int RowStride, int ColumnStride)
    where T : unmanaged
{
    public Matrix<T> Transposed => new(Data, Offset, ColumnStride, RowStride);
}

/// <summary>
/// The products C = A·B of <paramref name="Count"/> pairs, A [m, k] and B [k, n] of any strides, C [m, n] with contiguous rows, each operand a
/// batch stride after the one before. C must not overlap A or B.
/// </summary>
internal readonly record struct ProductBatch<T>(
    int Count, int M, int N, int K, Matrix<T> A, int AStride, Matrix<T> B, int BStride, Matrix<T> C, int CStride)
    where T : unmanaged
{
    /// <summary>One product.</summary>
    public ProductBatch(int m, int n, int k, Matrix<T> a, Matrix<T> b, Matrix<T> c)
        : this(1, m, n, k, a, 0, b, 0, c, 0)
    {
    }

    /// <summary>Multiply-adds of one of the products; without terms as many as elements, which are written.</summary>
    public long Work => (long)M * N * Math.Max(K, 1);

    /// <summary>The same products with operands and results transposed: Cᵀ = Bᵀ·Aᵀ.</summary>
    public ProductBatch<T> Transposed => new(Count, N, M, K, B.Transposed, BStride, A.Transposed, AStride, C.Transposed, CStride);

    /// <summary>The first operand of a product of the batch.</summary>
    public Matrix<T> AAt(int index) => A with { Offset = A.Offset + (index * AStride) };

    /// <summary>The second operand of a product of the batch.</summary>
    public Matrix<T> BAt(int index) => B with { Offset = B.Offset + (index * BStride) };

    /// <summary>The result of a product of the batch.</summary>
    public Matrix<T> CAt(int index) => C with { Offset = C.Offset + (index * CStride) };
}
