using System.Buffers;
using System.Numerics.Tensors;

namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution of f32, or a gradient of one, by native kernels: made ready once, cut into parts by its shape alone.</summary>
/// <remarks>Error: |y − exact| ≤ eps · K · Σ |x|·|f| over the K products of an element.</remarks>
internal abstract unsafe class Convolver
{
    private const int Alignment = 64;
    private const int SumTile = 1 << 14;

    /// <summary>y from x and f, which lie as the shape says; y must not overlap them.</summary>
    internal abstract void Run(float[] x, int xOffset, float[] f, int fOffset, float[] y, int yOffset, IParallel parallel);

    /// <summary>A filter in the layout that the kernels want; empty where they take it as it lies.</summary>
    internal virtual KeptFilter Keep(float[] f, int fOffset) => KeptFilter.None;

    /// <summary>y from x and a filter that was kept.</summary>
    internal virtual void Run(float[] x, int xOffset, KeptFilter f, float[] y, int yOffset, IParallel parallel) =>
        throw new InvalidOperationException("convolution: these kernels keep no filter.");

    /// <summary>target[i] = the sum of a gradient's parts in their order, which lie at that distance.</summary>
    private protected static void AddUp(float* sums, int distance, int count, int size, float* target, IParallel parallel)
    {
        (nint from, nint to) = ((nint)sums, (nint)target);
        parallel.For(
            (size + SumTile - 1) / SumTile, tile => AddUp((float*)from, distance, count, tile * SumTile, Math.Min(size, (tile + 1) * SumTile), (float*)to));
    }

    private protected static byte[] Rent(int bytes) => ArrayPool<byte>.Shared.Rent(bytes + Alignment);

    private protected static void Return(byte[] space) => ArrayPool<byte>.Shared.Return(space);

    private protected static float* Aligned(byte* place) => (float*)((nint)(place + Alignment - 1) & -(nint)Alignment);

    private static void AddUp(float* sums, int distance, int count, int first, int end, float* target)
    {
        var into = new Span<float>(target + first, end - first);
        new ReadOnlySpan<float>(sums + first, end - first).CopyTo(into);
        for (int part = 1; part < count; part++)
        {
            TensorPrimitives.Add(into, new ReadOnlySpan<float>(sums + ((long)part * distance) + first, end - first), into);
        }
    }
}
