using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Makes updates in place, where the operand's memory is the result's, or in a copy.</summary>
internal sealed class ScatterKernel<T, TIndex, TJoin>(Scattering scattering) : Kernel
    where T : unmanaged
    where TIndex : unmanaged, IBinaryInteger<TIndex>
    where TJoin : struct, IJoin<T>
{
    /// <inheritdoc/>
    public override bool MayOverwrite(int operand, int result) => operand == 0;

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        (NDArray x, NDArray indices, NDArray updates, NDArray y) = (operands[0], operands[1], operands[2], results[0]);
        T[] target = y.Memory<T>();
        if (!ReferenceEquals(x.Memory<T>(), target) || x.Start != y.Start)
        {
            x.Span<T>().CopyTo(target.AsSpan(y.Start, y.Size));
        }

        if (updates.Size > 0)
        {
            indices = Apart(indices, y);
            updates = Apart(updates, y);
            scattering.Run<T, TIndex, TJoin>(
                target, y.Start, indices.Memory<TIndex>(), indices.Start, updates.Memory<T>(), updates.Start, context.Parallel);
        }
    }

    /// <summary>A copy of what lies where updates go: a tensor may be updated by itself.</summary>
    private static NDArray Apart(NDArray x, NDArray y) =>
        ReferenceEquals(x.Storage, y.Storage) && x.Start < y.Start + y.Size && y.Start < x.Start + x.Size ? x.Copy() : x;
}

/// <summary>The kernels of scatters for dtypes of 32 and 64 bits, whose updates lie window behind window.</summary>
internal static class ScatterKernels
{
    /// <summary>The kernel of a scatter; null for other dtypes and layouts, and where an index out of range is an error.</summary>
    internal static Kernel? Of(Scatter scatter, TensorType x, TensorType indices, TensorType updates)
    {
        if (scatter.Mode == OutOfRange.Check || ScatteringOf(scatter, x.Shape, indices.Shape, updates.Shape) is not { } scattering)
        {
            return null;
        }

        return x.DType switch
        {
            DType.F32 => Of<float>(scatter.Update, indices.DType, scattering),
            DType.F64 => Of<double>(scatter.Update, indices.DType, scattering),
            DType.I32 => Of<int>(scatter.Update, indices.DType, scattering),
            DType.I64 => Of<long>(scatter.Update, indices.DType, scattering),
            DType.U32 => Of<uint>(scatter.Update, indices.DType, scattering),
            DType.U64 => Of<ulong>(scatter.Update, indices.DType, scattering),
            _ => null,
        };
    }

    private static Kernel? Of<T>(ScatterUpdate update, DType index, Scattering scattering)
        where T : unmanaged, INumber<T> => index switch
        {
            DType.I32 => Of<T, int>(update, scattering),
            DType.I64 => Of<T, long>(update, scattering),
            DType.U32 => Of<T, uint>(update, scattering),
            _ => null,
        };

    private static Kernel Of<T, TIndex>(ScatterUpdate update, Scattering scattering)
        where T : unmanaged, INumber<T>
        where TIndex : unmanaged, IBinaryInteger<TIndex> => update switch
        {
            ScatterUpdate.Add => new ScatterKernel<T, TIndex, AddJoin<T>>(scattering),
            ScatterUpdate.Mul => new ScatterKernel<T, TIndex, MultiplyJoin<T>>(scattering),
            ScatterUpdate.Min => new ScatterKernel<T, TIndex, MinJoin<T>>(scattering),
            ScatterUpdate.Max => new ScatterKernel<T, TIndex, MaxJoin<T>>(scattering),
            _ => new ScatterKernel<T, TIndex, SetJoin<T>>(scattering),
        };

    /// <summary>Where the windows go; null where they do not lie one behind the other, or belong to several axes of lanes.</summary>
    private static Scattering? ScatteringOf(Scatter scatter, Shape x, Shape indices, Shape updates)
    {
        int across = indices.Rank - 1;
        bool hasLanes = scatter.IndexBatch.Count == 1 && scatter.IndexBatch[0] == 0;
        if (scatter.Offset.Any(axis => axis < across) || (scatter.IndexBatch.Count > 0 && !hasLanes))
        {
            return null;
        }

        int[] strides = x.Strides();
        int[] sizes = Array.ConvertAll(scatter.Windows.Sizes(x.Rank, updates), extent => extent.Value);
        int lanes = hasLanes ? indices[0].Value : 1;
        int windows = new Shape(indices.SkipLast(1)).Size;
        int length = 1;
        List<int> outer = [.. scatter.Windows.Kept(x.Rank)];
        while (outer.Count > 0 && (strides[outer[^1]] == length || sizes[outer[^1]] == 1))
        {
            length *= sizes[outer[^1]];
            outer.RemoveAt(outer.Count - 1);
        }

        return new()
        {
            Lanes = lanes,
            LaneStride = hasLanes ? strides[scatter.OperandBatch[0]] : 0,
            Windows = lanes == 0 ? 0 : windows / lanes,
            Index = [.. scatter.Start.Select(axis => new IndexAxis(strides[axis], x[axis].Value - sizes[axis]))],
            Runs = Boxes.Offsets([.. outer.Select(axis => sizes[axis])], [.. outer.Select(axis => strides[axis])]),
            Length = length,
            Clamps = scatter.Mode == OutOfRange.Clamp,
        };
    }
}
