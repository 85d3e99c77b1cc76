using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Lowers a graph of small values, with the loops and branches in it, to one program with one phase of one tile.</summary>
/// <remarks>
/// A tensor of few elements lives in registers; a larger one is computed where it is read, or lies in working memory once it is read often.
/// What a loop carries is updated in place where the step allows it.
/// </remarks>
internal sealed partial class RegionLowering
{
    private readonly LoopBuilder builder;
    private readonly Workspace workspace;

    private RegionLowering(string name)
    {
        builder = new(name) { MostValues = LoopBuilder.Long };
        workspace = new(builder);
    }

    /// <summary>The program of a graph all of whose nodes <see cref="Lowerable"/> takes.</summary>
    internal static LoopProgram Lower(Graph graph, string name) =>
        (LaneMap.Of(graph) is { } lanes ? InTiles(graph, lanes, name) : null) ?? InOne(graph, name);

    private static LoopProgram InOne(Graph graph, string name)
    {
        var lowering = new RegionLowering(name);
        var buffers = RegionBuffers.Of(graph, lowering.builder);
        lowering.builder.Phase(1, _ => lowering.Whole(graph, buffers));
        return lowering.builder.Build();
    }

    /// <summary>The program of a map over lanes: a tile for some lanes. Null where lanes keep stacks, which tiles would share.</summary>
    private static LoopProgram? InTiles(Graph graph, LaneMap lanes, string name)
    {
        var lowering = new RegionLowering(name);
        var buffers = RegionBuffers.Of(graph, lowering.builder);
        lowering.builder.Phase(lanes.Tiles, tile => lowering.Tile(graph, buffers, lanes, tile));
        LoopProgram program = lowering.builder.Build();
        return program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.Stack) ? null : program;
    }

    private void Tile(Graph graph, RegionBuffers buffers, LaneMap lanes, LoopValue tile)
    {
        Frame frame = Begin(graph, buffers);
        LoopValue first = builder.Multiply(tile, builder.Index(lanes.InTile));
        LoopValue count = builder.Minimum(builder.Index(lanes.InTile), builder.Index(lanes.Scan.Length) - first);
        foreach (Node node in graph.Nodes)
        {
            if (ReferenceEquals(node, lanes.Node))
            {
                Scanned(frame, node, lanes.Scan, first, count);
            }
            else
            {
                Lower(frame, node);
            }
        }
    }

    /// <summary>The frame of the whole graph, its parameters bound to buffers, and its results to be put into theirs.</summary>
    private Frame Begin(Graph graph, RegionBuffers buffers)
    {
        var frame = new Frame(graph, workspace);
        for (int i = 0; i < graph.Results.Length; i++)
        {
            if (buffers.Results[i].Kind == LoopBufferKind.Output)
            {
                frame.Targets.TryAdd(graph.Results[i], buffers.Results[i]);
            }
        }

        Bind(frame, [.. graph.Parameters.Select((parameter, i) => Argument(parameter.Tensor, buffers.Parameters[i]))]);
        return frame;
    }

    private void Whole(Graph graph, RegionBuffers buffers)
    {
        LoopValue start = builder.Index(0);
        ImmutableArray<Local> results = Finish(Begin(graph, buffers));
        TensorLocal?[] missing = [.. results.Select((result, i) =>
            result is Stored stored && stored.IsAt(buffers.Results[i], start) ? null : Apart((TensorLocal)result))];
        for (int i = 0; i < missing.Length; i++)
        {
            if (missing[i] is { } result)
            {
                Copying.Write(builder, result, buffers.Results[i], start);
            }
        }
    }

    /// <summary>A result that does not read memory in which another is still to be written.</summary>
    private TensorLocal Apart(TensorLocal result) =>
        result.Reads.Any(buffer => buffer.Kind == LoopBufferKind.InOut) ? workspace.Materialise(result) : result;

    /// <summary>A parameter of the region: what is small is loaded once.</summary>
    private TensorLocal Argument(TensorType type, LoopBuffer buffer)
    {
        var stored = new Stored(type, buffer, builder.Index(0));
        return Sizes.InRegisters(type) ? workspace.Load(stored) : stored;
    }

    /// <summary>The results of a body for arguments. Each is held once for the caller.</summary>
    private ImmutableArray<Local> Run(Graph graph, ImmutableArray<Local> arguments)
    {
        var frame = new Frame(graph, workspace);
        Bind(frame, arguments);
        return Finish(frame);
    }

    private static void Bind(Frame frame, ImmutableArray<Local> arguments)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            frame.Bind(frame.Graph.Parameters[i], arguments[i]);
        }
    }

    private ImmutableArray<Local> Finish(Frame frame)
    {
        foreach (Node node in Schedule.Of(frame.Graph))
        {
            Lower(frame, node);
        }

        ImmutableArray<Local> results = [.. frame.Graph.Results.Select(result => frame[result])];
        foreach (Local result in results)
        {
            workspace.Hold(result);
        }

        foreach (Value result in frame.Graph.Results)
        {
            frame.Use(result);
        }

        return results;
    }

    /// <summary>Lowers a node and gives up its operands; a node with bodies does so itself, and its results come held.</summary>
    private void Lower(Frame frame, Node node)
    {
        ImmutableArray<Local> results = node.Primitive switch
        {
            BodyPrimitive => Control(frame, node),
            StackIndexed or StackEmpty or StackAdd => StackOperation(frame, node),
            DynamicWrite => [PartWritten(frame, node)],
            Scatter scatter => [ScatterInto(frame, node, scatter)],
            _ => Plain(frame, node),
        };
        for (int i = 0; i < results.Length; i++)
        {
            frame.Bind(node.Results[i], results[i]);
        }

        if (node.Primitive is not BodyPrimitive)
        {
            GiveUp(frame, node);
            return;
        }

        foreach (Local result in results)
        {
            workspace.Release(result);
        }
    }

    /// <summary>The uses of a node's operands by it are over.</summary>
    private static void GiveUp(Frame frame, Node node)
    {
        foreach (Value operand in node.Operands)
        {
            frame.Use(operand);
        }
    }

    private ImmutableArray<Local> Plain(Frame frame, Node node) => node.Primitive switch
    {
        Check check => [Checked(frame, node, check)],
        Cumulative => [Running(frame, node)],
        Sort sort => Sorted(frame, node, sort),
        TopK top => Largest(frame, node, top),
        Cholesky => [Root(frame, node)],
        TriangularSolve solve => [Substituted(frame, node, solve)],
        Lu => Eliminated(frame, node),
        ArgExtremum => [Extremum(frame, node)],
        DotGeneral when Product(frame, node) is { } product => [product],
        _ => [Element(frame, node)],
    };
}
