using System.Numerics;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Primitives;

namespace Adjoint.Tune;

/// <summary>A product of some extents and layouts, or a batch of them, with operands of small numbers.</summary>
internal sealed class ProductCase<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ProductBatch<T> product;
    private readonly NDArray left;
    private readonly NDArray right;
    private readonly NDArray result;
    private readonly bool aTransposed;
    private readonly bool bTransposed;

    internal ProductCase(int m, int n, int k, bool aTransposed, bool bTransposed, int count = 1)
    {
        (this.aTransposed, this.bTransposed) = (aTransposed, bTransposed);
        T[] x = Numbers(count * m * k), y = Numbers(count * k * n), z = new T[count * m * n];
        Matrix<T> a = aTransposed ? new(x, 0, 1, m) : new(x, 0, k, 1);
        Matrix<T> b = bTransposed ? new(y, 0, 1, k) : new(y, 0, n, 1);
        product = new(count, m, n, k, a, m * k, b, k * n, new(z, 0, n, 1), m * n);
        left = NDArray.Own(aTransposed ? Shape.Of(count, k, m) : Shape.Of(count, m, k), x);
        right = NDArray.Own(bTransposed ? Shape.Of(count, n, k) : Shape.Of(count, k, n), y);
        result = NDArray.Own(Shape.Of(count, m, n), z);
    }

    internal double Work => (double)product.Work * product.Count;

    /// <summary>By the runtime's own kernels.</summary>
    internal void Managed() => Gemm.Multiply(product, Serial.Instance);

    /// <summary>As one bare call of a library.</summary>
    internal unsafe void Bare(Providers providers, Provider provider)
    {
        var shape = NativeProduct.Of(product);
        fixed (T* a = product.A.Data, b = product.B.Data, c = product.C.Data)
        {
            if (typeof(T) == typeof(float))
            {
                providers.Calls!.Multiply(providers.Library(provider), shape, (float*)a, (float*)b, (float*)c);
            }
            else
            {
                providers.Calls!.Multiply(providers.Library(provider), shape, (double*)a, (double*)b, (double*)c);
            }
        }
    }

    /// <summary>As a program of this one product runs.</summary>
    internal Action Through(IParallel parallel)
    {
        var batch = new Axes(product.Count > 1 ? [0] : []);
        NDArray x = Plain(left), y = Plain(right), z = Plain(result);
        int first = batch.Count;
        var dot = new DotGeneral(batch, batch, new Axes([aTransposed ? first : first + 1]), new Axes([bTransposed ? first + 1 : first]));
        Value a = Value.Parameter(TensorType.Of(x)), b = Value.Parameter(TensorType.Of(y));
        var executable = Executable.Compile(new Graph([a, b], [Ops.Apply(dot, a, b)]));
        NDArray[] given = [x, y], made = [z];
        var options = new RunOptions { Parallel = parallel };
        return () => executable.Run(given, made, options);
    }

    private NDArray Plain(NDArray array) => product.Count > 1 ? array : array.Reshaped(Shape.Of(array.Shape.ToArray()[1..]));

    private static T[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => T.CreateTruncating((i * 7 % 13) - 6) / T.CreateTruncating(8))];
}
