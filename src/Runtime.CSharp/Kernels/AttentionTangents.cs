using System.Numerics;

namespace Adjoint.Kernels;

/// <summary>The tangent of attention, from its results: scores and their tangents again, a block of keys at a time.</summary>
internal sealed unsafe class AttentionTangents<T, TVector, TLanes>(AttentionShape shape, AttentionSight sight)
    where T : unmanaged, IFloatingPointIeee754<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    private const int Block = 128;

    private static int Width => AttentionPanel<T, TVector, TLanes>.Width;

    /// <summary>Computes the tangents of outputs and logarithms. Operands and results are in the order of attention_tangent.</summary>
    internal void Run(Memory<T>[] operands, Memory<T>[] results, IParallel parallel)
    {
        int panels = GemmTiling.Ceiling(shape.Queries, Width);
        int all = shape.Batch * shape.Heads * panels;
        int group = AttentionTasks.Group(all, (long)Width * shape.Keys * ((3 * shape.Width) + (2 * shape.ValueWidth)));
        parallel.For(GemmTiling.Ceiling(all, group), task =>
        {
            using var memory = new Panel(shape);
            fixed (T* q = operands[0].Span, k = operands[1].Span, v = operands[2].Span, y = operands[3].Span, l = operands[4].Span)
            {
                fixed (T* dq = operands[5].Span, dk = operands[6].Span, dv = operands[7].Span, dy = results[0].Span, dl = results[1].Span)
                {
                    var at = new Pointers { Q = q, K = k, V = v, Y = y, L = l, Dq = dq, Dk = dk, Dv = dv, Dy = dy, Dl = dl };
                    for (int i = task * group; i < Math.Min(all, (task + 1) * group); i++)
                    {
                        One(i / panels / shape.Heads, i / panels % shape.Heads, i % panels * Width, in at, memory);
                    }
                }
            }
        });
    }

    private void One(int batch, int head, int query, in Pointers all, in Panel memory)
    {
        int queries = Math.Min(Width, shape.Queries - query), keyHead = head / shape.Group;
        T scale = T.CreateChecked(shape.Scale);
        nint row = shape.QueryAt(batch, head, query);
        AttentionPanel<T, TVector, TLanes>.Turn(all.Q + row, shape.QueryRow, queries, shape.Width, scale, memory.Query);
        AttentionPanel<T, TVector, TLanes>.Turn(all.Dq + row, shape.QueryRow, queries, shape.Width, scale, memory.QueryTangent);
        new Span<T>(memory.Slope, Width).Clear();
        new Span<T>(memory.Output, shape.ValueWidth * Width).Clear();
        AttentionPanel<T, TVector, TLanes>.Shifts(all.L + shape.SumAt(batch, head, query), queries, memory.Shift);
        int reach = sight.Reach(query + queries - 1);
        for (int at = 0; at < reach; at += Block)
        {
            int keys = Math.Min(Block, reach - at);
            if (!sight.LeavesOut(batch, head, query, queries, at, keys))
            {
                Weigh(batch, head, query, queries, at, keys, in all, memory);
                nint value = shape.ValueAt(batch, keyHead, at);
                AttentionPanel<T, TVector, TLanes>.Multiply(
                    shape.ValueWidth, Width, keys, all.V + value, 1, shape.ValueRow, memory.Slopes, memory.Offsets, memory.Output, Width, true);
                AttentionPanel<T, TVector, TLanes>.Multiply(
                    shape.ValueWidth, Width, keys, all.Dv + value, 1, shape.ValueRow, memory.Scores, memory.Offsets, memory.Output, Width, true);
            }
        }

        Finish(queries, shape.OutputAt(batch, head, query), shape.SumAt(batch, head, query), in all, memory);
    }

    /// <summary>The weights of a block, and the weights times the tangents of the scores.</summary>
    private void Weigh(int batch, int head, int query, int queries, int at, int keys, in Pointers all, in Panel memory)
    {
        nint key = shape.KeyAt(batch, head / shape.Group, at);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, Width, shape.Width, all.K + key, shape.KeyRow, 1, memory.Query, memory.Offsets, memory.Scores, Width, false);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, Width, shape.Width, all.K + key, shape.KeyRow, 1, memory.QueryTangent, memory.Offsets, memory.Slopes, Width, false);
        AttentionPanel<T, TVector, TLanes>.Multiply(
            keys, Width, shape.Width, all.Dk + key, shape.KeyRow, 1, memory.Query, memory.Offsets, memory.Slopes, Width, true);
        sight.Show(batch, head, query, queries, at, keys, memory.Scores, Width);
        sight.Hide(batch, head, query, queries, at, keys, memory.Slopes, Width, T.Zero);
        AttentionPanel<T, TVector, TLanes>.Exponentials(memory.Scores, keys, memory.Shift, memory.Unread);
        AttentionPanel<T, TVector, TLanes>.MultiplyAndSum(memory.Slopes, memory.Scores, keys, memory.Slope);
    }

    private void Finish(int queries, nint output, nint sum, in Pointers all, in Panel memory)
    {
        T* to = all.Dy + output, from = all.Y + output;
        Transposition.Run(memory.Output, to, shape.ValueWidth, Width, queries, shape.OutputRow);
        for (int i = 0; i < queries; i++)
        {
            T slope = memory.Slope[i];
            all.Dl[sum + i] = slope;
            for (int j = 0; j < shape.ValueWidth; j++)
            {
                to[(i * shape.OutputRow) + j] -= from[(i * shape.OutputRow) + j] * slope;
            }
        }
    }

    private struct Pointers
    {
        internal T* Q, K, V, Y, L, Dq, Dk, Dv, Dy, Dl;
    }

    /// <summary>Memory for one panel of queries.</summary>
    private readonly ref struct Panel : IDisposable
    {
        private readonly AttentionScratch<T> scratch;
        internal readonly T* Query, QueryTangent, Scores, Slopes, Output, Shift, Slope, Unread;
        internal readonly int* Offsets;

        internal Panel(AttentionShape shape)
        {
            int steps = Math.Max(shape.Width, Block);
            scratch = new((Width * (2L * (shape.Width + Block) + shape.ValueWidth + 3)) + steps + 256);
            Query = scratch.Take(Width * (long)shape.Width);
            QueryTangent = scratch.Take(Width * (long)shape.Width);
            Scores = scratch.Take(Width * Block);
            Slopes = scratch.Take(Width * Block);
            Output = scratch.Take(Width * (long)shape.ValueWidth);
            Shift = scratch.Take(Width);
            Slope = scratch.Take(Width);
            Unread = scratch.Take(Width);
            new Span<T>(Unread, Width).Clear();
            Offsets = (int*)scratch.Take(steps);
            AttentionPanel<T, TVector, TLanes>.Offsets(Offsets, steps, Width);
        }

        public void Dispose() => scratch.Dispose();
    }
}
