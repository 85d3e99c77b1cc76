using Adjoint.Ir;

namespace Adjoint.Compile;

/// <summary>Who reads what in one graph.</summary>
internal static class Uses
{
    /// <summary>The values that are read more than once, or are results.</summary>
    internal static HashSet<Value> Shared(Graph graph)
    {
        var once = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var shared = new HashSet<Value>(graph.Results, ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                if (!once.Add(operand))
                {
                    shared.Add(operand);
                }
            }
        }

        return shared;
    }
}
