using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Primitives;

/// <summary>Where the elements of a box lie in an array.</summary>
/// <param name="Array">The array.</param>
/// <param name="Offset">The place of the box's first element.</param>
/// <param name="Strides">Elements between neighbours along each axis of the box; negative runs backwards, 0 repeats.</param>
internal readonly record struct Layout(NDArray Array, int Offset, int[] Strides)
{
    /// <summary>A whole array.</summary>
    internal static Layout Of(NDArray array) => new(array, 0, array.Shape.Strides());
}

/// <summary>Walks over boxes of elements that lie in arrays at strides.</summary>
internal static class Boxes
{
    /// <summary>The places of a box's elements, in row-major order of the box.</summary>
    internal static int[] Offsets(ReadOnlySpan<int> extents, ReadOnlySpan<int> strides)
    {
        int[] offsets = [0];
        for (int axis = 0; axis < extents.Length; axis++)
        {
            var longer = new int[offsets.Length * extents[axis]];
            for (int i = 0; i < longer.Length; i++)
            {
                longer[i] = offsets[i / extents[axis]] + (i % extents[axis] * strides[axis]);
            }

            offsets = longer;
        }

        return offsets;
    }

    /// <summary>The places of the elements along some axes of an array, in row-major order of those axes.</summary>
    internal static int[] Offsets(Shape shape, IEnumerable<int> axes)
    {
        int[] strides = shape.Strides();
        int[] chosen = [.. axes];
        return Offsets(Array.ConvertAll(chosen, axis => shape[axis].Value), Array.ConvertAll(chosen, axis => strides[axis]));
    }

    /// <summary>Copies a box of elements of any dtype from one array to another; in tiles where it is said where they run.</summary>
    internal static void Copy(Layout from, Layout to, ReadOnlySpan<int> extents, IParallel? parallel)
    {
        switch (parallel is null ? (DType?)null : from.Array.Type)
        {
            case DType.F32: Copy<float>(from, to, extents, parallel!); break;
            case DType.F64: Copy<double>(from, to, extents, parallel!); break;
            case DType.I32: Copy<int>(from, to, extents, parallel!); break;
            case DType.I64: Copy<long>(from, to, extents, parallel!); break;
            default: Copy(from, to, extents); break;
        }
    }

    /// <summary>Copies a box of elements of any dtype from one array to another.</summary>
    internal static void Copy(Layout from, Layout to, ReadOnlySpan<int> extents)
    {
        switch (from.Array.Type.Size())
        {
            case 1: Copy<byte>(from, to, extents); break;
            case 2: Copy<ushort>(from, to, extents); break;
            case 4: Copy<uint>(from, to, extents); break;
            case 8: Copy<ulong>(from, to, extents); break;
            default: Copy<UInt128>(from, to, extents); break;
        }
    }

    /// <summary>Copies single elements of any dtype from places in one array to places in another; a place below 0 is left out.</summary>
    internal static void CopyElements(NDArray from, ReadOnlySpan<int> read, NDArray to, ReadOnlySpan<int> write)
    {
        switch (from.Type.Size())
        {
            case 1: CopyElements<byte>(from, read, to, write); break;
            case 2: CopyElements<ushort>(from, read, to, write); break;
            case 4: CopyElements<uint>(from, read, to, write); break;
            case 8: CopyElements<ulong>(from, read, to, write); break;
            default: CopyElements<UInt128>(from, read, to, write); break;
        }
    }

    /// <summary>The index after this one in row-major order; false behind the last.</summary>
    internal static bool Next(Span<int> index, ReadOnlySpan<int> extents)
    {
        for (int axis = extents.Length - 1; axis >= 0; axis--)
        {
            if (++index[axis] < extents[axis])
            {
                return true;
            }

            index[axis] = 0;
        }

        return false;
    }

    private static void CopyElements<T>(NDArray from, ReadOnlySpan<int> read, NDArray to, ReadOnlySpan<int> write)
        where T : unmanaged
    {
        Span<T> source = Raw<T>(from);
        Span<T> target = Raw<T>(to);
        for (int i = 0; i < read.Length; i++)
        {
            if (read[i] >= 0 && write[i] >= 0)
            {
                target[write[i]] = source[read[i]];
            }
        }
    }

    private static void Copy<T>(Layout from, Layout to, ReadOnlySpan<int> extents, IParallel parallel)
        where T : unmanaged =>
        StridedCopy.Run(
            from.Array.Memory<T>(),
            from.Array.Start + from.Offset,
            from.Strides,
            to.Array.Memory<T>(),
            to.Array.Start + to.Offset,
            to.Strides,
            extents,
            parallel);

    private static void Copy<T>(Layout from, Layout to, ReadOnlySpan<int> extents)
        where T : unmanaged
    {
        if (extents.Contains(0))
        {
            return;
        }

        Span<T> source = Raw<T>(from.Array);
        Span<T> target = Raw<T>(to.Array);
        int inner = extents.Length - 1;
        if (inner < 0)
        {
            target[to.Offset] = source[from.Offset];
            return;
        }

        Span<int> index = stackalloc int[inner];
        index.Clear();
        do
        {
            int read = from.Offset;
            int write = to.Offset;
            for (int axis = 0; axis < inner; axis++)
            {
                read += index[axis] * from.Strides[axis];
                write += index[axis] * to.Strides[axis];
            }

            CopyLine(source, read, from.Strides[inner], target, write, to.Strides[inner], extents[inner]);
        }
        while (Next(index, extents[..inner]));
    }

    private static void CopyLine<T>(Span<T> source, int read, int readStride, Span<T> target, int write, int writeStride, int count)
    {
        if (readStride == 1 && writeStride == 1)
        {
            source.Slice(read, count).CopyTo(target.Slice(write, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            target[write + (i * writeStride)] = source[read + (i * readStride)];
        }
    }

    private static Span<T> Raw<T>(NDArray array)
        where T : unmanaged =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref array.FirstByte), array.Size);
}
