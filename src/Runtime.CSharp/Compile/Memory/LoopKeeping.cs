using System.Collections.Immutable;
using System.Globalization;

namespace Adjoint.Compile.Memory;

/// <summary>How a loop keeps what the loop that runs back over it reads.</summary>
internal abstract record LoopKeeping
{
    /// <summary>About how many bytes it keeps.</summary>
    internal abstract double Bytes(LoopPair pair);

    /// <summary>About how many operations it adds.</summary>
    internal abstract double Operations(LoopPair pair);
}

/// <summary>Everything of every step.</summary>
internal sealed record KeepWhole : LoopKeeping
{
    /// <summary>The only one.</summary>
    internal static readonly KeepWhole Instance = new();

    /// <inheritdoc/>
    internal override double Bytes(LoopPair pair) => (double)(pair.Length ?? 0) * pair.KeptBytes;

    /// <inheritdoc/>
    internal override double Operations(LoopPair pair) => 0;

    /// <inheritdoc/>
    public override string ToString() => "whole";
}

/// <summary>The carry at the begin of each of some segments, which run again, in segments of segments where there are several sizes.</summary>
/// <remarks>The last steps that run, which the other loop needs first, are kept whole.</remarks>
/// <param name="Sizes">The steps of the innermost segment; how many of these make one of the next; and so on.</param>
/// <param name="Whole">How many steps at the end are kept whole.</param>
internal sealed record KeepSegments(ImmutableArray<int> Sizes, int Whole) : LoopKeeping
{
    /// <summary>How many steps run in segments.</summary>
    internal int Head => Sizes.Aggregate(1, (product, size) => product * size);

    /// <inheritdoc/>
    internal override double Bytes(LoopPair pair)
    {
        double bytes = ((double)Whole + Sizes[0]) * pair.KeptBytes;
        double inside = 1;
        for (int i = 0; i < Sizes.Length; i++)
        {
            bytes += i > 0 ? (double)Sizes[i] * pair.CarryBytes : 0;
            inside *= Sizes[i];
            bytes += i < Sizes.Length - 1 ? inside * pair.SliceBytes : 0;
        }

        return bytes + (Whole > 0 ? (double)pair.Length!.Value * pair.StackedBytes : 0);
    }

    /// <inheritdoc/>
    internal override double Operations(LoopPair pair) => (double)Head * (Sizes.Length - 1) * pair.StepOperations;

    /// <inheritdoc/>
    public override string ToString()
    {
        string segments = string.Join(" of ", Enumerable.Reverse(Sizes).Select((size, i) =>
            string.Create(CultureInfo.InvariantCulture, $"{size} {(i == Sizes.Length - 1 ? "steps" : "segments")}")));
        return string.Create(CultureInfo.InvariantCulture, $"{segments}, each run again from the state at its begin, and the last {Whole} steps whole");
    }
}

/// <summary>The carry of some steps in as many places as are given, however many steps there are.</summary>
/// <remarks>
/// While the loop runs, the states of every d-th step are kept, and where the places are full every other one is dropped and d doubled. The loop
/// that runs back has further places for states between two of these; how far apart it keeps them is best for as many as are free (Griewank and
/// Walther, "Algorithm 799: revolve", ACM TOMS 26, 2000; thinning out while running: Stumm and Walther, SIAM J. Sci. Comput. 32, 2010).
/// </remarks>
/// <param name="Bits">The places while the loop runs are a power of two: of this exponent.</param>
/// <param name="Walk">The further places of the loop that runs back.</param>
internal sealed record KeepPlaces(int Bits, int Walk) : LoopKeeping
{
    /// <summary>The places while the loop runs.</summary>
    internal int Places => 1 << Bits;

    /// <summary>All places, and one each way for states that are not kept.</summary>
    private int Rows => Places + Walk + 2;

    /// <inheritdoc/>
    internal override double Bytes(LoopPair pair) => (double)Rows * pair.CarryBytes;

    /// <inheritdoc/>
    internal override double Operations(LoopPair pair) => 2 * (pair.Length ?? 1) * pair.StepOperations;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"states at {Places} places and {Walk} more on the way back");
}
