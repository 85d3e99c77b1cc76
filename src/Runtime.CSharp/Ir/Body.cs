using System.Diagnostics;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>A graph as an attribute of a primitive: equal to another up to the names of its values.</summary>
[DebuggerDisplay("{Display,nq}")]
[DebuggerTypeProxy(typeof(GraphView))]
public sealed class Body : IEquatable<Body>
{
    private readonly Lazy<int> hash;

    /// <summary>The body last found equal to this one: nests that hold one body twice are compared once a level.</summary>
    private WeakReference<Body>? twin;

    /// <summary>The body that this graph is.</summary>
    /// <exception cref="TraceException">Bodies would be nested deeper than <see cref="GraphText.MaxDepth"/> allows.</exception>
    public Body(Graph graph)
    {
        Graph = graph;
        Depth = 1 + DepthInside(graph);
        if (Depth >= GraphText.MaxDepth)
        {
            throw new TraceException($"body: bodies are nested deeper than {GraphText.MaxDepth}. Loop over data instead?");
        }

        hash = new(() => GraphEquality.Hash(graph));
    }

    /// <summary>The graph.</summary>
    public Graph Graph { get; }

    /// <summary>How many bodies are nested here, this one included. It is bounded, so that walks into bodies may recur.</summary>
    public int Depth { get; }

    /// <summary>Types and the number of nodes in one line, for debuggers.</summary>
    internal string Display => $"body {GraphView.Line(Graph)}";

    /// <summary>A graph is a body.</summary>
    public static implicit operator Body(Graph graph) => new(graph);

    /// <summary>Same parameters' types, same nodes in the same order, same results.</summary>
    public bool Equals(Body? other)
    {
        if (other is null || ReferenceEquals(Graph, other.Graph) || IsTwin(other) || other.IsTwin(this))
        {
            return other is not null;
        }

        bool same = GetHashCode() == other.GetHashCode() && GraphEquality.Same(Graph, other.Graph);
        if (same)
        {
            twin = new(other);
        }

        return same;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Body);

    /// <inheritdoc/>
    public override int GetHashCode() => hash.Value;

    /// <inheritdoc/>
    public override string ToString() => Graph.ToString();

    private bool IsTwin(Body other) => twin is { } known && known.TryGetTarget(out Body? body) && ReferenceEquals(body, other);

    private static int DepthInside(Graph graph)
    {
        int depth = 0;
        Body Deepen(Body body)
        {
            depth = Math.Max(depth, body.Depth);
            return body;
        }

        Func<Body, Body> deepen = Deepen;
        foreach (Node node in graph.Nodes)
        {
            node.Primitive.MapBodies(deepen);
        }

        return depth;
    }
}

/// <summary>A list of bodies, equal by content.</summary>
public sealed class Bodies : ContentList<Body>
{
    /// <summary>These bodies.</summary>
    public Bodies(params Body[] items)
        : base([.. items])
    {
    }

    /// <summary>These bodies.</summary>
    public Bodies(IEnumerable<Body> items)
        : base([.. items])
    {
    }

    /// <summary>Each body replaced; this list itself where nothing changes.</summary>
    public Bodies Map(Func<Body, Body> map)
    {
        Body[] mapped = [.. Items.Select(map)];
        return mapped.Zip(Items).All(pair => ReferenceEquals(pair.First, pair.Second)) ? this : new(mapped);
    }
}
