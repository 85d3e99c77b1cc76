using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Figures.Measure;
using Adjoint.Kernels;

namespace Figures.Native;

/// <summary>
/// A counterpart: void f(const void* const* x, void* const* y, const int64_t* n, int64_t begin, int64_t end, int64_t part),
/// which reads arrays x of sizes n and writes arrays y for the part of its work from begin to end. After y's arrays there is
/// one of scratch, where parts leave what NAME_finish(x, y, n, parts), if there is one, puts together.
/// </summary>
internal static unsafe class Entry
{
    private const int ScratchBytes = 1 << 22;
    private const int FewElements = 1 << 17;
    private const int MostTries = 64;
    private const int Line = 64;

    /// <summary>An array that stays where it is, so that C++ can hold its address.</summary>
    public static NDArray Pinned(DType type, Shape shape) => type switch
    {
        DType.F32 => new(type, shape, Aligned<float>(shape.Size)),
        DType.F64 => new(type, shape, Aligned<double>(shape.Size)),
        DType.I64 => new(type, shape, Aligned<long>(shape.Size)),
        _ => throw new ArgumentException($"Counterparts know no {type}.", nameof(type)),
    };

    /// <summary>A call of the counterpart on pinned arrays, cut into a part for each thread.</summary>
    public static Action Bind(nint entry, nint finish, NDArray[] inputs, NDArray[] outputs, long[] sizes, long work, int threads)
    {
        NDArray scratch = Pinned(DType.F64, Shape.Of(ScratchBytes / sizeof(double)));
        long[] x = Addresses(inputs);
        long[] y = Addresses([.. outputs, scratch]);
        long[] n = Copy(sizes);
        var f = (delegate* unmanaged<void*, void*, void*, long, long, long, void>)entry;
        var end = (delegate* unmanaged<void*, void*, void*, long, void>)finish;
        NDArray[] kept = [.. inputs, .. outputs, scratch];
        IParallel pool = Threads.Of(threads);
        Action<int> part = i => f(Start(x), Start(y), Start(n), work * i / threads, work * (i + 1) / threads, i);
        return () =>
        {
            if (threads == 1)
            {
                part(0);
            }
            else
            {
                pool.For(threads, part);
            }

            if (finish != 0)
            {
                end(Start(x), Start(y), Start(n), threads);
            }

            GC.KeepAlive(kept);
        };
    }

    /// <summary>
    /// An array of few pages begins with a line of the cache: where one contender's vectors lie across two lines and another's do not, the same code takes
    /// up to 1.8 times as long.
    /// </summary>
    private static T[] Aligned<T>(int size)
    {
        T[] array = GC.AllocateArray<T>(size, pinned: true);
        for (int tries = 0; size is > 0 and <= FewElements && tries < MostTries && (nint)Unsafe.AsPointer(ref array[0]) % Line != 0; tries++)
        {
            GC.AllocateArray<long>(tries % (Line / sizeof(long)), pinned: true);
            array = GC.AllocateArray<T>(size, pinned: true);
        }

        return array;
    }

    private static void* Start(long[] pinned) => Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));

    private static long[] Addresses(NDArray[] arrays) =>
        Copy([.. arrays.Select(array => (long)(nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array.Storage)))]);

    private static long[] Copy(long[] numbers)
    {
        long[] copy = GC.AllocateArray<long>(numbers.Length, pinned: true);
        numbers.CopyTo(copy, 0);
        return copy;
    }
}
