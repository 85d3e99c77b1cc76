using Adjoint.Core;

namespace Adjoint.Examples.OptionGreeks;

/// <summary>Prices of options and their derivatives, the Greeks, for many desks at once: one program, called by many threads.</summary>
public static class Program
{
    /// <summary>Desks with options of 1/4, 1/2, 1 and 2 years, after their work on threads of their own.</summary>
    public static IReadOnlyList<Desk> Serve(int times)
    {
        Desk[] desks = [new(0.25), new(0.5), new(1), new(2)];
        Thread[] threads = [.. desks.Select(desk => new Thread(() => desk.Work(times)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        return desks;
    }

    /// <summary>Delta and gamma over today's price, for all desks; of one desk, delta by simulation too.</summary>
    public static string Picture(IReadOnlyList<Desk> desks)
    {
        string[] colours = [Palette.red, Palette.orange, Palette.green, Palette.blue];
        Plot delta = PlotModule.sized(400, 360, PlotModule.create("Delta of a call at 100", "price today", ""));
        Plot gamma = PlotModule.sized(400, 360, PlotModule.create("Gamma", "price today", ""));
        foreach ((Desk desk, string colour) in desks.Zip(colours))
        {
            string name = FormattableString.Invariant($"{desk.Years} y");
            delta = PlotModule.line(name, colour, desk.Spots.Zip(desk.Exact[1], Tuple.Create), delta);
            gamma = PlotModule.line(name, colour, desk.Spots.Zip(desk.Exact[2], Tuple.Create), gamma);
        }

        IEnumerable<Tuple<double, double>> some = desks[2].Spots.Zip(desks[2].Simulated[2], Tuple.Create).Where((_, i) => i % 5 == 0);
        delta = PlotModule.dots("simulated", Palette.ink, 2.5, some, delta);
        return Drawing.row([delta, gamma]);
    }

    private static void Main()
    {
        IReadOnlyList<Desk> desks = Serve(times: 200);
        foreach (Desk desk in desks)
        {
            double[] exact = [.. desk.Exact.Select(figure => figure[50])];
            double[] simulated = [.. desk.Simulated.Select(figure => figure[50])];
            Console.WriteLine(FormattableString.Invariant(
                $"{desk.Years} years: price {exact[0]:F4}, delta {exact[1]:F4}, gamma {exact[2]:F5}, vega {exact[3]:F3}, ")
                + FormattableString.Invariant($"theta {exact[4]:F3}, rho {exact[5]:F3}; off by {desk.Error:E1} at most"));
            Console.WriteLine(FormattableString.Invariant(
                $"  simulated: price {simulated[0]:F4} ± {simulated[1]:F4}, delta {simulated[2]:F4}, vega {simulated[3]:F3}"));
        }

        Svg.save("out/option-greeks/option-greeks.svg", Picture(desks));
    }
}
