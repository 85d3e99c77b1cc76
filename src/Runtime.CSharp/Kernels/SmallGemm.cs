using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>Products of small matrices, one or many: operands are read where they lie, and results are formed in registers.</summary>
/// <remarks>
/// <para>
/// Where rows of B are contiguous, <see cref="SmallRows"/> forms rows of C; where its columns are, they are turned into rows on the stack first.
/// A matrix times a vector whose rows are contiguous is a batch of inner products, <see cref="SmallDots"/>, or <see cref="SmallSums"/> of few terms.
/// </para>
/// <para>
/// Summation order: ascending k with fused multiply-adds, as <see cref="Gemm"/> sums; inner products by lanes and pairs. The order depends on the
/// extents, the strides and the processor's vector width, never on the runner, nor on how many products there are.
/// </para>
/// </remarks>
internal static unsafe class SmallGemm
{
    /// <summary>The largest extent of a matrix.</summary>
    internal const int Most = 64;

    /// <summary>Terms up to which a product of any extents is formed here, since packing its factors would take longer than forming it.</summary>
    private const int Shallow = 32;

    /// <summary>The same where rows of B have to be turned, once a task.</summary>
    private const int ShallowTurned = 8;

    /// <summary>Multiply-adds and elements of a task: about two microseconds.</summary>
    private const long TaskWork = 1 << 16;

    /// <summary>Forms the products, if they are small and the processor has vectors.</summary>
    public static bool TryMultiply<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (products.K > Most || products.K == 0 || !Vector128.IsHardwareAccelerated)
        {
            return false;
        }

        if (products.M > Most || products.N > Most)
        {
            return IsShallow(products) && Cut(products, parallel);
        }

        if (products.N > 1 || products.M == 1)
        {
            return Run(products, parallel);
        }

        return products.C.RowStride == 1 && Run(products.Transposed with { C = products.C with { RowStride = products.M } }, parallel);
    }

    /// <summary>Whether products of few terms are formed here whatever their extents.</summary>
    internal static bool IsShallow<T>(in ProductBatch<T> products)
        where T : unmanaged =>
        products is { K: > 0, M: > 1, N: > 1 }
        && products.K <= (products.B.ColumnStride == 1 ? Shallow : ShallowTurned)
        && Vector128.IsHardwareAccelerated;

    /// <summary>The products of a task.</summary>
    internal static int InTask<T>(in ProductBatch<T> products)
        where T : unmanaged
    {
        long size = products.Work + ((products.M + products.N) * (long)products.K) + 16;
        return (int)Math.Clamp(TaskWork / size, 1, products.Count);
    }

    /// <summary>Forms large products of few terms: columns of C side by side, and each as a batch of tiles below each other.</summary>
    private static bool Cut<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int whole = products.M / GemmTiling.Rows, rest = products.M % GemmTiling.Rows;
        int width = products.B.ColumnStride == 1 ? products.N : Most;
        for (int i = 0; i < products.Count; i++)
        {
            for (int j = 0; j < products.N; j += width)
            {
                ProductBatch<T> tiles = Tiles(products, i, j, Math.Min(width, products.N - j));
                Run(tiles with { Count = whole, M = GemmTiling.Rows }, parallel);
                Run(tiles with { Count = 1, M = rest, A = tiles.AAt(whole), C = tiles.CAt(whole) }, parallel);
            }
        }

        return true;
    }

    /// <summary>Tiles below each other of some columns of a product.</summary>
    private static ProductBatch<T> Tiles<T>(in ProductBatch<T> products, int product, int column, int width)
        where T : unmanaged
    {
        Matrix<T> a = products.AAt(product), b = products.BAt(product), c = products.CAt(product);
        return new(
            products.M,
            products.M,
            width,
            products.K,
            a,
            GemmTiling.Rows * a.RowStride,
            b with { Offset = b.Offset + (column * b.ColumnStride) },
            0,
            c with { Offset = c.Offset + column },
            GemmTiling.Rows * c.RowStride);
    }

    private static bool Run<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (products.Count == 0 || products.M == 0)
        {
            return true;
        }

        int group = InTask(products);
        if (group >= products.Count)
        {
            Part(products, 0, products.Count);
        }
        else
        {
            new SmallGroups<T>(products, group).RunAll(parallel);
        }

        return true;
    }

    /// <summary>Some of the products.</summary>
    internal static void Part<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool isRows = products.B.ColumnStride == 1 || products.N == 1;
        bool isDots = products.M == 1 && products.B.RowStride == 1 && products.A.ColumnStride == 1;
        if (isDots && SmallSums.Fits<T>(products.K, products.N))
        {
            SmallSums.Run(products, first, end);
        }
        else if (isDots && (products.N == 1 || !isRows) && Avx512F.IsSupported)
        {
            Dots(products, first, end);
        }
        else if (isRows)
        {
            Rows(products, first, end);
        }
        else
        {
            TurnedRows(products, first, end);
        }
    }

    private static void Dots<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (FewDots.Pays<T>(end - first, products.N))
        {
            FewDots.Run(products, first, end);
        }
        else
        {
            SmallDots.Run(products, first, end);
        }
    }

    /// <summary>Copies the rows of B of each product to the stack.</summary>
    [SkipLocalsInit]
    private static void TurnedRows<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* rows = stackalloc T[products.K * products.N];
        fixed (T* a = products.A.Data, b = products.B.Data, c = products.C.Data)
        {
            var one = SmallBatch<T>.Of(products, a, rows, c) with { B = rows, BRow = products.N, BBatch = 0, BLeft = 0 };
            int step = products.BStride == 0 ? end - first : 1;
            for (int i = first; i < end; i += step)
            {
                Turn(products, b + products.B.Offset + ((nint)i * products.BStride), rows);
                SmallRows.Run(one, i, i + step);
            }
        }
    }

    private static void Turn<T>(in ProductBatch<T> products, T* b, T* rows)
        where T : unmanaged
    {
        if (products.B.RowStride == 1)
        {
            Transposition.Run(b, rows, products.N, products.B.ColumnStride, products.K, products.N);
            return;
        }

        for (int p = 0; p < products.K; p++)
        {
            for (int j = 0; j < products.N; j++)
            {
                rows[(p * products.N) + j] = b[((nint)p * products.B.RowStride) + ((nint)j * products.B.ColumnStride)];
            }
        }
    }

    private static void Rows<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        fixed (T* a = products.A.Data, b = products.B.Data, c = products.C.Data)
        {
            SmallRows.Run(SmallBatch<T>.Of(products, a, b, c), first, end);
        }
    }
}
