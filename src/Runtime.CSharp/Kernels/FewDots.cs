using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>A vector times the columns of one or of few small matrices: the inner products of <see cref="SmallDots"/>, bit for bit, without its plan.</summary>
/// <remarks>
/// As many columns at once as 128 bits have lanes, each in a vector of its own, however short it is. A plan that packs columns costs more than that until there are
/// some dozens of vectors.
/// </remarks>
internal static unsafe class FewDots
{
    /// <summary>Groups of columns up to which no plan pays.</summary>
    private const int Most = 24;

    /// <summary>Whether it is faster for so many products.</summary>
    public static bool Pays<T>(int count, int columns)
        where T : unmanaged =>
        count == 1 || count * (long)GemmTiling.Ceiling(columns, Vector128<T>.Count) <= Most;

    /// <summary>Forms some of the products, of one row each, which is contiguous.</summary>
    public static void Run<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        nint distance = products.B.ColumnStride;
        int segment = SmallDotPlan<T>.SegmentOf(products.K, Math.Min(products.N, Vector512<T>.Count), distance);
        fixed (T* a = products.A.Data, b = products.B.Data, c = products.C.Data)
        {
            for (int i = first; i < end; i++)
            {
                T* x = a + products.A.Offset + ((nint)i * products.AStride);
                T* columns = b + products.B.Offset + ((nint)i * products.BStride);
                T* sums = c + products.C.Offset + ((nint)i * products.CStride);
                One(x, columns, distance, sums, products.N, products.K, segment);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One<T>(T* x, T* b, nint distance, T* c, int n, int k, int segment)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int w = Vector128<T>.Count, lanes = Vector512<T>.Count;
        bool isLong = segment == lanes;
        int whole = isLong ? k / lanes * lanes : 0;
        Vector512<T> rest = Vector512.LessThan(Vector512<T>.Indices, Vector512.Create(T.CreateTruncating(k - whole)));
        for (int start = 0; start < n; start += w)
        {
            int from = Math.Max(0, Math.Min(start, n - w)), last = Math.Min(n - 1 - from, w - 1);
            T* column = b + (from * distance);
            Vector512<T> sums = SmallDots.Pairs(
                Products(column, x, k, whole, rest, isLong), Products(column + (Math.Min(1, last) * distance), x, k, whole, rest, isLong));
            if (sizeof(T) == sizeof(float))
            {
                sums = SmallDots.Quads(
                    sums,
                    SmallDots.Pairs(
                        Products(column + (Math.Min(2, last) * distance), x, k, whole, rest, isLong),
                        Products(column + (Math.Min(3, last) * distance), x, k, whole, rest, isLong)));
            }

            Put(Quarters(sums, segment / w), c + from, last + 1);
        }
    }

    /// <summary>The products of one column, those of a long one added up lane by lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Products<T>(T* column, T* x, int k, int whole, Vector512<T> rest, bool isLong)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (!isLong)
        {
            return Load(column, rest) * Load(x, rest);
        }

        Vector512<T> sum = default;
        for (int p = 0; p < whole; p += Vector512<T>.Count)
        {
            sum = Lanes512<T>.MultiplyAdd(Vector512.Load(column + p), Vector512.Load(x + p), sum);
        }

        return whole == k ? sum : Lanes512<T>.MultiplyAdd(Load(column + whole, rest), Load(x + whole, rest), sum);
    }

    /// <summary>The quarters that a segment has, neighbours first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Quarters<T>(Vector512<T> sums, int count)
    {
        Vector256<T> lower = sums.GetLower(), upper = sums.GetUpper();
        return count switch
        {
            1 => lower.GetLower(),
            2 => lower.GetLower() + lower.GetUpper(),
            _ => (lower.GetLower() + lower.GetUpper()) + (upper.GetLower() + upper.GetUpper()),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(Vector128<T> sums, T* target, int count)
        where T : unmanaged
    {
        if (count == Vector128<T>.Count)
        {
            sums.Store(target);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            target[i] = sums[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Load<T>(T* source, Vector512<T> lanes)
        where T : unmanaged => sizeof(T) == sizeof(float)
        ? Avx512F.MaskLoad((float*)source, lanes.AsSingle(), default).As<float, T>()
        : Avx512F.MaskLoad((double*)source, lanes.AsDouble(), default).As<double, T>();
}
