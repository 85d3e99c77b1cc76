using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Products by the provider that the table names for their size, managed where there is none.</summary>
internal static class Products
{
    /// <summary>C = A·B for each of <paramref name="batch"/> products, whose operands lie batch strides apart; see <see cref="Gemm"/>.</summary>
    internal static void MultiplyBatched<T>(
        int batch,
        int m,
        int n,
        int k,
        in Matrix<T> a,
        int aBatchStride,
        in Matrix<T> b,
        int bBatchStride,
        in Matrix<T> c,
        int cBatchStride,
        IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Providers providers = Providers.Default;
        Provider provider = Choose<T>(providers, m, n, k);
        if (provider != Provider.Managed && NativeProducts.Applies(m, n, k, a, b, c))
        {
            NativeProducts.MultiplyBatched(
                providers.Calls!, providers.Library(provider), batch, m, n, k, a, aBatchStride, b, bBatchStride, c, cBatchStride, parallel);
        }
        else
        {
            Gemm.MultiplyBatched(batch, m, n, k, a, aBatchStride, b, bBatchStride, c, cBatchStride, parallel);
        }
    }

    /// <summary>The provider of one product of these extents.</summary>
    internal static Provider Choose<T>(Providers providers, int m, int n, int k) =>
        providers.Choose(
            m == 1 || n == 1 ? Operation.VectorProduct : Operation.Product,
            typeof(T) == typeof(float) ? DType.F32 : DType.F64,
            (double)m * n * k);
}
