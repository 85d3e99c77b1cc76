namespace Adjoint.Kernels;

/// <summary>Copies between strided views: permute, broadcast, slice, reverse, the inside of a pad, fill.</summary>
/// <remarks>
/// A source stride may be zero (broadcast; all zero fills with one value) or negative (reverse); offsets name the
/// element with index zero. Source and target must not overlap.
/// </remarks>
internal static class StridedCopy
{
    private const int TileElements = 1 << 16;

    /// <summary>dst[dstOffset + Σ i·dstStride] = src[srcOffset + Σ i·srcStride] for all i within the extents.</summary>
    public static void Run<T>(
        T[] src,
        int srcOffset,
        ReadOnlySpan<int> srcStrides,
        T[] dst,
        int dstOffset,
        ReadOnlySpan<int> dstStrides,
        ReadOnlySpan<int> extents)
        where T : unmanaged =>
        Run(src, srcOffset, srcStrides, dst, dstOffset, dstStrides, extents, Serial.Instance);

    /// <summary>The same, in tiles along the outermost axis.</summary>
    public static void Run<T>(
        T[] src,
        int srcOffset,
        ReadOnlySpan<int> srcStrides,
        T[] dst,
        int dstOffset,
        ReadOnlySpan<int> dstStrides,
        ReadOnlySpan<int> extents,
        IParallel parallel)
        where T : unmanaged
    {
        Span<CopyAxis> axes = stackalloc CopyAxis[extents.Length];
        int rank = Merge(srcStrides, dstStrides, extents, axes);
        if (rank < 0)
        {
            return;
        }

        axes = axes[..rank];
        long total = 1;
        foreach (CopyAxis axis in axes)
        {
            total *= axis.Extent;
        }

        if (total <= TileElements || axes[0].Extent == 1 || ReferenceEquals(parallel, Serial.Instance))
        {
            CopyBlock.Run(src, srcOffset, dst, dstOffset, axes);
        }
        else
        {
            int length = (int)Math.Clamp(TileElements * (long)axes[0].Extent / total, 1, axes[0].Extent);
            InTiles(src, srcOffset, dst, dstOffset, axes.ToArray(), GemmTiling.RoundUp(length, length < 16 ? 1 : 16), parallel);
        }
    }

    private static void InTiles<T>(T[] src, int srcOffset, T[] dst, int dstOffset, CopyAxis[] axes, int length, IParallel parallel)
        where T : unmanaged =>
        parallel.For(
            GemmTiling.Ceiling(axes[0].Extent, length),
            tile =>
            {
                int start = tile * length;
                Span<CopyAxis> own = stackalloc CopyAxis[axes.Length];
                axes.CopyTo(own);
                own[0] = own[0] with { Extent = Math.Min(length, axes[0].Extent - start) };
                CopyBlock.Run(src, srcOffset + (start * axes[0].Source), dst, dstOffset + (start * axes[0].Target), own);
            });

    /// <summary>
    /// The axes without those of extent 1, outermost first by the target's strides, neighbours joined where both
    /// sides allow it; their number, or −1 where there is nothing to copy.
    /// </summary>
    private static int Merge(ReadOnlySpan<int> srcStrides, ReadOnlySpan<int> dstStrides, ReadOnlySpan<int> extents, Span<CopyAxis> axes)
    {
        int rank = 0;
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] <= 0)
            {
                return -1;
            }

            if (extents[i] > 1)
            {
                axes[rank++] = new CopyAxis(extents[i], srcStrides[i], dstStrides[i]);
            }
        }

        for (int i = 1; i < rank; i++)
        {
            for (int j = i; j > 0 && Math.Abs(axes[j - 1].Target) < Math.Abs(axes[j].Target); j--)
            {
                (axes[j - 1], axes[j]) = (axes[j], axes[j - 1]);
            }
        }

        int merged = Math.Min(rank, 1);
        for (int i = 1; i < rank; i++)
        {
            CopyAxis outer = axes[merged - 1], inner = axes[i];
            if (outer.Source == inner.Source * inner.Extent && outer.Target == inner.Target * inner.Extent)
            {
                axes[merged - 1] = inner with { Extent = outer.Extent * inner.Extent };
            }
            else
            {
                axes[merged++] = inner;
            }
        }

        return merged;
    }
}

/// <summary>One axis of a copy: its extent and the strides of both sides.</summary>
internal readonly record struct CopyAxis(int Extent, int Source, int Target);
