using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;

namespace Adjoint.Examples.OptionGreeks;

/// <summary>Prices and their derivatives for a batch of options: graphs that are built and compiled once, for all callers.</summary>
public static class PricingPrograms
{
    /// <summary>The number of options in a call.</summary>
    public const int Batch = 101;

    /// <summary>The number of pairs of futures.</summary>
    public const int Futures = 5_000;

    private static readonly string[] names = ["spot", "strike", "years", "rate", "volatility"];

    /// <summary>(spot, strike, years, rate, volatility) → (price, delta, gamma, vega, theta, rho), all f64[Batch].</summary>
    public static Executable Exact { get; } = Executable.Compile(GraphBuilder.Build(
        Enumerable.Repeat(TensorType.Of(DType.F64, Batch), names.Length),
        parameters =>
        {
            // Each price depends on its own option alone, so the gradient of their sum holds every option's derivative.
            Func<Expr[], Expr> total = x => CallPrice.BlackScholes(Option(x)).Sum();
            Func<Expr, Expr> delta = spot => Differential.Grad(total)([spot, .. parameters[1..]])[0];
            Expr[] slopes = Differential.Grad(total)(parameters);
            Expr gamma = Differential.Grad(spot => delta(spot).Sum())(parameters[0]);
            return [CallPrice.BlackScholes(Option(parameters)), slopes[0], gamma, slopes[4], -slopes[2], slopes[3]];
        },
        names));

    /// <summary>(spot, strike, years, rate, volatility, a key) → (price, its standard error, delta, vega), all f64[Batch].</summary>
    public static Executable Simulated { get; } = Executable.Compile(GraphBuilder.Build(
        [.. Enumerable.Repeat(TensorType.Of(DType.F64, Batch), names.Length), TensorType.Of(DType.U32, 2)],
        parameters =>
        {
            Expr futures = Rng.Normal(parameters[5], Shape.Of(Futures, 1), DType.F64);
            (Expr price, Expr error) = CallPrice.MonteCarlo(Option(parameters), futures);
            Func<Expr[], Expr> total = x => CallPrice.MonteCarlo(Option(x), futures).Price.Sum();
            Expr[] slopes = Differential.Grad(total)(parameters[..5]);
            return [price, error, slopes[0], slopes[4]];
        },
        [.. names, "key"]));

    private static CallOption Option(Expr[] x) => new(x[0], x[1], x[2], x[3], x[4]);
}
