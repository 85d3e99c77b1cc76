using System.Globalization;
using System.Numerics;
using System.Text;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>Which provider multiplies matrices best, by size.</summary>
internal static class ProductTuning
{
    private const int Rounds = 15;

    /// <summary>A change of provider has to be worth it.</summary>
    private const double Gain = 0.97;

    private static readonly int[] Sizes = [32, 48, 64, 96, 128, 192, 256, 384, 512, 1024];
    private static readonly int[] VectorSizes = [64, 128, 256, 512, 1024, 2048];

    internal static void Add(StringBuilder text, Action<string> show)
    {
        Providers providers = Providers.Default;
        Family<float>("product", "f32", Sizes, Squares<float>, providers, text, show);
        Family<double>("product", "f64", Sizes, Squares<double>, providers, text, show);
        Family<float>("vector_product", "f32", VectorSizes, Vectors<float>, providers, text, show);
        Family<double>("vector_product", "f64", VectorSizes, Vectors<double>, providers, text, show);
    }

    private static void Family<T>(
        string operation,
        string type,
        int[] sizes,
        Func<int, ProductCase<T>[]> cases,
        Providers providers,
        StringBuilder text,
        Action<string> show)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Provider[] candidates = [Provider.Managed, .. ProviderNames.Libraries.Where(p => providers.Library(p) != 0 && !(p == Provider.OneDnn && type == "f64"))];
        Provider last = Provider.Managed;
        foreach (int size in sizes)
        {
            double[] speeds = Speeds(candidates, cases(size), providers);
            double best = speeds.Max();
            Provider chosen = candidates[Array.IndexOf(speeds, best)];
            chosen = speeds[Array.IndexOf(candidates, last)] >= Gain * best ? last : chosen;
            string line = string.Join(", ", candidates.Zip(speeds, (p, s) => string.Create(CultureInfo.InvariantCulture, $"{p.Text()} {s * 1e-9:F1}")));
            show($"{operation} {type} {size}: {line} GF/s: {chosen.Text()}");
            if (chosen != last)
            {
                text.Append(CultureInfo.InvariantCulture, $"{operation} {type} {size} {chosen.Text()}\n");
            }

            last = chosen;
        }
    }

    /// <summary>Operations a second of each candidate: the geometric mean over the cases.</summary>
    private static double[] Speeds<T>(Provider[] candidates, ProductCase<T>[] cases, Providers providers)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        double[] logarithms = new double[candidates.Length];
        foreach (ProductCase<T> one in cases)
        {
            Action[] contenders =
            [
                .. candidates.Select(provider =>
                    provider == Provider.Managed ? (Action)one.Managed : () => one.Bare(providers, provider)),
            ];
            double[] seconds = Clock.Alone(Rounds, contenders);
            for (int i = 0; i < seconds.Length; i++)
            {
                logarithms[i] += Math.Log(2 * one.Work / seconds[i]) / cases.Length;
            }
        }

        return [.. logarithms.Select(Math.Exp)];
    }

    private static ProductCase<T>[] Squares<T>(int size)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        [
            new(size, size, size, false, false),
            new(size, size, size, false, true),
            new(size, size, size, true, false),
            new(size / 2, size * 2, size, false, false),
        ];

    private static ProductCase<T>[] Vectors<T>(int size)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        [
            new(1, size, size, false, false),
            new(1, size, size, false, true),
            new(size, 1, size, false, false),
            new(size, 1, size, true, false),
        ];
}
