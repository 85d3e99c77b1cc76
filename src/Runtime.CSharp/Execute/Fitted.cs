using System.Collections.Immutable;
using System.Globalization;
using Adjoint.Compile.Memory;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>A graph made to run in few bytes.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="Orders">The orders of nodes that were chosen.</param>
/// <param name="Bytes">The most bytes that a run works in.</param>
/// <param name="Keeping">How loops keep what they remember.</param>
/// <param name="Pairs">These loops.</param>
/// <param name="Repeated">How many nodes run again.</param>
internal sealed record Fitted(
    Graph Graph,
    IReadOnlyDictionary<Graph, ImmutableArray<Node>> Orders,
    long Bytes,
    ImmutableArray<LoopKeeping> Keeping,
    ImmutableArray<LoopPair> Pairs,
    int Repeated)
{
    /// <summary>What the last try took.</summary>
    internal long Last { get; init; }

    /// <summary>What was done, for a reader: a line for each loop, and one for values that are computed again.</summary>
    internal IEnumerable<string> Describe()
    {
        for (int i = 0; i < Pairs.Length; i++)
        {
            Node loop = Pairs[i].Loop.Node;
            string length = Pairs[i].Length is { } steps ? string.Create(CultureInfo.InvariantCulture, $" of {steps} steps") : "";
            yield return $"keeps of {loop.Primitive.Name}{length}{In(loop)}: {Keeping[i]}";
        }

        if (Repeated > 0)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"computes {Repeated} nodes again instead of keeping their results");
        }
    }

    private static string In(Node loop) => loop.Origin.ToString() is { Length: > 0 } place ? $" in {place}" : "";
}
