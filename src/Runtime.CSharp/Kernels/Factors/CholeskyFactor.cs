using System.Numerics;

namespace Adjoint.Kernels.Factors;

/// <summary>A = L Lᵀ in place, by halves: the first, what lies below it, and the second without what the first explains.</summary>
/// <remarks>Backward stable: |A − L Lᵀ| ≤ (n + 1) eps |L| |Lᵀ| (Higham 2002, theorem 10.3).</remarks>
internal static class CholeskyFactor
{
    /// <summary>The lower triangle of a becomes L; a minor that is not positive leaves NaN on the diagonal.</summary>
    internal static void Run<T>(int n, in Matrix<T> a, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (n <= Blocks.Smallest)
        {
            Plain(n, a);
            return;
        }

        int half = Blocks.Half(n);
        Run(half, a, parallel);
        Matrix<T> below = a.From(half, 0), rest = a.From(half, half);
        Substitution.Right(n - half, half, a.Transposed, upper: true, unit: false, below, parallel);
        Update(n - half, half, below, rest, parallel);
        Run(n - half, rest, parallel);
    }

    /// <summary>The lower triangle of C − B Bᵀ, and of what lies above only as much as comes with it.</summary>
    private static void Update<T>(int n, int k, in Matrix<T> b, in Matrix<T> c, IParallel parallel)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        const int Strip = 128;
        for (int i = 0; i < n; i += Strip)
        {
            int rows = Math.Min(Strip, n - i);
            Blocks.Subtract(rows, i + rows, k, b.From(i, 0), b.Transposed, c.From(i, 0), parallel);
        }
    }

    private static void Plain<T>(int n, in Matrix<T> a)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < i; j++)
            {
                ref T element = ref a.At(i, j);
                element = (element - Rows.Dot<T>(a.Row(i, 0, j), a.Row(j, 0, j))) / a.At(j, j);
            }

            ref T last = ref a.At(i, i);
            T square = last - Rows.Dot<T>(a.Row(i, 0, i), a.Row(i, 0, i));
            last = square > T.Zero ? T.Sqrt(square) : T.NaN;
        }
    }
}
