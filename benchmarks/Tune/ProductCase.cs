using System.Numerics;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>A product of some extents and layouts, or a batch of them, with operands of small numbers.</summary>
internal sealed class ProductCase<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ProductBatch<T> product;

    internal ProductCase(int m, int n, int k, bool aTransposed, bool bTransposed, int count = 1)
    {
        Matrix<T> a = aTransposed ? new(Numbers(count * m * k), 0, 1, m) : new(Numbers(count * m * k), 0, k, 1);
        Matrix<T> b = bTransposed ? new(Numbers(count * k * n), 0, 1, k) : new(Numbers(count * k * n), 0, n, 1);
        product = new(count, m, n, k, a, m * k, b, k * n, new(new T[count * m * n], 0, n, 1), m * n);
    }

    internal double Work => (double)product.Work * product.Count;

    /// <summary>By the runtime's own kernels.</summary>
    internal void Managed() => Gemm.Multiply(product, Serial.Instance);

    /// <summary>As one bare call of a library.</summary>
    internal unsafe void Bare(Providers providers, Provider provider)
    {
        var shape = NativeProduct.Of(product);
        fixed (T* left = product.A.Data, right = product.B.Data, target = product.C.Data)
        {
            if (typeof(T) == typeof(float))
            {
                providers.Calls!.Multiply(providers.Library(provider), shape, (float*)left, (float*)right, (float*)target);
            }
            else
            {
                providers.Calls!.Multiply(providers.Library(provider), shape, (double*)left, (double*)right, (double*)target);
            }
        }
    }

    /// <summary>As the runtime runs it.</summary>
    internal void Chosen(IParallel parallel) => Products.Multiply(product, parallel);

    private static T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => T.CreateTruncating((i * 7 % 13) - 6) / T.CreateTruncating(8))];
}
