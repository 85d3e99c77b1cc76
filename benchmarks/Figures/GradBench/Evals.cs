using Adjoint.Core;
using Adjoint.Ir;

namespace Figures.GradBench;

/// <summary>The cases: modules of examples/GradBench at sizes of GradBench's own.</summary>
internal static class Evals
{
    /// <summary>Each with its name, and what makes it.</summary>
    public static IReadOnlyList<(string Name, Func<Eval> Make)> All { get; } =
    [
        ("ba n49 m7776 p31843", () => Models.Adjustment(49, 7776, 31843)),
        ("det 8", () => Determinant(8)),
        ("gmm d10 k10 n1000", () => Models.Mixture(10, 10, 1000)),
        ("gmm d20 k25 n1000", () => Models.Mixture(20, 25, 1000)),
        ("ht c100", () => Models.Tracking(100, 10_000)),
        ("kmeans k100 n1000 d16", () => Clusters(100, 1000, 16)),
        ("llsq n1024 m128", () => LeastSquares(1024, 128)),
        ("lse n160000", () => LogSum(160_000)),
        ("lstm l4 c4096", () => Models.Memory(4, 4096, 14)),
        ("ode n1000 s100", () => Equations(1000, 100)),
    ];

    /// <summary>f64[…], or a number.</summary>
    public static TensorType Reals(params int[] extents) => TensorType.Of(DType.F64, extents);

    private static Eval LogSum(int n)
    {
        double[] x = new Numbers(1).Vector(n, 0, 1);
        return Vector("lse n" + n, "x", x, [], [n], EvalFunction.Of("primal", Reals()), EvalFunction.Of("gradient", Reals(n)));
    }

    private static Eval LeastSquares(int n, int m)
    {
        double[] x = new Numbers(2).Vector(m, 0, 1);
        return Vector(
            $"llsq n{n} m{m}", "x", x, [("n", n)], [n, m], EvalFunction.Of("primal", Reals()), EvalFunction.Of("gradient", Reals(m)));
    }

    private static Eval Determinant(int m)
    {
        double[] a = new Numbers(3).Vector(m * m, 0, 1);
        return Vector($"det {m}", "A", a, [("ell", m)], [m], EvalFunction.Of("primal", Reals()), EvalFunction.Of("gradient", Reals(m * m)));
    }

    private static Eval Equations(int n, int steps)
    {
        double[] x = new Numbers(4).Vector(n, 0, 1);
        return Vector(
            $"ode n{n} s{steps}", "x", x, [("s", steps)], [n, steps], EvalFunction.Of("primal", Reals(n)), EvalFunction.Of("gradient", Reals(n)));
    }

    private static Eval Vector(
        string name, string field, double[] x, (string Name, int Number)[] others, long[] sizes, EvalFunction value, EvalFunction gradient) => new()
        {
            Name = name,
            Source = "evals",
            Input = new(others.Select(other => KeyValuePair.Create(other.Name, (object)other.Number))) { [field] = x },
            Arguments = [Numbers.Array(x)],
            Sizes = sizes,
            Value = value,
            Gradient = gradient,
        };

    private static Eval Clusters(int k, int n, int d)
    {
        var numbers = new Numbers(5);
        double[][] points = numbers.Matrix(n, d, 0, 1);
        double[][] centroids = points[..k]; // Points of their own, so that no cluster is empty.
        return new()
        {
            Name = $"kmeans k{k} n{n} d{d}",
            Source = "evals",
            Input = new() { ["points"] = points, ["centroids"] = centroids },
            Arguments = [Numbers.Array(points), Numbers.Array(centroids)],
            Sizes = [n, d, k],
            Value = EvalFunction.Of("cost", Reals()),
            Gradient = EvalFunction.Of("dir", Reals(k, d)),
        };
    }
}
