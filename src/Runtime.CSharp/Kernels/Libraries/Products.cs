using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Products by the provider that the table names for their size, managed where there is none.</summary>
internal static class Products
{
    /// <summary>All products of a batch; see <see cref="Gemm"/>.</summary>
    internal static void Multiply<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Multiply(products, Choose(Providers.Default, TypeOf<T>(), products.M, products.N, products.K), parallel);

    /// <summary>The same by a provider that was chosen before, where it takes such operands.</summary>
    internal static void Multiply<T>(in ProductBatch<T> products, Provider provider, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (provider != Provider.Managed && !SmallGemm.IsShallow(products) && NativeProducts.Applies(products))
        {
            Providers providers = Providers.Default;
            NativeProducts.Multiply(providers.Calls!, providers.Library(provider), products, parallel);
        }
        else
        {
            Gemm.Multiply(products, parallel);
        }
    }

    /// <summary>The provider of one product of these extents.</summary>
    internal static Provider Choose(Providers providers, DType type, int m, int n, int k) =>
        providers.Choose(m == 1 || n == 1 ? Operation.VectorProduct : Operation.Product, type, (double)m * n * k);

    private static DType TypeOf<T>() => typeof(T) == typeof(float) ? DType.F32 : DType.F64;
}
