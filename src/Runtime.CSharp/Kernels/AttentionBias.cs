using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Adjoint.Kernels;

/// <summary>What is added to the scores of attention, an array of the scores' axes, some of which may be one long.</summary>
/// <param name="numbers">The elements.</param>
/// <param name="start">Where they begin.</param>
/// <param name="batches">For each batch, its distance from there.</param>
/// <param name="headStride">From head to head, 0 where it is the same for all.</param>
/// <param name="queryStride">From query to query.</param>
/// <param name="keyStride">From key to key: 1 or 0.</param>
internal sealed unsafe class AttentionBias(Array numbers, int start, int[] batches, int headStride, int queryStride, int keyStride)
{
    /// <summary>Most queries of a panel, and most keys of a block.</summary>
    private const int MostQueries = 32, MostKeys = 128;

    /// <summary>Adds its part to a panel of scores: a row for each key, a column for each query.</summary>
    [SkipLocalsInit]
    internal void Add<T>(int batch, int head, int query, int queries, int key, int keys, T* panel, int pitch)
        where T : unmanaged, INumberBase<T>
    {
        fixed (T* all = (T[])numbers)
        {
            T* part = all + start + batches[batch] + (head * headStride) + (query * queryStride) + (key * keyStride);
            T* turned = stackalloc T[keyStride == 0 ? MostQueries : queryStride == 0 ? 1 : MostQueries * MostKeys];
            if (queryStride != 0)
            {
                Transposition.Run(part, turned, queries, queryStride, keyStride == 0 ? 1 : keys, queries);
            }

            for (int i = 0; i < keys; i++)
            {
                Span<T> scores = new(panel + (i * pitch), queries);
                if (queryStride == 0)
                {
                    TensorPrimitives.Add(scores, part[i * keyStride], scores);
                }
                else
                {
                    TensorPrimitives.Add(scores, new ReadOnlySpan<T>(turned + (keyStride == 0 ? 0 : i * queries), queries), scores);
                }
            }
        }
    }
}
