using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>A function in f64 at a point, and its transforms there.</summary>
internal sealed class Point
{
    internal Point(Subject subject)
    {
        Graph = Widening.Apply(subject.Graph);
        At = [.. subject.Values.Select(Widening.Apply)];
        Active = subject.Active;
        Given = new(Graph.Results.Select(result => result.Type.HasTangent));
    }

    internal Graph Graph { get; }

    internal HostValue[] At { get; }

    /// <summary>The parameters that are arguments with tangents.</summary>
    internal ParameterMask Active { get; }

    /// <summary>The results that have tangents.</summary>
    internal ParameterMask Given { get; }

    /// <summary>Tangents for the active parameters.</summary>
    internal NDArray[] Directions(Random random) => [.. Active.Choose(At).Select(value => Numbers.Direction(value, random))];

    /// <summary>Cotangents for the results.</summary>
    internal NDArray[] Cotangents(Random random) =>
        [.. Given.Choose(Graph.ResultTypes).Select(type => Numbers.Cotangent((TensorType)type, random))];

    /// <summary>The arguments, moved.</summary>
    internal HostValue[] Moved(NDArray[] direction, double step)
    {
        NDArray?[] moves = Active.Spread(direction);
        return [.. At.Select((value, i) => Numbers.Move(value, step, moves[i]))];
    }

    /// <summary>The results that have tangents, at a step along a direction.</summary>
    internal IEnumerable<NDArray> Results(NDArray[] direction, double step) =>
        Given.Choose(Runner.Run(Graph, Moved(direction, step))).Cast<NDArray>();

    /// <summary>(x, dx) → (y, dy of all results that have tangents).</summary>
    internal Graph Pushed() => Forward.Apply(Graph, Active, Given).Graph;

    /// <summary>(x, ȳ) → (y, x̄).</summary>
    internal Graph Pulled() => Backward.Apply(Graph, Active).Graph;

    /// <summary>The tangents of the results.</summary>
    internal NDArray[] Push(NDArray[] tangents) => Rest(Pushed(), tangents);

    /// <summary>The cotangents of the active parameters.</summary>
    internal NDArray[] Pull(NDArray[] cotangents) => Rest(Pulled(), cotangents);

    private NDArray[] Rest(Graph graph, NDArray[] more) =>
        [.. Runner.Run(graph, [.. At, .. more]).Skip(Graph.Results.Length).Cast<NDArray>()];
}
