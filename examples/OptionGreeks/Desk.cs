using Adjoint.Core;
using Adjoint.Front;

namespace Adjoint.Examples.OptionGreeks;

/// <summary>A caller with options of its own, over shares that cost 50 to 150 today.</summary>
public sealed class Desk
{
    private readonly NDArray[] option;

    /// <summary>A desk whose options run for so many years.</summary>
    public Desk(double years)
    {
        Years = years;
        Spots = [.. Enumerable.Range(0, PricingPrograms.Batch).Select(i => 50.0 + i)];
        option = [NDArray.Vector(Spots), Same(Strike), Same(years), Same(Rate), Same(Volatility)];
    }

    /// <summary>The price that is agreed on.</summary>
    public static double Strike => 100;

    /// <summary>The rate of interest.</summary>
    public static double Rate => 0.05;

    /// <summary>The volatility.</summary>
    public static double Volatility => 0.2;

    /// <summary>The time that the options run.</summary>
    public double Years { get; }

    /// <summary>The prices of the shares today.</summary>
    public double[] Spots { get; }

    /// <summary>Price, delta, gamma, vega, theta and rho of every option.</summary>
    public double[][] Exact { get; private set; } = [];

    /// <summary>Price, its standard error, delta and vega of every option, by simulation.</summary>
    public double[][] Simulated { get; private set; } = [];

    /// <summary>The largest difference from what the textbook's formulas give.</summary>
    public double Error { get; private set; }

    /// <summary>Asks both programs, the exact one many times over.</summary>
    public void Work(int times)
    {
        for (int time = 0; time < times; time++)
        {
            Exact = Arrays(PricingPrograms.Exact.Run(option));
            for (int i = 0; i < Spots.Length; i++)
            {
                double[] byHand = ByHand.Of(Spots[i], Strike, Years, Rate, Volatility).ToArray();
                Error = byHand.Select((known, figure) => Math.Abs(Exact[figure][i] - known)).Append(Error).Max();
            }
        }

        Simulated = Arrays(PricingPrograms.Simulated.Run([.. option, Rng.Key(1).Value()]));
    }

    private static NDArray Same(double number)
    {
        double[] all = new double[PricingPrograms.Batch];
        Array.Fill(all, number);
        return NDArray.Vector(all);
    }

    private static double[][] Arrays(NDArray[] results) => [.. results.Select(result => result.Span<double>().ToArray())];
}
