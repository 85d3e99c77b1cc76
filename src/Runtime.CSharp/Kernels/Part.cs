using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>Incomplete vectors at the end of a span.</summary>
internal static unsafe class Part
{
    /// <summary>The first elements of a vector from a shorter span; the others are zero.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> Load<T>(ReadOnlySpan<T> source)
        where T : unmanaged
    {
        if (Masked<T>())
        {
            fixed (T* from = source)
            {
                return sizeof(T) == 4
                    ? Avx2.MaskLoad((int*)from, Mask32(source.Length)).As<int, T>().AsVector()
                    : Avx2.MaskLoad((long*)from, Mask64(source.Length)).As<long, T>().AsVector();
            }
        }

        return Slow(source, default);
    }

    /// <summary>The first elements of a vector from a shorter span; the others are <paramref name="fill"/>.</summary>
    public static Vector<T> Load<T>(ReadOnlySpan<T> source, T fill)
        where T : unmanaged => Slow(source, fill);

    /// <summary>The first elements of a vector to a shorter span.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector<T> value, Span<T> target)
        where T : unmanaged
    {
        if (Masked<T>())
        {
            fixed (T* to = target)
            {
                if (sizeof(T) == 4)
                {
                    Avx2.MaskStore((int*)to, Mask32(target.Length), value.AsVector256().As<T, int>());
                }
                else
                {
                    Avx2.MaskStore((long*)to, Mask64(target.Length), value.AsVector256().As<T, long>());
                }
            }

            return;
        }

        Span<T> lanes = stackalloc T[Vector<T>.Count];
        value.CopyTo(lanes);
        lanes[..target.Length].CopyTo(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Masked<T>()
        where T : unmanaged => Avx2.IsSupported && Vector<byte>.Count == 32 && (sizeof(T) == 4 || sizeof(T) == 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Mask32(int count) => Vector256.GreaterThan(Vector256.Create(count), Vector256<int>.Indices);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Mask64(int count) => Vector256.GreaterThan(Vector256.Create((long)count), Vector256<long>.Indices);

    [SkipLocalsInit]
    private static Vector<T> Slow<T>(ReadOnlySpan<T> source, T fill)
        where T : unmanaged
    {
        Span<T> lanes = stackalloc T[Vector<T>.Count];
        lanes.Fill(fill);
        source.CopyTo(lanes);
        return new(lanes);
    }
}
