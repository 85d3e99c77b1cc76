using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>
/// The inner product of all matrix products and convolutions: up to 8 rows by 2 vectors of C in registers, one fused
/// multiply-add an element and step of k, in ascending k.
/// </summary>
/// <remarks>
/// Row i of A at step p is <c>a[i·Row + p·Step]</c>. The two vectors of B at step p begin at <c>b + offsets[p]</c> and
/// <see cref="Second"/> elements on; they are loaded whole. They are stored at <c>c[i·Row]</c> and
/// <see cref="SecondTarget"/> elements on; of each vector only the first <see cref="Valid"/> (<see cref="SecondValid"/>)
/// lanes are stored. With <see cref="Accumulate"/> the product is added to C after it is complete.
/// </remarks>
internal struct MicroTile
{
    public nint LeftRow;
    public nint LeftStep;
    public nint Second;
    public nint TargetRow;
    public nint SecondTarget;
    public int Valid;
    public int SecondValid;
    public bool Accumulate;
}

/// <summary>A count known to the JIT.</summary>
internal interface ICount
{
    static abstract int Value { get; }
}

internal readonly struct Count1 : ICount
{
    public static int Value => 1;
}

internal readonly struct Count2 : ICount
{
    public static int Value => 2;
}

internal readonly struct Count3 : ICount
{
    public static int Value => 3;
}

internal readonly struct Count4 : ICount
{
    public static int Value => 4;
}

internal readonly struct Count5 : ICount
{
    public static int Value => 5;
}

internal readonly struct Count6 : ICount
{
    public static int Value => 6;
}

internal readonly struct Count7 : ICount
{
    public static int Value => 7;
}

internal readonly struct Count8 : ICount
{
    public static int Value => 8;
}

