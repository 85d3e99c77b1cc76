using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Transforms;

/// <summary>Which of the nodes behind some results depend on some sources.</summary>
internal sealed class Dependence
{
    private readonly HashSet<Value> reached;

    internal Dependence(IEnumerable<Value> results, IEnumerable<Value> sources)
    {
        reached = new(sources, ReferenceEqualityComparer.Instance);
        var nodes = ImmutableArray.CreateBuilder<Node>();
        foreach (Node node in GraphOrder.Of(results, parameters: null))
        {
            if (node.Operands.Any(reached.Contains))
            {
                nodes.Add(node);
                reached.UnionWith(node.Results);
            }
        }

        Nodes = nodes.ToImmutable();
    }

    /// <summary>The nodes that depend on a source, operands before users.</summary>
    internal ImmutableArray<Node> Nodes { get; }

    /// <summary>Whether a value is a source or depends on one.</summary>
    internal bool Reaches(Value value) => reached.Contains(value);
}
