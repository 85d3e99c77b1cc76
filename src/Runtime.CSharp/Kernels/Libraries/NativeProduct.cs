using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>A batch of products as the C boundary takes it: <c>adj_product</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeProduct
{
    internal long Batch;
    internal long M;
    internal long N;
    internal long K;
    internal long ABatch;
    internal long ARow;
    internal long AColumn;
    internal long BBatch;
    internal long BRow;
    internal long BColumn;
    internal long CBatch;
    internal long CRow;

    internal static NativeProduct Of<T>(in ProductBatch<T> products)
        where T : unmanaged => new()
        {
            Batch = products.Count,
            M = products.M,
            N = products.N,
            K = products.K,
            ABatch = products.AStride,
            ARow = products.A.RowStride,
            AColumn = products.A.ColumnStride,
            BBatch = products.BStride,
            BRow = products.B.RowStride,
            BColumn = products.B.ColumnStride,
            CBatch = products.CStride,
            CRow = products.C.RowStride,
        };
}
