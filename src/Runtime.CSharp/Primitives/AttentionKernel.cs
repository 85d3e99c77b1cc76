using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Attention and its derivatives over blocks of keys.</summary>
internal sealed class AttentionKernel : Kernel
{
    private readonly AttentionKind kind;
    private readonly AttentionShape shape;
    private readonly AttentionSizes sizes;
    private readonly bool causal;

    private AttentionKernel(AttentionKind kind, AttentionShape shape, AttentionSizes sizes, bool causal)
    {
        this.kind = kind;
        this.shape = shape;
        this.sizes = sizes;
        this.causal = causal;
    }

    private int Count => kind switch { AttentionKind.Forward => 3, AttentionKind.Tangent => 8, _ => 7 };

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds => kind == AttentionKind.Pullback ? [new(0, sizes.Type, BackwardMemory)] : [];

    private int BackwardMemory =>
        sizes.Type == DType.F64 ? new AttentionWork<double>(kind, shape).Memory : new AttentionWork<float>(kind, shape).Memory;

    /// <inheritdoc/>
    public override string Describe() => $"AttentionKernel {kind}";

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (sizes.Type == DType.F64)
        {
            Run<double>(operands, results, context);
        }
        else
        {
            Run<float>(operands, results, context);
        }
    }

    internal static AttentionKernel Of(AttentionKind kind, AttentionSizes sizes, bool causal, double scale)
    {
        var extents = new AttentionShape(
            sizes.Lead.Size, sizes.Queries, sizes.Keys, sizes.Heads, sizes.Group, sizes.Width, sizes.ValueWidth, scale);
        return new(kind, extents, sizes, causal);
    }

    private void Run<T>(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var given = new Memory<T>[Count];
        bool finite = true;
        for (int i = 0; i < Count; i++)
        {
            given[i] = operands[i].Memory<T>().AsMemory(operands[i].Start, operands[i].Size);
        }

        var wanted = new Memory<T>[results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            wanted[i] = results[i].Memory<T>().AsMemory(results[i].Start, results[i].Size);
        }

        NDArray? mask = operands.Length > Count ? operands[Count] : null;
        for (int i = 0; i < Count && finite && (causal || mask is not null); i++)
        {
            finite = i == 4 ? AttentionSight.IsBelowInfinity<T>(given[i].Span) : AttentionSight.IsFinite<T>(given[i].Span);
        }

        int length = BackwardMemory;
        Memory<T> memory = default;
        if (length > 0)
        {
            NDArray kept = context.Scratch(0, sizes.Type, length);
            memory = kept.Memory<T>().AsMemory(kept.Start, length);
        }

        new AttentionWork<T>(kind, shape).Run(SightOf(mask, finite), given, wanted, memory, context.Parallel);
    }

    /// <summary>What is seen.</summary>
    private AttentionSight SightOf(NDArray? mask, bool finite)
    {
        if (mask is null)
        {
            return new(shape, causal, null, 0, [], 0, 0, 0) { Skips = finite };
        }

        int lead = sizes.Lead.Rank;
        int[] strides = [.. mask.Shape.Strides().Select((stride, axis) => mask.Shape[axis].Value == 1 ? 0 : stride)];
        int[] batches = Boxes.Offsets(sizes.Lead.ToArray(), strides.AsSpan(0, lead));
        (int head, int query, int key) = (strides[lead], strides[lead + 1], strides[lead + 2]);
        return mask.Type == DType.Bool
            ? new(shape, causal, mask.Memory<bool>(), mask.Start, batches, head, query, key) { Skips = finite }
            : new(shape, causal, null, 0, [], 0, 0, 0) { Skips = finite, Bias = new(mask.Storage, mask.Start, batches, head, query, key) };
    }
}
