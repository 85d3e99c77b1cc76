using System.Globalization;
using System.Numerics;
using Adjoint.Execute;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>Products through the runtime, cut for threads, beside the best bare call on one thread.</summary>
internal static class ProductFigures
{
    private const int Rounds = 15;

    /// <summary>Matrices of the small products in a batch.</summary>
    private const int Batch = 256;

    internal static void Print(int[] sizes)
    {
        Console.WriteLine("| product | layout | best bare call | ns | GF/s | runtime, 1 thread | own kernel | all threads |");
        Console.WriteLine("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (int size in sizes.Length > 0 ? sizes : [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024])
        {
            Rows<float>("f32", size);
            Rows<double>("f64", size);
        }
    }

    private static void Rows<T>(string type, int size)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach ((bool a, bool b) in new[] { (false, false), (false, true), (true, false) })
        {
            string layout = $"{(a ? 'T' : 'N')}{(b ? 'T' : 'N')}";
            Row(type, $"{size}", layout, new ProductCase<T>(size, size, size, a, b));
            if (size <= SmallGemm.Most)
            {
                Row(type, $"{Batch} of {size}", layout, new ProductCase<T>(size, size, size, a, b, Batch));
            }
        }

        if (size <= SmallGemm.Most)
        {
            Row(type, $"{size} × {size} by a column", "N", new ProductCase<T>(size, 1, size, false, false));
            Row(type, $"{Batch} of {size} × {size} by a column", "N", new ProductCase<T>(size, 1, size, false, false, Batch));
            Row(type, $"a row by {size} × {size}", "N", new ProductCase<T>(1, size, size, false, false));
            Row(type, $"{Batch} of {size} × 4 by 4 × {size}", "NN", new ProductCase<T>(size, size, 4, false, false, Batch));
            Row(type, $"{Batch} of 4 × {size} by {size} × 4", "NN", new ProductCase<T>(4, 4, size, false, false, Batch));
        }
    }

    private static void Row<T>(string type, string extents, string layout, ProductCase<T> one)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Providers providers = Providers.Default;
        Provider[] libraries = [.. ProviderNames.Libraries.Where(p => providers.Library(p) != 0 && !(p == Provider.OneDnn && type == "f64"))];
        Action[] bare = [.. libraries.Select(provider => (Action)(() => one.Bare(providers, provider)))];
        double[] seconds = Clock.Alone(Rounds, [one.Through(Serial.Instance), one.Managed, .. bare]);
        double best = seconds[2..].Min();
        int fastest = Array.IndexOf(seconds, best, 2) - 2;
        string name = libraries[fastest].Text();
        double[] threads = Clock.Typical(Rounds, one.Through(WorkerPool.Shared), bare[fastest]);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {type} {extents} | {layout} | {name} | {best * 1e9:F0} | {2e-9 * one.Work / best:F1} | {seconds[0] / best:F3} | {seconds[1] / best:F3} | {threads[0] / threads[1]:F3} |"));
    }
}
