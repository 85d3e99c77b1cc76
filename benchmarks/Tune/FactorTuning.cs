using System.Globalization;
using System.Text;
using Adjoint.Core;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>Which provider factors matrices best, by order; and factorizations through the runtime beside the best bare call.</summary>
internal static class FactorTuning
{
    private const int Rounds = 9;

    /// <summary>A change of provider has to be worth it.</summary>
    private const double Gain = 0.97;

    internal static void Add(StringBuilder text, Action<string> show)
    {
        foreach ((Operation operation, string name) in FactorCase.All)
        {
            foreach (DType type in new[] { DType.F32, DType.F64 })
            {
                Family(operation, $"{name} {type.Name()}", type, text, show);
            }
        }
    }

    internal static void Print(int[] sizes)
    {
        Console.WriteLine("| factorization | best bare call | µs | chosen | runtime | own algorithm |");
        Console.WriteLine("| --- | --- | ---: | --- | ---: | ---: |");
        foreach ((Operation operation, string name) in FactorCase.All)
        {
            foreach (DType type in new[] { DType.F32, DType.F64 })
            {
                foreach (int n in sizes.Length > 0 ? sizes : [64, 128, 256, 512])
                {
                    Row(operation, $"{name} {type.Name()} {n}", type, n);
                }
            }
        }

        SolveFigures.Print(sizes.Length > 0 ? sizes : [64, 128, 256, 512]);
    }

    private static (Provider Provider, Factorizations Library)[] Libraries() =>
        [.. ProviderNames.Libraries.Where(Providers.Default.HasFactorizations).Select(p => (p, Factorizations.Of(Providers.Default, p)!.Value))];

    private static void Family(Operation operation, string name, DType type, StringBuilder text, Action<string> show)
    {
        (Provider Provider, Factorizations Library)[] libraries = Libraries();
        Provider[] candidates = [Provider.Managed, .. libraries.Select(library => library.Provider)];
        Provider last = Provider.Managed;
        foreach (int n in new[] { 8, 16, 32, 64, 128, 256, 512 })
        {
            var one = new FactorCase(operation, type, n);
            double[] seconds = Clock.Alone(Rounds, [one.Through(null), .. libraries.Select(library => one.Through(library.Library))]);
            double best = seconds.Min();
            Provider chosen = seconds[Array.IndexOf(candidates, last)] * Gain <= best ? last : candidates[Array.IndexOf(seconds, best)];
            string line = string.Join(", ", candidates.Zip(seconds, (p, s) => string.Create(CultureInfo.InvariantCulture, $"{p.Text()} {s * 1e6:F1}")));
            show($"{name} {n}: {line} µs: {chosen.Text()}");
            if (chosen != last)
            {
                text.Append(CultureInfo.InvariantCulture, $"{name} {n} {chosen.Text()}\n");
            }

            last = chosen;
        }
    }

    private static void Row(Operation operation, string name, DType type, int n)
    {
        (Provider Provider, Factorizations Library)[] libraries = Libraries();
        var one = new FactorCase(operation, type, n);
        double[] seconds = Clock.Alone(
            Rounds,
            [one.Program(), one.Through(null), .. libraries.Select(library => one.Bare(library.Provider))]);
        double best = seconds[2..].Min();
        string fastest = libraries[Array.IndexOf(seconds, best, 2) - 2].Provider.Text();
        string chosen = Providers.Default.Choose(operation, type, n).Text();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {fastest} | {best * 1e6:F1} | {chosen} | {seconds[0] / best:F3} | {seconds[1] / best:F2} |"));
    }
}
