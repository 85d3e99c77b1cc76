using System.Globalization;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>Systems of equations through the runtime beside one bare call of OpenBLAS.</summary>
internal static unsafe class SolveFigures
{
    private const int Rounds = 15;

    internal static void Print(int[] sizes)
    {
        if (!Providers.Default.HasFactorizations(Provider.OpenBlas))
        {
            return;
        }

        foreach (int n in sizes)
        {
            foreach (int columns in new[] { 1, n })
            {
                Row<float>(DType.F32, n, columns);
                Row<double>(DType.F64, n, columns);
            }
        }
    }

    private static void Row<T>(DType type, int n, int columns)
        where T : unmanaged
    {
        NDArray a = NDArray.New(type, Shape.Of(n, n)), b = NDArray.New(type, Shape.Of(n, columns)), x = NDArray.New(type, b.Shape);
        for (int i = 0; i < a.Size; i++)
        {
            a.Set(i, Scalar.Of(type, (((i * 7) + (i / n * 3)) % 13 - 6) / 8.0 + (i % (n + 1) == 0 ? 5 : 0)));
        }

        for (int i = 0; i < b.Size; i++)
        {
            b.Set(i, Scalar.Of(type, (i % 7) - 3));
        }

        var executable = Executable.Compile(GraphBuilder.Build([TensorType.Of(a), TensorType.Of(b)], x => [x[0].Solve(x[1])]));
        var options = new RunOptions { Parallel = Serial.Instance };
        NDArray[] given = [a, b], made = [x];
        var bare = BareElimination.Of(Provider.OpenBlas, type);
        T[] matrix = a.ToArray<T>(), right = b.ToArray<T>(), ownMatrix = new T[matrix.Length], ownRight = new T[right.Length];
        int[] pivots = new int[n];
        double[] seconds = Clock.Alone(Rounds, () => executable.Run(given, made, options), () =>
        {
            matrix.CopyTo(ownMatrix, 0);
            right.CopyTo(ownRight, 0);
            fixed (T* factors = ownMatrix, solution = ownRight)
            {
                fixed (int* exchanged = pivots)
                {
                    bare.Solve(n, columns, factors, exchanged, solution);
                }
            }
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| solve {type.Name()} {n}, {columns} columns | openblas | {seconds[1] * 1e6:F1} | several | {seconds[0] / seconds[1]:F3} | |"));
    }
}
