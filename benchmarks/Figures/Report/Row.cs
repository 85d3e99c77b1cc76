namespace Figures.Report;

/// <summary>What a time is compared with.</summary>
internal enum PeerKind
{
    /// <summary>The same formulas, compiled from C++.</summary>
    Compiler,

    /// <summary>What an expert writes by hand for this machine.</summary>
    Hand,

    /// <summary>What the machine's bandwidth or arithmetic allows.</summary>
    Limit,

    /// <summary>Another library.</summary>
    Library,

    /// <summary>A number of nanoseconds, bytes or the like that is to be kept.</summary>
    Bound,

    /// <summary>A figure of another run, for orientation.</summary>
    OtherRun,
}

/// <summary>A counterpart and what it took, in the unit of the row.</summary>
internal sealed record Peer(string Name, PeerKind Kind, double Amount);

/// <summary>At most so many times the best counterpart of a kind.</summary>
internal sealed record Goal(PeerKind Kind, double Ratio);

/// <summary>What amounts are.</summary>
internal enum Unit
{
    /// <summary>Nanoseconds.</summary>
    Time,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>A plain number.</summary>
    Number,
}

/// <summary>One figure: what Adjoint took, and what it is compared with.</summary>
internal sealed record Row(string Name, int Threads, Unit Unit, double Amount, IReadOnlyList<Peer> Peers, IReadOnlyList<Goal> Goals)
{
    /// <summary>Why there is no figure, if there is none.</summary>
    public string? Failure { get; init; }

    /// <summary>A row without a figure.</summary>
    public static Row Failed(string name, int threads, string reason) =>
        new(name, threads, Unit.Time, double.NaN, [], []) { Failure = reason };

    /// <summary>Ours over the best of a kind, where there is one.</summary>
    public double? Ratio(PeerKind kind)
    {
        double best = Peers.Where(peer => peer.Kind == kind).Select(peer => peer.Amount).DefaultIfEmpty(double.NaN).Min();
        return double.IsNaN(best) || Failure is not null ? null : Amount / best;
    }

    /// <summary>
    /// Whether all goals that can be judged are met. A goal of a limit is enough by itself: what runs at the machine's
    /// bandwidth can't be faster. Null if there is nothing to judge by.
    /// </summary>
    public bool? Meets()
    {
        var judged = Goals.Where(goal => Ratio(goal.Kind) is not null).ToLookup(goal => goal.Kind == PeerKind.Limit, Holds);
        bool atLimit = judged[true].Any() && judged[true].All(holds => holds);
        return judged.Count == 0 ? null : atLimit || (judged[false].Any() && judged[false].All(holds => holds));
    }

    private bool Holds(Goal goal) => Amount <= goal.Ratio * Peers.Where(peer => peer.Kind == goal.Kind).Min(peer => peer.Amount);
}

/// <summary>Rows that belong together, under a heading with a few words on how they were taken.</summary>
internal sealed record Table(string Title, string Note, IReadOnlyList<Row> Rows);
