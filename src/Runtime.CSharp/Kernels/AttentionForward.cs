using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>Attention over blocks of keys: for a panel of queries a running maximum, a running sum, and what has been mixed so far.</summary>
/// <remarks>
/// The running softmax is Milakov and Gimelshein's (2018). Keys are taken in blocks of <see cref="Block"/> in ascending order, the products of a block in the
/// order of <see cref="MicroKernel{T, TVector, TLanes}"/>. The order depends on the shape and the width of vectors alone.
/// </remarks>
internal sealed unsafe class AttentionForward<T, TVector, TLanes>(AttentionShape shape, AttentionSight sight)
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Keys of a block: its scores for a panel of queries take 16 KiB.</summary>
    internal const int Block = 128;

    private static int Width => AttentionPanel<T, TVector, TLanes>.Width;

    /// <summary>Computes outputs and logarithms.</summary>
    internal void Run(Memory<T> query, Memory<T> key, Memory<T> value, Memory<T> output, Memory<T> sums, IParallel parallel)
    {
        int panels = GemmTiling.Ceiling(shape.Queries, Width);
        int all = shape.Batch * shape.Heads * panels;
        int group = AttentionTasks.Group(all, (long)Width * shape.Keys * (shape.Width + shape.ValueWidth));
        parallel.For(GemmTiling.Ceiling(all, group), task =>
        {
            using var memory = new Panel(shape);
            fixed (T* q = query.Span, k = key.Span, v = value.Span, y = output.Span, l = sums.Span)
            {
                for (int i = task * group; i < Math.Min(all, (task + 1) * group); i++)
                {
                    One(i / panels / shape.Heads, i / panels % shape.Heads, i % panels * Width, q, k, v, y, l, memory);
                }
            }
        });
    }

    private void One(int batch, int head, int query, T* q, T* k, T* v, T* y, T* l, in Panel memory)
    {
        int queries = Math.Min(Width, shape.Queries - query), keyHead = head / shape.Group;
        AttentionPanel<T, TVector, TLanes>.Turn(
            q + shape.QueryAt(batch, head, query), shape.QueryRow, queries, shape.Width, T.CreateChecked(shape.Scale), memory.Query);
        new Span<T>(memory.Top, Width).Fill(T.NegativeInfinity);
        new Span<T>(memory.Sum, Width).Clear();
        new Span<T>(memory.Output, shape.ValueWidth * Width).Clear();
        int reach = sight.Reach(query + queries - 1);
        for (int at = 0; at < reach; at += Block)
        {
            int keys = Math.Min(Block, reach - at);
            if (sight.LeavesOut(batch, head, query, queries, at, keys))
            {
                continue;
            }

            AttentionPanel<T, TVector, TLanes>.Multiply(
                keys, Width, shape.Width, k + shape.KeyAt(batch, keyHead, at), shape.KeyRow, 1, memory.Query, memory.Offsets, memory.Scores, Width, false);
            sight.Show(batch, head, query, queries, at, keys, memory.Scores, Width);
            Weigh(keys, memory);
            AttentionPanel<T, TVector, TLanes>.Multiply(
                shape.ValueWidth, Width, keys, v + shape.ValueAt(batch, keyHead, at), 1, shape.ValueRow, memory.Scores, memory.Offsets, memory.Output, Width, true);
        }

        Finish(queries, y + shape.OutputAt(batch, head, query), l + shape.SumAt(batch, head, query), memory);
    }

    /// <summary>Scores become weights relative to the greatest so far, and what was mixed before is brought to the same scale.</summary>
    private void Weigh(int keys, in Panel memory)
    {
        T* before = memory.Factor, shift = memory.Shift;
        new ReadOnlySpan<T>(memory.Top, Width).CopyTo(new(before, Width));
        AttentionPanel<T, TVector, TLanes>.Maximum(memory.Scores, keys, memory.Top);
        bool changes = false;
        for (int i = 0; i < Width; i++)
        {
            shift[i] = T.IsNegativeInfinity(memory.Top[i]) ? T.Zero : memory.Top[i];
            changes |= before[i] != shift[i];
        }

        if (changes)
        {
            for (int i = 0; i < Width; i++)
            {
                before[i] = AttentionMath.Exp(before[i] - shift[i]);
                memory.Sum[i] *= before[i];
            }

            AttentionPanel<T, TVector, TLanes>.Scale(memory.Output, shape.ValueWidth, before);
        }

        AttentionPanel<T, TVector, TLanes>.Exponentials(memory.Scores, keys, shift, memory.Sum);
    }

    private void Finish(int queries, T* y, T* l, in Panel memory)
    {
        for (int i = 0; i < Width; i++)
        {
            memory.Shift[i] = T.IsNegativeInfinity(memory.Top[i]) ? T.Zero : memory.Top[i];
            memory.Factor[i] = T.One / (memory.Sum[i] == T.Zero ? T.One : memory.Sum[i]);
        }

        AttentionPanel<T, TVector, TLanes>.Scale(memory.Output, shape.ValueWidth, memory.Factor);
        Transposition.Run(memory.Output, y, shape.ValueWidth, Width, queries, shape.OutputRow);
        for (int i = 0; i < queries; i++)
        {
            l[i] = memory.Shift[i] + AttentionMath.Log(memory.Sum[i]);
        }
    }

    /// <summary>Memory for one panel of queries.</summary>
    private readonly ref struct Panel : IDisposable
    {
        private readonly AttentionScratch<T> scratch;
        internal readonly T* Query, Scores, Output, Top, Sum, Shift, Factor;
        internal readonly int* Offsets;

        internal Panel(AttentionShape shape)
        {
            int steps = Math.Max(shape.Width, Block);
            scratch = new((Width * (long)(shape.Width + Block + shape.ValueWidth + 4)) + steps + 256);
            Query = scratch.Take(Width * (long)shape.Width);
            Scores = scratch.Take(Width * Block);
            Output = scratch.Take(Width * (long)shape.ValueWidth);
            Top = scratch.Take(Width);
            Sum = scratch.Take(Width);
            Shift = scratch.Take(Width);
            Factor = scratch.Take(Width);
            Offsets = (int*)scratch.Take(steps);
            AttentionPanel<T, TVector, TLanes>.Offsets(Offsets, steps, Width);
        }

        public void Dispose() => scratch.Dispose();
    }
}

/// <summary>How attention is cut into tasks: by its shape alone.</summary>
internal static class AttentionTasks
{
    /// <summary>How many panels a task takes.</summary>
    internal static int Group(int panels, long work) => (int)Math.Clamp(GemmTiling.TileWork / Math.Max(work, 1), 1, Math.Max(panels, 1));
}