/// <summary>See <see cref="MicroTile"/>.</summary>
internal static unsafe class MicroKernel<T, TVector, TLanes>
    where T : unmanaged, System.Numerics.INumberBase<T>
    where TVector : unmanaged
    where TLanes : struct, ILanes<T, TVector>
{
    /// <summary>Computes <paramref name="rows"/> (1 to 8) rows of one or two vectors.</summary>
    [SkipLocalsInit]
    public static void Run(int rows, bool two, int k, T* a, T* b, int* offsets, T* c, in MicroTile tile)
    {
        int lanes = TLanes.Count;
        if (tile.Valid == lanes && (!two || tile.SecondValid == lanes))
        {
            Whole(rows, two, k, a, b, offsets, c, in tile);
            return;
        }

        T* buffer = stackalloc T[GemmTiling.Rows * 2 * lanes];
        MicroTile whole = tile with { TargetRow = 2 * lanes, SecondTarget = lanes, Accumulate = false };
        Whole(rows, two, k, a, b, offsets, buffer, in whole);
        PutAll(rows, two, buffer, c, in tile);
    }

    /// <summary>The valid lanes of a buffer of <paramref name="rows"/> rows of two vectors, to C.</summary>
    public static void PutAll(int rows, bool two, T* buffer, T* c, in MicroTile tile)
    {
        int lanes = TLanes.Count;
        for (int i = 0; i < rows; i++)
        {
            T* from = buffer + (i * 2 * lanes);
            T* to = c + (i * tile.TargetRow);
            Put(from, to, tile.Valid, tile.Accumulate);
            if (two)
            {
                Put(from + lanes, to + tile.SecondTarget, tile.SecondValid, tile.Accumulate);
            }
        }
    }

    /// <summary>Copies or adds less than a vector; a copy is two pieces that may overlap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T* from, T* to, int count, bool accumulate)
    {
        int bytes = count * sizeof(T);
        if (accumulate || bytes < 16 || bytes > 64)
        {
            for (int i = 0; i < count; i++)
            {
                to[i] = accumulate ? to[i] + from[i] : from[i];
            }
        }
        else if (bytes >= 32)
        {
            Vector256.Load((byte*)from).Store((byte*)to);
            Vector256.Load((byte*)from + bytes - 32).Store((byte*)to + bytes - 32);
        }
        else
        {
            Vector128.Load((byte*)from).Store((byte*)to);
            Vector128.Load((byte*)from + bytes - 16).Store((byte*)to + bytes - 16);
        }
    }

    /// <summary>The same, storing all lanes of both vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Whole(int rows, bool two, int k, T* a, T* b, int* offsets, T* c, in MicroTile tile)
    {
        if (two)
        {
            Dispatch<Count2>(rows, k, a, b, offsets, c, in tile);
        }
        else
        {
            Dispatch<Count1>(rows, k, a, b, offsets, c, in tile);
        }
    }

    private static void Dispatch<TColumns>(int rows, int k, T* a, T* b, int* offsets, T* c, in MicroTile tile)
        where TColumns : struct, ICount
    {
        switch (rows)
        {
            case 1:
                Product<Count1, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 2:
                Product<Count2, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 3:
                Product<Count3, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 4:
                Product<Count4, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 5:
                Product<Count5, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 6:
                Product<Count6, TColumns>(k, a, b, offsets, c, in tile);
                break;
            case 7:
                Product<Count7, TColumns>(k, a, b, offsets, c, in tile);
                break;
            default:
                Product<Count8, TColumns>(k, a, b, offsets, c, in tile);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Product<TRows, TColumns>(int k, T* a, T* b, int* offsets, T* c, in MicroTile tile)
        where TRows : struct, ICount
        where TColumns : struct, ICount
    {
        TVector c00 = default, c10 = default, c20 = default, c30 = default;
        TVector c40 = default, c50 = default, c60 = default, c70 = default;
        TVector c01 = default, c11 = default, c21 = default, c31 = default;
        TVector c41 = default, c51 = default, c61 = default, c71 = default;
        nint one = tile.LeftRow, two = 2 * one, three = 3 * one, step = tile.LeftStep, second = tile.Second;
        T* low = a;
        T* high = a + (4 * one);
        for (nint p = 0; p < k; p++)
        {
            T* row = b + offsets[p];
            TVector b0 = TLanes.Load(row);
            TVector b1 = TColumns.Value > 1 ? TLanes.Load(row + second) : default;
            Step<TColumns>(low, b0, b1, ref c00, ref c01);
            if (TRows.Value > 1)
            {
                Step<TColumns>(low + one, b0, b1, ref c10, ref c11);
            }

            if (TRows.Value > 2)
            {
                Step<TColumns>(low + two, b0, b1, ref c20, ref c21);
            }

            if (TRows.Value > 3)
            {
                Step<TColumns>(low + three, b0, b1, ref c30, ref c31);
            }

            if (TRows.Value > 4)
            {
                Step<TColumns>(high, b0, b1, ref c40, ref c41);
            }

            if (TRows.Value > 5)
            {
                Step<TColumns>(high + one, b0, b1, ref c50, ref c51);
            }

            if (TRows.Value > 6)
            {
                Step<TColumns>(high + two, b0, b1, ref c60, ref c61);
            }

            if (TRows.Value > 7)
            {
                Step<TColumns>(high + three, b0, b1, ref c70, ref c71);
            }

            low += step;
            high += step;
        }

        Finish<TRows, TColumns>(0, c00, c01, c, in tile);
        Finish<TRows, TColumns>(1, c10, c11, c, in tile);
        Finish<TRows, TColumns>(2, c20, c21, c, in tile);
        Finish<TRows, TColumns>(3, c30, c31, c, in tile);
        Finish<TRows, TColumns>(4, c40, c41, c, in tile);
        Finish<TRows, TColumns>(5, c50, c51, c, in tile);
        Finish<TRows, TColumns>(6, c60, c61, c, in tile);
        Finish<TRows, TColumns>(7, c70, c71, c, in tile);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TColumns>(T* a, TVector b0, TVector b1, ref TVector c0, ref TVector c1)
        where TColumns : struct, ICount
    {
        TVector left = TLanes.Broadcast(a);
        c0 = TLanes.MultiplyAdd(left, b0, c0);
        if (TColumns.Value > 1)
        {
            c1 = TLanes.MultiplyAdd(left, b1, c1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish<TRows, TColumns>(int row, TVector c0, TVector c1, T* c, in MicroTile tile)
        where TRows : struct, ICount
        where TColumns : struct, ICount
    {
        if (TRows.Value <= row)
        {
            return;
        }

        T* target = c + (row * tile.TargetRow);
        Store(c0, target, tile.Accumulate);
        if (TColumns.Value > 1)
        {
            Store(c1, target + tile.SecondTarget, tile.Accumulate);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector value, T* target, bool accumulate) =>
        TLanes.Store(accumulate ? TLanes.Add(TLanes.Load(target), value) : value, target);
}
