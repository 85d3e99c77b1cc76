using Adjoint.Core;
using Adjoint.Ir;

namespace Figures.GradBench;

/// <summary>The cases whose inputs are more than a vector.</summary>
internal static class Models
{
    private const int Bones = 22;

    /// <summary>A mixture of k normal distributions in d dimensions, and n points.</summary>
    public static Eval Mixture(int d, int k, int n)
    {
        var numbers = new Numbers(6);
        int below = d * (d - 1) / 2;
        double[] alpha = numbers.Vector(k, -1, 1);
        double[][] mu = numbers.Matrix(k, d, 0, 1), q = numbers.Matrix(k, d, -1, 1), l = numbers.Matrix(k, below, -1, 1);
        double[][] x = numbers.Matrix(n, d, -1, 2);
        return new()
        {
            Name = $"gmm d{d} k{k} n{n}",
            Source = "gmm",
            Input = new() { ["d"] = d, ["k"] = k, ["n"] = n, ["x"] = x, ["m"] = 0, ["gamma"] = 1.0, ["alpha"] = alpha, ["mu"] = mu, ["q"] = q, ["l"] = l },
            Arguments = [Numbers.Array(alpha), Numbers.Array(mu), Numbers.Array(q), Numbers.Array(l), Numbers.Array(x)],
            Sizes = [n, d, k, 0],
            Value = EvalFunction.Of("objective", Evals.Reals()),
            Gradient = EvalFunction.Of("jacobian", Evals.Reals(k), Evals.Reals(k, d), Evals.Reals(k, d), Evals.Reals(k, below)),
        };
    }

    /// <summary>p observations of m points by n cameras; all cameras, points and observations are equal, as in the messages.</summary>
    public static Eval Adjustment(int n, int m, int p)
    {
        double[] camera = [-0.76, -1.11, -0.85, 34.5, 39.7, 53.9, 419.2, 5.9, -8.5, 0.088, 0.0027];
        double[] point = [7.2, 0.0011, 3.02], feature = [271.8, 834.2];
        const double Weight = 0.417;
        double[] First(double[] items) => [.. items[..30], items[^1]];
        return new()
        {
            Name = $"ba n{n} m{m} p{p}",
            Source = "ba",
            Input = new() { ["n"] = n, ["m"] = m, ["p"] = p, ["cam"] = camera, ["x"] = point, ["w"] = Weight, ["feat"] = feature },
            Arguments =
            [
                Numbers.Array(Enumerable.Repeat(camera, n)), Numbers.Array(Enumerable.Repeat(point, m)),
                Numbers.Array(Enumerable.Repeat(Weight, p)), Numbers.Array(Enumerable.Repeat(feature, p)),
            ],
            Sizes = [n, m, p],
            Value = new("objective", [Evals.Reals(p, 2), Evals.Reals(p)], y => [y[0][0], y[0][1], p, y[1][0], p]),
            Gradient = new(
                "jacobian",
                [Evals.Reals(31 * p), TensorType.Of(DType.I64, 31 * p), TensorType.Of(DType.I64, (3 * p) + 1)],
                y => [.. First(y[2]), .. First(y[1]), .. First(y[0])]),
        };
    }

    /// <summary>A hand of 22 bones, of whose skin's vertices some are compared with measured points.</summary>
    public static Eval Tracking(int count, int vertices)
    {
        var numbers = new Numbers(7);
        int[] parents = [-1, .. Enumerable.Range(0, Bones - 2).Select(i => i % 4 == 0 ? 0 : i), 0];
        double[][][] relatives = [.. Enumerable.Range(0, Bones).Select(_ => Homogeneous(numbers))];
        double[][][] inverses = [.. Enumerable.Range(0, Bones).Select(_ => Homogeneous(numbers))];
        double[][] positions = [.. numbers.Matrix(vertices, 3, -1, 1).Select(row => (double[])[.. row, 1])];
        double[][] weights = [.. numbers.Matrix(vertices, Bones, 0, 1).Select(row => row.Select(w => w / row.Sum()).ToArray())];
        double[][] points = numbers.Matrix(count, 3, -1, 1);
        int[] chosen = [.. Enumerable.Range(0, count).Select(i => i * 37 % vertices)];
        double[] theta = numbers.Vector(26, -1, 1);
        var model = new Dictionary<string, object>
        {
            ["parents"] = parents,
            ["base_relatives"] = relatives,
            ["inverse_base_absolutes"] = inverses,
            ["base_positions"] = positions,
            ["weights"] = weights,
            ["triangles"] = Array.Empty<int[]>(),
            ["is_mirrored"] = false,
        };
        return new()
        {
            Name = $"ht c{count}",
            Source = "ht",
            Input = new()
            {
                ["theta"] = theta,
                ["data"] = new Dictionary<string, object> { ["model"] = model, ["correspondences"] = chosen, ["points"] = points },
                ["us"] = Array.Empty<double[]>(),
            },
            Arguments =
            [
                Numbers.Array(theta), Numbers.Array(relatives.SelectMany(m => m)), Numbers.Array(inverses.SelectMany(m => m)),
                Numbers.Array(positions), Numbers.Array(weights), Numbers.Array(points), Numbers.Whole(chosen), Numbers.Whole(parents),
            ],
            Sizes = [Bones, count],
            Value = EvalFunction.Of("objective", Evals.Reals(3 * count)),
            Gradient = EvalFunction.Of("jacobian", Evals.Reals(3 * count, 26)),
        };
    }

    /// <summary>A network of l layers of b units, and a sequence of c items.</summary>
    public static Eval Memory(int l, int c, int b)
    {
        var numbers = new Numbers(8);
        double[][] main = numbers.Matrix(2 * l, 4 * b, 0, 1), extra = numbers.Matrix(3, b, 0, 1), state = numbers.Matrix(2 * l, b, 0, 1);
        double[][] sequence = [.. numbers.Matrix(c, b, 0, 1).Select(row => row.Select(x => Math.Round(x)).ToArray())];
        return new()
        {
            Name = $"lstm l{l} c{c}",
            Source = "lstm",
            Input = new() { ["main_params"] = main, ["extra_params"] = extra, ["state"] = state, ["sequence"] = sequence },
            Arguments = [Numbers.Array(main), Numbers.Array(extra), Numbers.Array(state), Numbers.Array(sequence)],
            Sizes = [l, c, b],
            Value = EvalFunction.Of("objective", Evals.Reals()),
            Gradient = EvalFunction.Of("jacobian", Evals.Reals(2 * l, 4 * b), Evals.Reals(3, b)),
        };
    }

    /// <summary>A turn and a shift: the upper rows are of length about 1, the last is 0 0 0 1.</summary>
    private static double[][] Homogeneous(Numbers numbers)
    {
        double[] angle = numbers.Vector(4, -1, 1);
        (double s, double c) = Math.SinCos(angle[0]);
        return [[c, -s, 0, angle[1]], [s, c, 0, angle[2]], [0, 0, 1, angle[3]], [0, 0, 0, 1]];
    }
}
