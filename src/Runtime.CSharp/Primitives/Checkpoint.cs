using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a body, and in reverse mode runs it again rather than keep its residuals: x → f(x).</summary>
/// <remarks>Derivative: the body's. The linear part keeps the operands alone (Griewank and Walther 2008, ch. 12).</remarks>
/// <param name="Body">f.</param>
public sealed partial record Checkpoint(Body Body) : CallPrimitive
{
    /// <inheritdoc/>
    public override string Name => "checkpoint";

    private protected override Body Inner => Body;

    /// <summary>A checkpointed random program.</summary>
    public static Sample Draw(SampleSource source)
    {
        Sample call = Call.Draw(source);
        return call with { Primitive = new Checkpoint(((Call)call.Primitive).Body) };
    }

    /// <inheritdoc/>
    public override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        ParameterMask active = ParameterMask.Present(tangents);
        int count = node.Results.Length;
        LinearizedBody split = context.Linearize(Body.Graph, active, ParameterMask.None(count));
        Value[] directions = [.. active.Choose(node.Operands).Select(x => Value.Parameter(x.Type))];
        ImmutableArray<Value> primals = Substitution.Inline(split.Primal, Body.Graph.Parameters);
        ImmutableArray<Value> slopes = Substitution.Inline(
            split.Linear, BodyRules.LinearArguments(split, Body.Graph.Parameters, primals.Skip(count), directions));
        ParameterMask read = Read(new Graph([.. Body.Graph.Parameters, .. directions], slopes));
        Node linear = Node.Make(
            new Checkpoint(new Graph([.. read.Choose(Body.Graph.Parameters), .. directions], slopes)),
            [.. read.Choose(node.Operands), .. tangents.OfType<Value>()]);
        return new(node.Results, split.Tangents.Spread(linear.Results));
    }

    /// <inheritdoc/>
    protected override Primitive With(Graph body) => new Checkpoint(body);

    /// <summary>The parameters that a graph reads: no other has to be kept.</summary>
    private static ParameterMask Read(Graph graph)
    {
        var read = new HashSet<Value>(graph.Nodes.SelectMany(node => node.Operands).Concat(graph.Results), ReferenceEqualityComparer.Instance);
        return new(graph.Parameters.Select(read.Contains));
    }
}
