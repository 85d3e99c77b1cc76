using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>Has loops keep what they remember for the loops that run back over them as they are told: whole, in segments, or at some places.</summary>
/// <remarks>What is not kept is computed again by the same operations on the same numbers.</remarks>
internal static class KeepLess
{
    /// <summary>The loops of a graph, bodies first, that remember for others.</summary>
    internal static ImmutableArray<LoopPair> Pairs(Graph graph)
    {
        var found = ImmutableArray.CreateBuilder<LoopPair>();
        Visit(graph, (_, pairs) =>
        {
            found.AddRange(pairs);
            return null;
        });
        return found.DrainToImmutable();
    }

    /// <summary>The graph whose loops keep as told, in the order of <see cref="Pairs"/>.</summary>
    internal static Graph Apply(Graph graph, IReadOnlyList<LoopKeeping> told)
    {
        if (told.All(keeping => keeping is KeepWhole))
        {
            return graph;
        }

        int next = 0;
        Graph changed = Visit(graph, (inner, pairs) =>
        {
            LoopKeeping[] mine = [.. pairs.Select(_ => told[next++])];
            return mine.All(keeping => keeping is KeepWhole) ? null : new Rewrite(inner, pairs, mine).Run();
        });
        return RemoveUnread.Apply(changed);
    }

    private static Graph Visit(Graph graph, Func<Graph, ImmutableArray<LoopPair>, Graph?> take)
    {
        var effects = new Effects();
        return new EachGraph(inner => take(inner, LoopPair.Of(inner, effects)) ?? inner).Apply(graph);
    }

    private sealed class Rewrite(Graph graph, ImmutableArray<LoopPair> pairs, LoopKeeping[] told)
    {
        private readonly Substitution substitution = new();
        private readonly Dictionary<Node, Func<Node, Node, ImmutableArray<Value>>> readers = new(ReferenceEqualityComparer.Instance);

        internal Graph Run()
        {
            foreach (Node node in graph.Nodes)
            {
                int place = Enumerable.Range(0, told.Length).FirstOrDefault(i => told[i] is not KeepWhole && pairs[i].Loop.Node == node, -1);
                Node now = substitution.Apply(node);
                if (place >= 0)
                {
                    Set(node, Forward(pairs[place], told[place], now));
                }
                else if (readers.TryGetValue(node, out Func<Node, Node, ImmutableArray<Value>>? reader))
                {
                    Set(node, [.. reader(node, now)]);
                }
            }

            return new(graph.Parameters, substitution.Of(graph.Results));
        }

        private Value?[] Forward(LoopPair pair, LoopKeeping keeping, Node now)
        {
            (Value?[] results, Func<Node, Node, ImmutableArray<Value>> reader) = keeping switch
            {
                KeepSegments segments => Segments(new(pair, segments, now)),
                _ => Places(new(pair, (KeepPlaces)keeping, now)),
            };
            foreach (Node other in pair.Readers)
            {
                readers.Add(other, reader);
            }

            return results;
        }

        private static (Value?[] Results, Func<Node, Node, ImmutableArray<Value>> Reader) Segments(ScanSegments segments) =>
            (segments.Forward(), segments.Backward);

        private static (Value?[] Results, Func<Node, Node, ImmutableArray<Value>> Reader) Places(LoopPlaces places) =>
            (places.Forward(), places.Backward);

        private void Set(Node node, Value?[] results)
        {
            Node.SettleOrigin(results, node.Origin);
            for (int i = 0; i < results.Length; i++)
            {
                if (results[i] is { } value)
                {
                    substitution[node.Results[i]] = value;
                }
            }
        }
    }
}
