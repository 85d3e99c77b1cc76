using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Adjoint.Kernels;

/// <summary>Products of small matrices, one or many: operands are read where they lie, and results are formed in registers.</summary>
/// <remarks>
/// <para>
/// Where rows of B are contiguous, <see cref="SmallRows"/> forms rows of C; where its columns are, they are turned into rows on the stack first.
/// A matrix times a vector whose rows are contiguous is a batch of inner products, <see cref="SmallDots"/>.
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

    /// <summary>Multiply-adds and elements of a task: about two microseconds.</summary>
    private const long TaskWork = 1 << 16;

    /// <summary>Forms the products, if they are small and the processor has vectors.</summary>
    public static bool TryMultiply<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (products.M > Most || products.N > Most || products.K > Most || products.K == 0 || !Vector128.IsHardwareAccelerated)
        {
            return false;
        }

        if (products.N > 1 || products.M == 1)
        {
            return Run(products, parallel);
        }

        return products.C.RowStride == 1 && Run(products.Transposed with { C = products.C with { RowStride = products.M } }, parallel);
    }

    /// <summary>The products of a task.</summary>
    internal static int InTask<T>(in ProductBatch<T> products)
        where T : unmanaged
    {
        long size = products.Work + ((products.M + products.N) * (long)products.K) + 16;
        return (int)Math.Clamp(TaskWork / size, 1, products.Count);
    }

    private static bool Run<T>(in ProductBatch<T> products, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int group = InTask(products);
        if (group >= products.Count)
        {
            Part(products, 0, products.Count);
        }
        else
        {
            InGroups(products, group, parallel);
        }

        return true;
    }

    private static void InGroups<T>(ProductBatch<T> products, int group, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        parallel.For(
            GemmTiling.Ceiling(products.Count, group),
            tile => Part(products, tile * group, Math.Min(products.Count, (tile + 1) * group)));

    private static void Part<T>(in ProductBatch<T> products, int first, int end)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool isRows = products.B.ColumnStride == 1 || products.N == 1;
        bool isDots = products.M == 1 && products.B.RowStride == 1 && products.A.ColumnStride == 1;
        if (isDots && (products.N == 1 || !isRows) && Avx512F.IsSupported)
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
            var one = SmallBatch<T>.Of(products, a, rows, c) with { BRow = products.N, BBatch = 0, BLeft = 0 };
            for (int i = first; i < end; i++)
            {
                Turn(products, b + products.B.Offset + ((nint)i * products.BStride), rows);
                SmallRows.Run(one with { B = rows }, i, i + 1);
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
