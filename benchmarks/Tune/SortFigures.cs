using System.Globalization;

namespace Adjoint.Tune;

/// <summary>Sorts of words by the runtime's kernels, managed and native, beside the platform's own.</summary>
internal static class SortFigures
{
    internal static void Print()
    {
        Console.WriteLine();
        Console.WriteLine("| sort | words | Span.Sort, ns a word | managed | highway |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (string kind in new[] { "sort u32", "sort u64", "sort_placed u32", "sort_placed u64" })
        {
            foreach (int length in new[] { 64, 1024, 1 << 20 })
            {
                double[] seconds = SortTuning.Seconds(kind, length);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"| {kind} | {length} | {seconds[2]:F2} | {seconds[0]:F2} | {seconds[1]:F2} |"));
            }
        }
    }
}
