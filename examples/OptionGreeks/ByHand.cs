namespace Adjoint.Examples.OptionGreeks;

/// <summary>The derivatives of Black and Scholes' price as textbooks give them (Hull, Options, Futures and Other Derivatives).</summary>
/// <param name="Price">The price itself.</param>
/// <param name="Delta">In the spot.</param>
/// <param name="Gamma">Twice in the spot.</param>
/// <param name="Vega">In the volatility.</param>
/// <param name="Theta">In calendar time.</param>
/// <param name="Rho">In the rate.</param>
public sealed record ByHand(double Price, double Delta, double Gamma, double Vega, double Theta, double Rho)
{
    /// <summary>The derivatives for one option.</summary>
    public static ByHand Of(double spot, double strike, double years, double rate, double volatility)
    {
        double spread = volatility * Math.Sqrt(years);
        double d1 = (Math.Log(spot / strike) + ((rate + (volatility * volatility / 2)) * years)) / spread;
        double d2 = d1 - spread;
        double present = strike * Math.Exp(-rate * years);
        return new(
            Price: (spot * Normal(d1)) - (present * Normal(d2)),
            Delta: Normal(d1),
            Gamma: Density(d1) / (spot * spread),
            Vega: spot * Density(d1) * Math.Sqrt(years),
            Theta: (-spot * Density(d1) * volatility / (2 * Math.Sqrt(years))) - (rate * present * Normal(d2)),
            Rho: years * present * Normal(d2));
    }

    /// <summary>The figures in the order of <see cref="PricingPrograms.Exact"/>.</summary>
    public double[] ToArray() => [Price, Delta, Gamma, Vega, Theta, Rho];

    private static double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);

    /// <summary>½ + φ(x) (x + x³/3 + x⁵/15 + …) (Marsaglia 2004).</summary>
    private static double Normal(double x)
    {
        double sum = x, term = x;
        for (int odd = 3; Math.Abs(term) > 1e-17 * Math.Abs(sum); odd += 2)
        {
            term *= x * x / odd;
            sum += term;
        }

        return 0.5 + (Density(x) * sum);
    }
}
