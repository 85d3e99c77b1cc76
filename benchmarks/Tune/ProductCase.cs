using System.Numerics;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>A product of some extents and layouts, with operands of small numbers.</summary>
internal sealed class ProductCase<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int m;
    private readonly int n;
    private readonly int k;
    private readonly Matrix<T> a;
    private readonly Matrix<T> b;
    private readonly Matrix<T> c;

    internal ProductCase(int m, int n, int k, bool aTransposed, bool bTransposed)
    {
        (this.m, this.n, this.k) = (m, n, k);
        a = aTransposed ? new(Numbers(m * k), 0, 1, m) : new(Numbers(m * k), 0, k, 1);
        b = bTransposed ? new(Numbers(k * n), 0, 1, k) : new(Numbers(k * n), 0, n, 1);
        c = new(new T[m * n], 0, n, 1);
    }

    internal double Work => (double)m * n * k;

    /// <summary>By the runtime's own kernels.</summary>
    internal void Managed() => Gemm.Multiply(m, n, k, a, b, c, Serial.Instance);

    /// <summary>As one bare call of a library.</summary>
    internal unsafe void Bare(Providers providers, Provider provider)
    {
        var shape = new NativeProduct
        {
            Batch = 1,
            M = m,
            N = n,
            K = k,
            ARow = a.RowStride,
            AColumn = a.ColumnStride,
            BRow = b.RowStride,
            BColumn = b.ColumnStride,
            CRow = c.RowStride,
        };
        fixed (T* left = a.Data, right = b.Data, target = c.Data)
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
    internal void Chosen(IParallel parallel) => Products.MultiplyBatched(1, m, n, k, a, 0, b, 0, c, 0, parallel);

    private static T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => T.CreateTruncating((i * 7 % 13) - 6) / T.CreateTruncating(8))];
}
