using Adjoint.Core;
using Adjoint.Front;

namespace Figures.Rows;

/// <summary>Chains of elementwise operations on vectors.</summary>
internal static class Chains
{
    private static readonly int[] Sizes = [1_000, 100_000, 10_000_000];

    private static readonly double[] Coefficients = [0.5, -0.25, 1.0 / 3, -0.125, 0.2, -0.1, 1.0 / 7, 0.05];

    /// <summary>The group.</summary>
    public static Group Group { get; } = Group.Of(
        "elementwise",
        "Elementwise chains",
        "chain: tanh(x)·exp(−x²) + x/2; poly: eight coefficients by Horner's rule; select: x > 0 ? x·y : 0.01 x + y. "
        + "With gradient: the sum, and its gradient.",
        All());

    private static IEnumerable<(string, Func<Kernel>)> All()
    {
        foreach (DType type in new[] { DType.F32, DType.F64 })
        {
            foreach (int size in Sizes)
            {
                string tail = $"{type.Name()}[{size:#,0}]";
                yield return ($"chain {tail}", () => Make("chain", tail, type, size, 1, x => [Chain(x[0])]));
                yield return ($"chain {tail} with gradient", () => Make("chain_grad", $"{tail} with gradient", type, size, 1, Gradient(Chain)));
                yield return ($"poly {tail}", () => Make("poly", tail, type, size, 1, x => [Poly(x[0])]));
                yield return ($"poly {tail} with gradient", () => Make("poly_grad", $"{tail} with gradient", type, size, 1, Gradient(Poly)));
                yield return ($"select {tail}", () => Make("select", tail, type, size, 2, x => [Select(x[0], x[1])]));
            }
        }
    }

    private static Expr Chain(Expr x) => (x.Tanh() * (-(x * x)).Exp()) + (0.5 * x);

    private static Expr Poly(Expr x)
    {
        Expr sum = (Coefficients[^1] * x) + Coefficients[^2];
        for (int i = Coefficients.Length - 3; i >= 0; i--)
        {
            sum = (sum * x) + Coefficients[i];
        }

        return sum;
    }

    private static Expr Select(Expr x, Expr y) => (x.Greater(0.0)).Where(x * y, (0.01 * x) + y);

    private static Func<Expr[], Expr[]> Gradient(Func<Expr, Expr> f) => x =>
    {
        (Expr value, Expr[] gradient) = Differential.ValueAndGrad((Expr[] y) => f(y[0]).Sum())(x);
        return [value, gradient[0]];
    };

    private static Kernel Make(string entry, string tail, DType type, int size, int arguments, Func<Expr[], Expr[]> function) => new()
    {
        Name = $"{entry.Replace("_grad", "")} {tail}",
        Source = "elementwise",
        Entry = $"{entry}_{type.Name()}",
        Function = function,
        Inputs = [.. Enumerable.Range(0, arguments).Select(i => Data.Uniform(type, Shape.Of(size), -3, 3, i + 1))],
        Sizes = [size],
        Work = size,
        Tolerance = type.Epsilon() * (32 + (size / 1024)), // A function's few ulp; a lane of a sum adds size / 16 terms, with errors of both signs.
    };
}
