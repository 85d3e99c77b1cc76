using Adjoint.Front;

namespace Adjoint.Examples.OptionGreeks;

/// <summary>What the holder may buy a share for (strike) after so many years, when it costs spot today.</summary>
/// <param name="Spot">The price of the share today.</param>
/// <param name="Strike">The price that is agreed on.</param>
/// <param name="Years">The time until then.</param>
/// <param name="Rate">The rate of interest, continuously compounded.</param>
/// <param name="Volatility">The standard deviation of the logarithm of the share's price in a year.</param>
public sealed record CallOption(Expr Spot, Expr Strike, Expr Years, Expr Rate, Expr Volatility);

/// <summary>The price of a call option, in two ways that share nothing but the market that they suppose.</summary>
public static class CallPrice
{
    /// <summary>By the formula of Black and Scholes (1973).</summary>
    public static Expr BlackScholes(CallOption option)
    {
        Expr spread = option.Volatility * option.Years.Sqrt();
        Expr growth = (option.Rate + (option.Volatility.Square() * 0.5)) * option.Years;
        Expr d1 = ((option.Spot / option.Strike).Log() + growth) / spread;
        Expr discount = (-(option.Rate * option.Years)).Exp();
        return (option.Spot * Normal(d1)) - (option.Strike * discount * Normal(d1 - spread));
    }

    /// <summary>By the mean over many futures of the market: a number for each option, and its standard error.</summary>
    /// <param name="option">Tensors of shape [n].</param>
    /// <param name="futures">Standard normal numbers, [paths, 1]; each is used with both signs.</param>
    public static (Expr Price, Expr Error) MonteCarlo(CallOption option, Expr futures)
    {
        Expr discount = (-(option.Rate * option.Years)).Exp();
        Expr drift = (option.Rate - (option.Volatility.Square() * 0.5)) * option.Years;
        Expr spread = option.Volatility * option.Years.Sqrt();
        Expr Payoff(Expr z) => ((option.Spot * (drift + (spread * z)).Exp()) - option.Strike).Relu() * discount;
        Expr pairs = (Payoff(futures) + Payoff(-futures)) * 0.5;
        return (pairs.Mean([0]), pairs.StandardDeviation([0]) / Math.Sqrt(futures.Size));
    }

    /// <summary>The normal distribution's function, by the complementary error function, which is accurate in both tails.</summary>
    private static Expr Normal(Expr x) => (x * -Math.Sqrt(0.5)).Erfc() * 0.5;
}
