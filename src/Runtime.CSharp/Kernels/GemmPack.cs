using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Copies blocks of matrices into the order in which the micro-kernel reads them.</summary>
internal static class GemmPack
{
    /// <summary>Columns [0, width) of B as [width / panel][depth][panel], the last panel filled up with zeros.</summary>
    public static void Columns<T>(Matrix<T> b, int depth, int width, int panel, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        if (b.ColumnStride == 1)
        {
            for (int p = 0; p < depth; p++)
            {
                ReadOnlySpan<T> row = b.Data.AsSpan(b.Offset + (p * b.RowStride), width);
                for (int j = 0; j < width; j += panel)
                {
                    PutRow(row[j..], target.Slice((j * depth) + (p * panel), panel));
                }
            }

            return;
        }

        for (int j = 0; j < width; j += panel)
        {
            int count = Math.Min(panel, width - j);
            ReadOnlySpan<T> source = b.Data.AsSpan(b.Offset + (j * b.ColumnStride));
            Interleave(source, b.ColumnStride, b.RowStride, count, depth, panel, target.Slice(j * depth, depth * panel));
        }
    }

    private static void PutRow<T>(ReadOnlySpan<T> row, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        if (row.Length < target.Length || !Vector.IsHardwareAccelerated)
        {
            int count = Math.Min(row.Length, target.Length);
            row[..count].CopyTo(target);
            target[count..].Clear();
            return;
        }

        ref T from = ref MemoryMarshal.GetReference(row);
        ref T to = ref MemoryMarshal.GetReference(target);
        for (int i = 0; i < target.Length; i += Vector<T>.Count)
        {
            Vector.LoadUnsafe(ref from, (nuint)i).StoreUnsafe(ref to, (nuint)i);
        }
    }

    /// <summary>Rows of A as [group][depth][8], the missing rows of the last group as zeros.</summary>
    public static void Rows<T>(Matrix<T> a, int rows, int depth, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        for (int i = 0; i < rows; i += GemmTiling.Rows)
        {
            int count = Math.Min(GemmTiling.Rows, rows - i);
            Span<T> group = target.Slice(i * depth, GemmTiling.Rows * depth);
            ReadOnlySpan<T> source = a.Data.AsSpan(a.Offset + (i * a.RowStride));
            if (a.RowStride == 1 && count == GemmTiling.Rows)
            {
                for (int p = 0; p < depth; p++)
                {
                    source.Slice(p * a.ColumnStride, GemmTiling.Rows).CopyTo(group[(p * GemmTiling.Rows)..]);
                }
            }
            else
            {
                Interleave(source, a.RowStride, a.ColumnStride, count, depth, GemmTiling.Rows, group);
            }
        }
    }

    /// <summary>target[p·pitch + i] = source[i·stride + p·step] for i &lt; count, p &lt; depth; zeros for count ≤ i &lt; pitch.</summary>
    private static void Interleave<T>(ReadOnlySpan<T> source, int stride, int step, int count, int depth, int pitch, Span<T> target)
        where T : unmanaged, INumberBase<T>
    {
        ref T from = ref MemoryMarshal.GetReference(source);
        ref T to = ref MemoryMarshal.GetReference(target);
        for (int i = 0; i < count; i++)
        {
            ref T line = ref Unsafe.Add(ref from, (nint)i * stride);
            for (int p = 0; p < depth; p++)
            {
                Unsafe.Add(ref to, (nint)((p * pitch) + i)) = Unsafe.Add(ref line, (nint)p * step);
            }
        }

        if (count < pitch)
        {
            for (int p = 0; p < depth; p++)
            {
                target.Slice((p * pitch) + count, pitch - count).Clear();
            }
        }
    }
}
