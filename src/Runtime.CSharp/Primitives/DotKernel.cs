using System.Buffers;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A general product as matrix products, read in place where each group of axes lies at one stride, else copied.</summary>
/// <remarks>Batch axes may lie at two strides, as those of images or sentences and of heads do: batches are then formed one after another.</remarks>
internal sealed class DotKernel : SingleKernel
{
    /// <summary>Multiply-adds of a batch that is worth a call of its own.</summary>
    private const double BatchWork = 1 << 13;

    private readonly Side left;
    private readonly Side right;
    private readonly Provider provider;

    private DotKernel(Side left, Side right, DType type)
    {
        this.left = left;
        this.right = right;
        provider = Products.Choose(Providers.Default, type, left.Free, right.Free, left.Contract);
    }

    /// <summary>Elements of operands that are copied.</summary>
    private long Copied => left.Copied + right.Copied;

    /// <summary>Multiply-adds of the products of a batch.</summary>
    private double Work => (double)left.Batch * left.Free * right.Free * left.Contract;

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        if (result.Type == DType.F32)
        {
            Run<float>(operands, result, parallel);
        }
        else
        {
            Run<double>(operands, result, parallel);
        }
    }

    /// <summary>The kernel for f32 and f64, null for others.</summary>
    internal static DotKernel? Of(DotGeneral dot, TensorType left, TensorType right)
    {
        if (left.DType is not (DType.F32 or DType.F64))
        {
            return null;
        }

        int[] pairs = [.. Enumerable.Range(0, dot.LeftContract.Count).OrderBy(i => dot.LeftContract[i])];
        DotKernel At(int split) => new(
            Side.Of(left.Shape, dot.LeftBatch, split, dot.LeftFree(left.Rank), pairs.Select(i => dot.LeftContract[i]), isRight: false),
            Side.Of(right.Shape, dot.RightBatch, split, dot.RightFree(right.Rank), pairs.Select(i => dot.RightContract[i]), isRight: true),
            left.DType);
        DotKernel whole = At(0);
        return Enumerable.Range(1, Math.Max(dot.LeftBatch.Count - 1, 0)).Select(At)
            .FirstOrDefault(kernel => kernel.Copied < whole.Copied && kernel.Work >= BatchWork, whole);
    }

    private void Run<T>(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (result.Size == 0)
        {
            return;
        }

        T[]? x = left.Copy<T>(operands[0], parallel);
        T[]? y = right.Copy<T>(operands[1], parallel);
        var a = new Matrix<T>(x ?? operands[0].Memory<T>(), x is null ? operands[0].Start : 0, left.FreeStride, left.ContractStride);
        var b = new Matrix<T>(y ?? operands[1].Memory<T>(), y is null ? operands[1].Start : 0, right.ContractStride, right.FreeStride);
        var c = new Matrix<T>(result.Memory<T>(), result.Start, right.Free, 1);
        int size = left.Free * right.Free;
        for (int i = 0; i < left.Batches; i++)
        {
            var products = new ProductBatch<T>(
                left.Batch,
                left.Free,
                right.Free,
                left.Contract,
                a with { Offset = a.Offset + (i * left.Between) },
                left.BatchStride,
                b with { Offset = b.Offset + (i * right.Between) },
                right.BatchStride,
                c with { Offset = c.Offset + (i * left.Batch * size) },
                size);
            Products.Multiply(products, provider, parallel);
        }

        Return(x);
        Return(y);
    }

    private static void Return<T>(T[]? rented)
    {
        if (rented is not null)
        {
            ArrayPool<T>.Shared.Return(rented);
        }
    }

    /// <summary>One operand as batches of matrices.</summary>
    private sealed record Side(
        int Batches, int Between, int Batch, int BatchStride, int Free, int FreeStride, int Contract, int ContractStride, Axes? Order)
    {
        /// <summary>Elements that are copied to be read.</summary>
        internal long Copied => Order is null ? 0 : (long)Batches * Batch * Free * Contract;

        /// <summary>An operand whose batch axes before a split are batches of those after it. A copy has contiguous rows, whichever factor it is.</summary>
        internal static Side Of(Shape shape, Axes batch, int split, IEnumerable<int> free, IEnumerable<int> contract, bool isRight)
        {
            int outer = shape.Select(batch.Take(split)).Size, inner = shape.Select(batch.Skip(split)).Size;
            int rows = shape.Select(free).Size;
            int terms = shape.Select(contract).Size;
            return (Stride(shape, batch.Take(split)), Stride(shape, batch.Skip(split)), Stride(shape, free), Stride(shape, contract))
                is ({ } between, { } next, { } row, { } term)
                ? new(outer, between, inner, next, rows, row, terms, term, null)
                : isRight
                    ? new(outer, inner * rows * terms, inner, rows * terms, rows, 1, terms, rows, new(batch.Concat(contract).Concat(free)))
                    : new(outer, inner * rows * terms, inner, rows * terms, rows, terms, terms, 1, new(batch.Concat(free).Concat(contract)));
        }

        /// <summary>The operand's elements in order, in a rented array; null where they are read in place.</summary>
        internal T[]? Copy<T>(NDArray operand, IParallel parallel)
            where T : unmanaged
        {
            if (Order is null)
            {
                return null;
            }

            Shape shape = operand.Shape.Select(Order);
            int[] strides = operand.Shape.Strides();
            T[] packed = ArrayPool<T>.Shared.Rent(Math.Max(shape.Size, 1));
            StridedCopy.Run(
                operand.Memory<T>(), operand.Start, Array.ConvertAll([.. Order], axis => strides[axis]), packed, 0, shape.Strides(), shape.ToArray(), parallel);
            return packed;
        }

        /// <summary>The one distance between elements along some axes taken as one, or null.</summary>
        private static int? Stride(Shape shape, IEnumerable<int> axes)
        {
            int[] strides = shape.Strides();
            int? stride = null;
            int next = 0;
            foreach (int axis in axes.Reverse().Where(axis => shape[axis].Value > 1))
            {
                if (stride is not null && strides[axis] != next)
                {
                    return null;
                }

                stride ??= strides[axis];
                next = strides[axis] * shape[axis].Value;
            }

            return stride ?? 1;
        }
    }
}
