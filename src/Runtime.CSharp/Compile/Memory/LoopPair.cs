using System.Collections.Immutable;
using Adjoint.Compile.Residuals;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>A loop that remembers values of its steps, and the loops that read them step by step.</summary>
internal sealed class LoopPair
{
    private LoopPair(ForwardLoop loop, ImmutableArray<int> asked, ImmutableArray<Node> readers)
    {
        Loop = loop;
        Asked = asked;
        Readers = readers;
        Region region = loop.Region;
        KeptBytes = asked.Sum(result => BytesOf(loop.Remembered(result)!.Type));
        CarryBytes = Carried.Sum(carry => BytesOf(loop.Node.Results[carry].Type));
        SliceBytes = loop.IsScan ? Slices(loop.Node, region.FirstSlice) + readers.Sum(reader => Slices(reader, Region.Of(reader.Primitive)!.FirstSlice)) : 0;
        StackedBytes = loop.IsScan ? Stacked(loop.Node, region.Carries, asked) + readers.Sum(reader => Stacked(reader, Region.Of(reader.Primitive)!.Carries, [])) : 0;
        StepOperations = Math.Max(1, BodyCost.Of(loop.Step).Operations);
    }

    /// <summary>The loop.</summary>
    internal ForwardLoop Loop { get; }

    /// <summary>The results that remember, for the readers alone.</summary>
    internal ImmutableArray<int> Asked { get; }

    /// <summary>The loops that read them.</summary>
    internal ImmutableArray<Node> Readers { get; }

    /// <summary>The carries that are not among those.</summary>
    internal IEnumerable<int> Carried => Enumerable.Range(0, Loop.Region.Carries).Where(i => !Asked.Contains(i));

    /// <summary>The number of steps, where it is known.</summary>
    internal long? Length => Loop.Node.Primitive switch
    {
        Scan scan => scan.Length,
        Repeat when Uniform.Of(Loop.Node.Operands[0]) is { } count => Math.Max(count.AsLong, 0),
        _ => null,
    };

    /// <summary>The bytes that a step remembers.</summary>
    internal long KeptBytes { get; }

    /// <summary>The bytes of the carry.</summary>
    internal long CarryBytes { get; }

    /// <summary>The bytes of what the loops read of a step.</summary>
    internal long SliceBytes { get; }

    /// <summary>The bytes of what the loops give for a step besides.</summary>
    internal long StackedBytes { get; }

    /// <summary>The operations of a step.</summary>
    internal double StepOperations { get; }

    /// <summary>The pairs of a graph, in its order; a loop stands in one of them.</summary>
    internal static ImmutableArray<LoopPair> Of(Graph graph, Effects effects)
    {
        var pairs = ImmutableArray.CreateBuilder<LoopPair>();
        if (!graph.Nodes.Any(node => node.Primitive is Scan or Repeat or While))
        {
            return [];
        }

        var reading = new Reading(graph);
        var taken = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            if (node.Primitive is Scan or Repeat or While && !taken.Contains(node) && effects.IsSilent(node)
                && Find(new(node, Region.Of(node.Primitive)!), reading) is { } pair && !pair.Readers.Any(taken.Contains))
            {
                pairs.Add(pair);
                taken.UnionWith(pair.Readers);
                taken.Add(node);
            }
        }

        return pairs.DrainToImmutable();
    }

    /// <summary>The bytes of a tensor; none for a stack, which says nothing of its length.</summary>
    internal static long BytesOf(ValueType type) => type is TensorType tensor ? (long)tensor.Shape.Size * tensor.DType.Size() : 0;

    private static LoopPair? Find(ForwardLoop loop, Reading reading)
    {
        var asked = ImmutableArray.CreateBuilder<int>();
        var readers = new List<Node>();
        for (int i = 0; i < loop.Node.Results.Length; i++)
        {
            if (loop.Remembered(i) is { Type: TensorType } && reading.StepwiseReaders(loop, i) is { } found
                && found.All(reader => loop.IsScan || RunsBack(loop, reader.Node)) && (loop.IsScan || IsOnlyPut(loop, i)))
            {
                asked.Add(i);
                readers.AddRange(found.Select(reader => reader.Node).Where(reader => !readers.Contains(reader)));
            }
        }

        var pair = new LoopPair(loop, asked.DrainToImmutable(), [.. readers]);
        bool fits = pair.Asked.Length > 0 && pair.Carried.All(carry => loop.Node.Results[carry].Type is TensorType)
            && (pair.Length is null or > 3);
        return fits ? pair : null;
    }

    private static bool RunsBack(ForwardLoop loop, Node reader) =>
        ((Repeat)reader.Primitive).Reverse != (loop.Node.Primitive is Repeat { Reverse: true });

    /// <summary>Whether a step does nothing with a stack but put its entry, and the condition does not read it.</summary>
    private static bool IsOnlyPut(ForwardLoop loop, int carry)
    {
        int place = loop.Region.FirstCarry + carry;
        Value stack = loop.Step.Parameters[place];
        return loop.Step.Nodes.Count(node => node.Operands.Contains(stack)) == 1
            && loop.Step.Results.Count(result => result == loop.Step.Results[carry] || result == stack) == 1
            && !loop.Step.Nodes.Any(node => node.Operands.Contains(loop.Step.Results[carry]))
            && loop.Region.Bodies[1..].All(body => !body.Graph.Nodes.Any(node => node.Operands.Contains(body.Graph.Parameters[place])));
    }

    private long Slices(Node scan, int first) => scan.Operands.Skip(first)
        .Where(x => x.Producer != Loop.Node || !Asked.Contains(x.Index)).Sum(x => BytesOf(x.Type) / x.Tensor.Shape[0].Value);

    private static long Stacked(Node scan, int carries, ImmutableArray<int> without) => scan.Results
        .Where((_, i) => i >= carries && !without.Contains(i)).Sum(y => BytesOf(y.Type) / y.Tensor.Shape[0].Value);
}
