using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>A function at a point, traced so that every node knows the line that it was written on.</summary>
/// <remarks>
/// Each node of the graph, and of the bodies in it, has an <see cref="Origin"/> object of its own. Transforms hand origins on by
/// reference, so the node that a derivative's node belongs to is found by the origin that they share.
/// </remarks>
internal sealed class Subject
{
    private readonly Dictionary<Origin, Node> homes = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Body, Body> bodies = new(ReferenceEqualityComparer.Instance);

    private readonly Func<Expr[], Expr[]> function;

    private Subject(Func<Expr[], Expr[]> function, Traced traced, HostValue[] values, int own, IReadOnlyList<string>? paths)
    {
        this.function = function;
        Values = values;
        Own = own;
        Paths = paths;
        Graph = Labelled(traced.Close());
    }

    /// <summary>(arguments, what is used from outside) → results.</summary>
    internal Graph Graph { get; }

    /// <summary>The values of the graph's parameters.</summary>
    internal IReadOnlyList<HostValue> Values { get; }

    /// <summary>How many parameters are arguments; the others stand for what is used from outside.</summary>
    internal int Own { get; }

    /// <summary>What the arguments are called.</summary>
    internal IReadOnlyList<string>? Paths { get; }

    /// <summary>The arguments that have tangents.</summary>
    internal ParameterMask Active => new(Graph.Parameters.Select((value, i) => i < Own && value.Type.HasTangent));

    /// <summary>Traces a function at concrete arguments.</summary>
    /// <exception cref="TraceException">An argument has no value here.</exception>
    internal static Subject Of(string operation, Func<Expr[], Expr[]> f, Expr[] x, IReadOnlyList<string>? paths)
    {
        Traced traced = FrameStack.WithLines(() => Traced.Over(operation, x, f, paths));
        return new(f, traced, Observer.Observe([.. x, .. traced.Captured]), x.Length, paths);
    }

    /// <summary>Calls the function itself at other values of its parameters.</summary>
    internal HostValue[] Call(IReadOnlyList<HostValue> values) => Observer.Observe(function([.. values.Take(Own).Select(Expr.OfHost)]));

    /// <summary>Calls the function under vmap: the arguments that have tangents have lanes, and every result gets them.</summary>
    internal HostValue[] CallLanes(HostValue[] values, int lanes) => Observer.Observe(Differential.VmapAt(
        function,
        [.. values.Select(Expr.OfHost)],
        [.. values.Select((_, i) => Active[i] ? (int?)0 : null)],
        [.. Graph.Results.Select(_ => (int?)0)],
        lanes));

    /// <summary>The node of the graph, or of a body in it, that an origin is of; null where it comes from elsewhere.</summary>
    internal Node? HomeOf(Origin origin) => homes.GetValueOrDefault(origin);

    /// <summary>The graph with numbers for what is used from outside and is one number.</summary>
    internal Graph WithNumbers() => new(
        Graph.Parameters,
        Substitution.Inline(Graph, [.. Graph.Parameters.Select((value, i) =>
            i >= Own && Values[i] is NDArray { Shape.Rank: 0 } number ? Ops.Constant(number.At(0)) : value)]));

    /// <summary>How a parameter is called.</summary>
    internal string NameOf(int parameter) => Own == 1 && parameter == 0 && Paths?[0] is null or ""
        ? "the argument"
        : parameter < Own ? LeafPath.Of(Paths, parameter)
        : $"a value of {Graph.Parameters[parameter].Type} that the function uses from outside";

    /// <summary>Values and cotangents: (parameters, cotangents of the results that have tangents) → (results, cotangents of active arguments).</summary>
    internal Graph Backward() => Transforms.Backward.Apply(Graph, Active).Graph;

    /// <summary>Ones for the cotangents that <see cref="Backward"/> takes: the derivative of the sum of all results.</summary>
    internal IEnumerable<HostValue> Seeds() => Graph.ResultTypes.OfType<TensorType>().Where(type => type.HasTangent)
        .Select(type => NDArray.Full(type.Shape, Scalar.One(type.DType)));

    private Graph Labelled(Graph graph)
    {
        var substitution = new Substitution();
        foreach (Node node in graph.Nodes)
        {
            Origin origin = node.Origin with { };
            Node renewed = Node.Make(node.Primitive.MapBodies(Labelled), substitution.Of(node.Operands), origin);
            homes.Add(origin, renewed);
            for (int i = 0; i < node.Results.Length; i++)
            {
                substitution[node.Results[i]] = renewed.Results[i];
            }
        }

        return new(graph.Parameters, substitution.Of(graph.Results));
    }

    private Body Labelled(Body body)
    {
        if (!bodies.TryGetValue(body, out Body? labelled))
        {
            labelled = Labelled(body.Graph);
            bodies.Add(body, labelled);
        }

        return labelled;
    }
}
