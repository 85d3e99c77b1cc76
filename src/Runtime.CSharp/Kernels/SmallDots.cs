using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>A vector times the columns of small matrices, which are contiguous: inner products, as many at once as fill a vector of 512 bits.</summary>
/// <remarks>
/// <para>
/// A vector holds as many columns as fit, each in a segment of w, 2 w or 4 w lanes, where w fill 128 bits; a longer column is added up over several
/// vectors, lane by lane with fused multiply-adds. As many vectors as a segment has lanes are then added up together: each step adds pairs of
/// neighbours of two vectors and puts the sums into one, so that a last vector holds one sum a lane.
/// </para>
/// <para>
/// Summation order: element p goes to lane p mod L of a segment of L lanes, ascending; then lanes 0 and 2, 1 and 3 of four of f32, 0 and 1 of two of
/// f64; then quarters of a segment, neighbours first.
/// </para>
/// </remarks>
internal static unsafe class SmallDots
{
    /// <summary>Bytes of a vector, and of a line of the cache: what is written and read again right away must not lie in two.</summary>
    private const int Line = 64;

    /// <summary>Forms some of the products, of one row each, which is contiguous.</summary>
    [SkipLocalsInit]
    public static void Run<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint* offsets = stackalloc nint[2 * Vector512<T>.Count];
        byte* memory = stackalloc byte[5 * Line];
        T* quarters = (T*)(((nuint)memory + Line - 1) & ~(nuint)(Line - 1));
        fixed (T* a = products.A.Data, b = products.B.Data, c = products.C.Data)
        {
            SmallBatch<T> all = SmallBatch<T>.Of(products, a, b, c);
            var plan = new SmallDotPlan<T>(all, products.B.ColumnStride, end - first, offsets);
            switch (plan.Segment / Vector128<T>.Count, plan.IsPacked)
            {
                case (1, true):
                    Groups<T, QuarterPacked>(all, ref plan, first, end, quarters);
                    break;
                case (1, false):
                    Groups<T, QuarterWhole>(all, ref plan, first, end, quarters);
                    break;
                case (2, true):
                    Groups<T, HalfPacked>(all, ref plan, first, end, quarters);
                    break;
                case (2, false):
                    Groups<T, HalfWhole>(all, ref plan, first, end, quarters);
                    break;
                case (4, _) when products.K == Vector512<T>.Count:
                    Groups<T, Whole>(all, ref plan, first, end, quarters);
                    break;
                default:
                    Groups<T, Long>(all, ref plan, first, end, quarters);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Groups<T, TColumns>(in SmallBatch<T> all, ref SmallDotPlan<T> plan, int first, int end, T* quarters)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TColumns : struct, ISmallColumns
    {
        int lanes = Vector512<T>.Count;
        bool isDense = all.CBatch == all.N;
        T* stop = all.C + ((end - 1) * all.CBatch) + all.N;
        for (int product = first; product < end; product += plan.Group)
        {
            if (product > end - plan.Group)
            {
                plan.Alone(all);
            }

            T* a = all.A + (product * all.ABatch);
            T* b = all.B + (product * all.BBatch);
            T* c = all.C + (product * all.CBatch);
            for (int start = 0; start < all.N; start += lanes)
            {
                int from = Math.Min(start, all.N - plan.Columns);
                Vector512<T> sums = Sums<T, TColumns>(plan, b + (from * plan.Distance), a, quarters);
                plan.Store(sums, c + from, isDense && c + from + lanes <= stop);
            }
        }
    }

    /// <summary>As many vectors as a segment has lanes, added up to one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Sums<T, TColumns>(in SmallDotPlan<T> plan, T* b, T* x, T* quarters)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TColumns : struct, ISmallColumns
    {
        int w = Vector128<T>.Count, lanes = Vector512<T>.Count;
        if (TColumns.Quarters == 1)
        {
            return Quarters<T, TColumns>(plan, b, x, 0);
        }

        if (TColumns.IsShort)
        {
            Vector512<T> first = Halves(Quarters<T, TColumns>(plan, b, x, 0), Quarters<T, TColumns>(plan, b, x, w));
            return TColumns.Quarters == 2
                ? first
                : Halves(first, Halves(Quarters<T, TColumns>(plan, b, x, 2 * w), Quarters<T, TColumns>(plan, b, x, 3 * w)));
        }

        for (int i = 0; i < TColumns.Quarters; i++)
        {
            Quarters<T, TColumns>(plan, b, x, i * w).Store(quarters + (i * lanes));
        }

        return Halves(
            Halves(Vector512.Load(quarters), Vector512.Load(quarters + lanes)),
            Halves(Vector512.Load(quarters + (2 * lanes)), Vector512.Load(quarters + (3 * lanes))));
    }

    /// <summary>As many vectors as 128 bits have lanes, added up to one within each 128 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Quarters<T, TColumns>(in SmallDotPlan<T> plan, T* b, T* x, int i)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TColumns : struct, ISmallColumns
    {
        nint* columns = plan.Columnwise + i, vectors = plan.Vectorwise + i;
        Vector512<T> sums = Pairs(
            TColumns.Products(plan, b + columns[0], x + vectors[0]), TColumns.Products(plan, b + columns[1], x + vectors[1]));
        return sizeof(T) == sizeof(double)
            ? sums
            : Quads(
                sums,
                Pairs(TColumns.Products(plan, b + columns[2], x + vectors[2]), TColumns.Products(plan, b + columns[3], x + vectors[3])));
    }

    /// <summary>In each 128 bits: sums of neighbours of f64; of lanes two apart of f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Pairs<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged =>
        sizeof(T) == sizeof(float)
            ? (Avx512F.UnpackLow(x.AsSingle(), y.AsSingle()) + Avx512F.UnpackHigh(x.AsSingle(), y.AsSingle())).As<float, T>()
            : (Avx512F.UnpackLow(x.AsDouble(), y.AsDouble()) + Avx512F.UnpackHigh(x.AsDouble(), y.AsDouble())).As<double, T>();

    /// <summary>In each 128 bits: the sums of both pairs of f32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Quads<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged =>
        Avx512F.UnpackLow(x.AsDouble(), y.AsDouble()).As<double, T>() + Avx512F.UnpackHigh(x.AsDouble(), y.AsDouble()).As<double, T>();

    /// <summary>Neighbouring quarters added up: those of the first in the lower half, those of the second in the upper.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Halves<T>(Vector512<T> x, Vector512<T> y)
        where T : unmanaged =>
        Avx512F.Shuffle4x128(x.AsSingle(), y.AsSingle(), 0b10_00_10_00).As<float, T>()
        + Avx512F.Shuffle4x128(x.AsSingle(), y.AsSingle(), 0b11_01_11_01).As<float, T>();
}
