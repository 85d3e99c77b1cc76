using System.Globalization;
using System.Numerics;
using Adjoint.Execute;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>Products through the runtime, cut for threads, beside the best bare call on one thread.</summary>
internal static class ProductFigures
{
    private const int Rounds = 31;

    internal static void Print(int[] sizes)
    {
        Console.WriteLine("| product | layout | best bare call | GF/s | runtime, 1 thread | all threads |");
        Console.WriteLine("| --- | --- | --- | ---: | ---: | ---: |");
        foreach (int size in sizes.Length > 0 ? sizes : [32, 64, 128, 256, 512, 1024])
        {
            Rows<float>("f32", size);
            Rows<double>("f64", size);
        }
    }

    private static void Rows<T>(string type, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Providers providers = Providers.Default;
        Provider[] libraries = [.. ProviderNames.Libraries.Where(p => providers.Library(p) != 0 && !(p == Provider.OneDnn && type == "f64"))];
        foreach ((bool a, bool b) in new[] { (false, false), (false, true), (true, false) })
        {
            var one = new ProductCase<T>(size, size, size, a, b);
            double[] seconds = Clock.Medians(
                Rounds,
                [
                    () => one.Chosen(Serial.Instance),
                    () => one.Chosen(WorkerPool.Shared),
                    .. libraries.Select(provider => (Action)(() => one.Bare(providers, provider))),
                ]);
            double best = seconds[2..].Min();
            string name = libraries[Array.IndexOf(seconds, best, 2) - 2].Text();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {type} {size} | {(a ? 'T' : 'N')}{(b ? 'T' : 'N')} | {name} | {2e-9 * one.Work / best:F1} | {seconds[0] / best:F3} | {seconds[1] / best:F3} |"));
        }
    }
}
