namespace Adjoint.Kernels;

/// <summary>A batch of products in memory that stays where it is, whose rows of B and C are contiguous.</summary>
internal readonly unsafe struct SmallBatch<T>
    where T : unmanaged
{
    public int M { get; init; }

    public int N { get; init; }

    public int K { get; init; }

    public T* A { get; init; }

    public nint ABatch { get; init; }

    public nint ARow { get; init; }

    public nint AColumn { get; init; }

    public T* B { get; init; }

    public nint BBatch { get; init; }

    public nint BRow { get; init; }

    /// <summary>Elements of memory from the start of B on.</summary>
    public nint BLeft { get; init; }

    public T* C { get; init; }

    public nint CBatch { get; init; }

    public nint CRow { get; init; }

    /// <summary>The products of a batch whose arrays are pinned.</summary>
    public static SmallBatch<T> Of(in ProductBatch<T> products, T* a, T* b, T* c) => new()
    {
        M = products.M,
        N = products.N,
        K = products.K,
        A = a + products.A.Offset,
        ABatch = products.AStride,
        ARow = products.A.RowStride,
        AColumn = products.A.ColumnStride,
        B = b + products.B.Offset,
        BBatch = products.BStride,
        BRow = products.B.RowStride,
        BLeft = products.B.Data.Length - products.B.Offset,
        C = c + products.C.Offset,
        CBatch = products.CStride,
        CRow = products.C.RowStride,
    };
}
