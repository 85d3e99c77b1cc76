using Figures.Report;

namespace Figures.GradBench;

/// <summary>
/// What GradBench's own counterparts took for the same sizes on one core of the same type of processor, in another run (November 2026, g++ 14, inputs of
/// GradBench): µs of the gradient or jacobian. The hand-derived code is ADBench's, which recurses in det and moves all vertices in ht.
/// </summary>
internal static class Reference
{
    private static readonly Dictionary<string, (double? ByHand, double? CoDiPack)> Known = new()
    {
        ["ba n49 m7776 p31843"] = (5684, 26_571),
        ["det 8"] = (2661, 918),
        ["gmm d10 k10 n1000"] = (1486, 6121),
        ["gmm d20 k25 n1000"] = (8961, 110_960),
        ["ht c100"] = (10_669, 89_043),
        ["kmeans k100 n1000 d16"] = (596, 12_343),
        ["llsq n1024 m128"] = (204, 1054),
        ["lse n160000"] = (960, 2697),
        ["lstm l4 c4096"] = (147_696, 29_728),
        ["ode n1000 s100"] = (null, 2682),
    };

    /// <summary>What the counterparts of an eval's gradient took, in nanoseconds.</summary>
    public static IEnumerable<Peer> Of(string eval)
    {
        (double? byHand, double? coDiPack) = Known.GetValueOrDefault(eval);
        if (byHand is { } hand)
        {
            yield return new("GradBench's, by hand, another run", PeerKind.OtherRun, hand * 1000);
        }

        if (coDiPack is { } library)
        {
            yield return new("CoDiPack, another run", PeerKind.OtherRun, library * 1000);
        }
    }

    /// <summary>Ours over one of the counterparts, for each row that has it.</summary>
    public static IEnumerable<double> Ratios(IEnumerable<Row> rows, string start) => rows
        .SelectMany(row => row.Peers.Where(peer => peer.Kind == PeerKind.OtherRun && peer.Name.StartsWith(start, StringComparison.Ordinal))
            .Select(peer => row.Amount / peer.Amount));
}
