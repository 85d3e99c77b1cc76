using System.Globalization;
using System.Text;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>From how many words on our own native kernels sort better than the managed ones.</summary>
internal static class SortTuning
{
    private const int Rounds = 7;

    /// <summary>So many sorts of other words a round, since a processor learns the order of few that come again.</summary>
    private const int Words = 1 << 16;

    /// <summary>A change of provider has to be worth it.</summary>
    private const double Gain = 0.97;

    private static readonly string[] Kinds = ["sort u32", "sort u64", "sort_placed u32", "sort_placed u64"];

    internal static void Add(StringBuilder text, Action<string> show)
    {
        if (Providers.Default.Simd is null)
        {
            return;
        }

        foreach (string kind in Kinds)
        {
            Provider last = Provider.Managed;
            foreach (int length in new[] { 16, 32, 64, 256, 1024, 1 << 14, 1 << 16, 1 << 18 })
            {
                double[] seconds = Seconds(kind, length);
                bool native = last == Provider.Highway ? seconds[1] <= seconds[0] / Gain : seconds[1] < Gain * seconds[0];
                Provider chosen = native ? Provider.Highway : Provider.Managed;
                show(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind} {length}: managed {seconds[0]:F2}, highway {seconds[1]:F2} ns a word: {chosen.Text()}"));
                if (chosen != last)
                {
                    text.Append(CultureInfo.InvariantCulture, $"{kind} {length} {chosen.Text()}\n");
                }

                last = chosen;
            }
        }
    }

    /// <summary>The median nanoseconds a word of the managed sort, of ours and, for words alone, of the platform's.</summary>
    internal static double[] Seconds(string kind, int length)
    {
        var managed = new WordSort(Providers.Of(KernelLibrary.Find("off", null), ProviderTable.BuiltIn));
        var native = new WordSort(Providers.Of(KernelLibrary.Default, ProviderTable.Parse($"{kind} 0 highway")));
        int count = Math.Max(Words, length);
        var random = new Random(3);
        ulong[] words = [.. Enumerable.Range(0, count).Select(_ => (ulong)random.NextInt64())];
        double[] seconds = kind switch
        {
            "sort u32" => Times<uint>([.. words.Select(word => (uint)word)], length, managed.Sort, native.Sort, words => words.Sort()),
            "sort u64" => Times<ulong>(words, length, managed.Sort, native.Sort, words => words.Sort()),
            "sort_placed u32" => Times<ulong>(
                [.. words.Select((word, i) => (word << 32) | (uint)(i % length))], length, managed.SortPlaced, native.SortPlaced, words => words.Sort()),
            _ => Times<PlacedKey>(
                [.. words.Select((word, i) => new PlacedKey((ulong)(i % length), word))],
                length,
                managed.SortPlaced,
                native.SortPlaced,
                words => words.Sort()),
        };
        return [.. seconds.Select(time => time / count * 1e9)];
    }

    private delegate void Sorter<T>(Span<T> words, Span<T> space);

    private delegate void PlainSorter<T>(Span<T> words);

    private static double[] Times<T>(T[] words, int length, Sorter<T> managed, Sorter<T> native, PlainSorter<T> plain)
    {
        var own = new T[words.Length];
        var space = new T[length];
        void Each(Sorter<T> sort)
        {
            words.CopyTo(own, 0);
            for (int at = 0; at + length <= own.Length; at += length)
            {
                sort(own.AsSpan(at, length), space);
            }
        }

        double[] times = Clock.Alone(Rounds, () => Each(managed), () => Each(native), () => Each((part, _) => plain(part)), () => words.CopyTo(own, 0));
        return [times[0] - times[3], times[1] - times[3], times[2] - times[3]];
    }
}
