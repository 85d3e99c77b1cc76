using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A general product as matrix products, read in place where each group of axes lies at one stride, else copied.</summary>
internal sealed class DotKernel : SingleKernel
{
    private readonly Side left;
    private readonly Side right;

    private DotKernel(Side left, Side right)
    {
        this.left = left;
        this.right = right;
    }

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
        return new(
            Side.Of(left.Shape, dot.LeftBatch, dot.LeftFree(left.Rank), pairs.Select(i => dot.LeftContract[i])),
            Side.Of(right.Shape, dot.RightBatch, dot.RightFree(right.Rank), pairs.Select(i => dot.RightContract[i])));
    }

    private void Run<T>(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (result.Size == 0)
        {
            return;
        }

        NDArray x = left.Read(operands[0]);
        NDArray y = right.Read(operands[1]);
        var a = new Matrix<T>(x.Memory<T>(), x.Start, left.FreeStride, left.ContractStride);
        var b = new Matrix<T>(y.Memory<T>(), y.Start, right.ContractStride, right.FreeStride);
        var c = new Matrix<T>(result.Memory<T>(), result.Start, right.Free, 1);
        var products = new ProductBatch<T>(
            left.Batch, left.Free, right.Free, left.Contract, a, left.BatchStride, b, right.BatchStride, c, left.Free * right.Free);
        Products.Multiply(products, parallel);
    }

    /// <summary>One operand as a batch of matrices.</summary>
    private sealed record Side(
        int Batch, int Free, int Contract, int BatchStride, int FreeStride, int ContractStride, Axes? Order)
    {
        internal static Side Of(Shape shape, IEnumerable<int> batch, IEnumerable<int> free, IEnumerable<int> contract)
        {
            Axes order = new(batch.Concat(free).Concat(contract));
            int batches = shape.Select(batch).Size;
            int rows = shape.Select(free).Size;
            int terms = shape.Select(contract).Size;
            return (Stride(shape, batch), Stride(shape, free), Stride(shape, contract)) is ({ } between, { } row, { } term)
                ? new(batches, rows, terms, between, row, term, null)
                : new(batches, rows, terms, rows * terms, terms, 1, order);
        }

        internal NDArray Read(NDArray operand)
        {
            if (Order is null)
            {
                return operand;
            }

            NDArray packed = NDArray.New(operand.Type, operand.Shape.Select(Order));
            int[] strides = operand.Shape.Strides();
            Boxes.Copy(new(operand, 0, [.. Order.Select(axis => strides[axis])]), Layout.Of(packed), packed.Shape.ToArray());
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
