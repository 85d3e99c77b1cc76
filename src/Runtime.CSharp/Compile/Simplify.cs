using System.Collections.Immutable;
using Adjoint.Compile.Rules;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Leaves out nodes that change nothing, computes what literals decide, and joins layouts in a row. Every rule keeps each bit of each number.</summary>
/// <remarks>
/// The rules stand in families, each its own file; the first that fits is taken, until none does. What a rule leaves unread goes by
/// itself. Rules of a value look at its producers alone, so the pass takes linear time.
/// </remarks>
public static class Simplify
{
    /// <summary>The graph, in bodies too, without such nodes.</summary>
    public static Graph Apply(Graph graph)
    {
        // What an opened body brings stands beside other nodes than before, and other values may now be read once.
        bool opened;
        do
        {
            opened = false;
            graph = new Rewriter(inside => Rule(inside, () => opened = true)).Apply(graph);
        }
        while (opened);

        return graph;
    }

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph graph, Action open)
    {
        HashSet<Value> shared = Uses.Shared(graph);
        return (node, original) =>
        {
            if (Branches.Of(node) is { } results)
            {
                open();
                return results;
            }

            bool Alone(int operand) => !shared.Contains(original.Operands[operand]) && !shared.Contains(node.Operands[operand]);
            Value? simpler = Simpler(node) ?? Signs.Of(node, Alone) ?? Products.OfSwapped(node, Alone) ?? Products.OfVectors(node, Alone);
            return simpler is null ? node.Results : [Whole(simpler)];
        };
    }

    /// <summary>A value that a rule has made, made simpler itself.</summary>
    internal static Value Whole(Value value)
    {
        while (value.Producer is { } node && Simpler(node) is { } simpler)
        {
            value = simpler;
        }

        return value;
    }

    private static Value? Simpler(Node node) => node.Results.Length != 1
        ? null
        : Literals.Of(node) ?? Algebra.Of(node) ?? Layouts.Of(node) ?? Repetitions.Of(node) ?? Parts.Of(node) ?? Paddings.Of(node) ?? Products.Of(node);

    /// <summary>The node before a node of one operand, where it is of this primitive.</summary>
    internal static Node? Before<T>(Node node, int operand = 0)
        where T : Primitive => node.Operands[operand].Producer is { Primitive: T } before ? before : null;
}
