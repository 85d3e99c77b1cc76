using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>The pullback of attention: weights again from the logarithms, a block of keys and a panel of queries at a time.</summary>
/// <remarks>
/// A task has a share of the blocks of keys of one head of keys, and goes over the queries that see them in ascending order: it owns their cotangents, and adds
/// to its own copy of the queries'. The copies are added in the order of the shares at the end. Shares follow from the shape alone.
/// </remarks>
internal sealed unsafe class AttentionBackward<T, TVector, TLanes>(AttentionShape shape, AttentionSight sight)
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    private const int Block = AttentionLayout.Block;

    private readonly AttentionLayout layout = new(shape, AttentionPanel<T, TVector, TLanes>.Width);

    private static int Width => AttentionPanel<T, TVector, TLanes>.Width;

    /// <summary>Computes the cotangents of queries, keys and values. Operands and results are in the order of attention_pullback.</summary>
    internal void Run(Memory<T>[] operands, Memory<T>[] results, Memory<T> memory, IParallel parallel)
    {
        int heads = shape.Batch * shape.Heads;
        int group = AttentionTasks.Group(heads * layout.Panels, 8L * Width * (shape.Width + shape.ValueWidth));
        Each(heads * layout.Panels, group, parallel, operands, results, memory, (int i, in Pointers at) => Prepare(i / layout.Panels, i % layout.Panels, in at));
        Each(shape.Batch * shape.KeyHeads * layout.Shares, 1, parallel, operands, results, memory, Sweep);
        Each(heads * layout.Panels, group, parallel, operands, results, memory, (int i, in Pointers at) => Finish(i / layout.Panels, i % layout.Panels, in at));
    }

    private delegate void Step(int index, in Pointers at);

    private static void Each(
        int count, int group, IParallel parallel, Memory<T>[] operands, Memory<T>[] results, Memory<T> memory, Step step) =>
        parallel.For(GemmTiling.Ceiling(count, group), task =>
        {
            fixed (T* q = operands[0].Span, k = operands[1].Span, v = operands[2].Span, y = operands[3].Span, l = operands[4].Span)
            {
                fixed (T* g = operands[5].Span, gl = operands[6].Span, dq = results[0].Span, dk = results[1].Span, dv = results[2].Span)
                {
                    fixed (T* kept = memory.Span)
                    {
                        var at = new Pointers { Q = q, K = k, V = v, Y = y, L = l, G = g, Gl = gl, Dq = dq, Dk = dk, Dv = dv, Kept = kept };
                        for (int i = task * group; i < Math.Min(count, (task + 1) * group); i++)
                        {
                            step(i, in at);
                        }
                    }
                }
            }
        });

    /// <summary>Panels and rows of queries and cotangents, and the two numbers of each query.</summary>
    private void Prepare(int index, int panel, in Pointers all)
    {
        int batch = index / shape.Heads, head = index % shape.Heads, query = panel * Width;
        int queries = Math.Min(Width, shape.Queries - query);
        T* q = all.Q + shape.QueryAt(batch, head, query), g = all.G + shape.OutputAt(batch, head, query);
        AttentionPanel<T, TVector, TLanes>.Turn(
            q, shape.QueryRow, queries, shape.Width, T.CreateChecked(shape.Scale), all.Kept + layout.QueryPanel(index, panel));
        AttentionPanel<T, TVector, TLanes>.Turn(g, shape.OutputRow, queries, shape.ValueWidth, T.One, all.Kept + layout.CotangentPanel(index, panel));
        if (!layout.ReadsQueries)
        {
            CopyRows(q, shape.QueryRow, queries, shape.Width, all.Kept + layout.QueryRowsAt(index, panel), layout.PaddedWidth);
        }

        if (!layout.ReadsCotangents)
        {
            CopyRows(g, shape.OutputRow, queries, shape.ValueWidth, all.Kept + layout.CotangentRowsAt(index, panel), layout.PaddedValueWidth);
        }

        nint sum = shape.SumAt(batch, head, query);
        AttentionPanel<T, TVector, TLanes>.Shifts(all.L + sum, queries, all.Kept + layout.Shift(index, panel));
        T* mean = all.Kept + layout.Mean(index, panel), y = all.Y + shape.OutputAt(batch, head, query);
        for (int i = 0; i < Width; i++)
        {
            mean[i] = i < queries ? Dot(y + (i * shape.OutputRow), g + (i * shape.OutputRow), shape.ValueWidth) - all.Gl[sum + i] : T.Zero;
        }
    }

    private void Sweep(int index, in Pointers all)
    {
        int share = index % layout.Shares, keyHead = index / layout.Shares % shape.KeyHeads, batch = index / layout.Shares / shape.KeyHeads;
        int first = (batch * shape.Heads) + (keyHead * shape.Group);
        new Span<T>(all.Kept + layout.Gathered(share, first, 0), shape.Group * layout.Panels * Width * shape.Width).Clear();
        using var memory = new Tile(shape, layout);
        for (int key = share * Block; key < shape.Keys; key += layout.Shares * Block)
        {
            int keys = Math.Min(Block, shape.Keys - key);
            new Span<T>(memory.Keys, Block * layout.PaddedWidth).Clear();
            new Span<T>(memory.Values, Block * layout.PaddedValueWidth).Clear();
            for (int i = 0; i < shape.Group * layout.Panels; i++)
            {
                int head = (keyHead * shape.Group) + (i / layout.Panels), query = i % layout.Panels * Width;
                int queries = Math.Min(Width, shape.Queries - query), seen = Math.Min(keys, sight.Reach(query + queries - 1) - key);
                if (seen > 0 && !sight.LeavesOut(batch, head, query, queries, key, seen))
                {
                    One(share, batch, head, i % layout.Panels, key, seen, in all, memory);
                }
            }

            CopyOut(memory.Keys, layout.PaddedWidth, keys, shape.Width, all.Dk + shape.KeyAt(batch, keyHead, key), shape.KeyRow);
            CopyOut(memory.Values, layout.PaddedValueWidth, keys, shape.ValueWidth, all.Dv + shape.ValueAt(batch, keyHead, key), shape.ValueRow);
        }
    }

    /// <summary>A block of keys with a panel of queries.</summary>
    private void One(int share, int batch, int head, int panel, int key, int keys, in Pointers all, in Tile memory)
    {
        int index = (batch * shape.Heads) + head, query = panel * Width, queries = Math.Min(Width, shape.Queries - query);
        T* k = all.K + shape.KeyAt(batch, head / shape.Group, key), v = all.V + shape.ValueAt(batch, head / shape.Group, key);
        T* weights = memory.Weights, slopes = memory.Slopes;
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, Width, shape.Width, k, shape.KeyRow, 1, all.Kept + layout.QueryPanel(index, panel), memory.Columns, weights, Width, false);
        sight.Show(batch, head, query, queries, key, keys, weights, Width);
        AttentionPanel<T, TVector, TLanes>.Exponentials(weights, keys, all.Kept + layout.Shift(index, panel), memory.Unread);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, Width, shape.ValueWidth, v, shape.ValueRow, 1, all.Kept + layout.CotangentPanel(index, panel), memory.Columns, slopes, Width, false);
        AttentionPanel<T, TVector, TLanes>.Slopes(weights, slopes, keys, all.Kept + layout.Mean(index, panel), T.CreateChecked(shape.Scale));
        sight.Hide(batch, head, query, queries, key, keys, slopes, Width, T.Zero);
        T* g = layout.ReadsCotangents ? all.G + shape.OutputAt(batch, head, query) : all.Kept + layout.CotangentRowsAt(index, panel);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, layout.PaddedValueWidth, queries, weights, Width, 1, g, memory.CotangentRows, memory.Values, layout.PaddedValueWidth, true);
        T* q = layout.ReadsQueries ? all.Q + shape.QueryAt(batch, head, query) : all.Kept + layout.QueryRowsAt(index, panel);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, layout.PaddedWidth, queries, slopes, Width, 1, q, memory.QueryRows, memory.Keys, layout.PaddedWidth, true);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            shape.Width, Width, keys, k, 1, shape.KeyRow, slopes, memory.Columns, all.Kept + layout.Gathered(share, index, panel), Width, true);
    }

    /// <summary>The queries' cotangents of all shares.</summary>
    private void Finish(int index, int panel, in Pointers all)
    {
        int query = panel * Width, queries = Math.Min(Width, shape.Queries - query);
        T* sum = all.Kept + layout.Gathered(0, index, panel);
        for (int share = 1; share < layout.Shares; share++)
        {
            AttentionPanel<T, TVector, TLanes>.Add(sum, all.Kept + layout.Gathered(share, index, panel), Width * shape.Width);
        }

        T* to = all.Dq + shape.QueryAt(index / shape.Heads, index % shape.Heads, query);
        Transposition.Run(sum, to, shape.Width, Width, queries, shape.QueryRow);
    }

    private static void CopyRows(T* from, nint row, int rows, int width, T* to, int padded)
    {
        for (int i = 0; i < rows; i++)
        {
            new ReadOnlySpan<T>(from + (i * row), width).CopyTo(new(to + (i * padded), width));
            new Span<T>(to + (i * padded) + width, padded - width).Clear();
        }
    }

    private static void CopyOut(T* from, int padded, int rows, int width, T* to, nint row)
    {
        for (int i = 0; i < rows; i++)
        {
            new ReadOnlySpan<T>(from + (i * padded), width).CopyTo(new(to + (i * row), width));
        }
    }

    private static T Dot(T* x, T* y, int count) => AttentionPanel<T, TVector, TLanes>.Dot(x, y, count);

    private struct Pointers
    {
        internal T* Q, K, V, Y, L, G, Gl, Dq, Dk, Dv, Kept;
    }

    /// <summary>Memory for one block of keys.</summary>
    private readonly ref struct Tile : IDisposable
    {
        private readonly AttentionScratch<T> scratch;
        internal readonly T* Weights, Slopes, Keys, Values, Unread;
        internal readonly int* Columns, QueryRows, CotangentRows;

        internal Tile(AttentionShape shape, AttentionLayout layout)
        {
            int steps = Math.Max(Math.Max(shape.Width, shape.ValueWidth), Block);
            scratch = new((Block * ((2L * Width) + layout.PaddedWidth + layout.PaddedValueWidth)) + steps + (3 * Width) + 256);
            Weights = scratch.Take(Width * Block);
            Slopes = scratch.Take(Width * Block);
            Keys = scratch.Take((long)Block * layout.PaddedWidth);
            Values = scratch.Take((long)Block * layout.PaddedValueWidth);
            Unread = scratch.Take(Width);
            new Span<T>(Unread, Width).Clear();
            Columns = (int*)scratch.Take(steps);
            QueryRows = (int*)scratch.Take(Width);
            CotangentRows = (int*)scratch.Take(Width);
            AttentionPanel<T, TVector, TLanes>.Offsets(Columns, steps, Width);
            AttentionPanel<T, TVector, TLanes>.Offsets(QueryRows, Width, layout.ReadsQueries ? (int)shape.QueryRow : layout.PaddedWidth);
            AttentionPanel<T, TVector, TLanes>.Offsets(CotangentRows, Width, layout.ReadsCotangents ? (int)shape.OutputRow : layout.PaddedValueWidth);
        }

        public void Dispose() => scratch.Dispose();
    }
}
