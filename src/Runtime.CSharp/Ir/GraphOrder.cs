using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Orders the nodes behind some results, operands first, with a stack of its own: a chain may be a million deep.</summary>
/// <remarks>Where the parameters are given, no other may be met.</remarks>
internal static class GraphOrder
{
    internal static ImmutableArray<Node> Of(IEnumerable<Value> results, HashSet<Value>? parameters)
    {
        var ordered = ImmutableArray.CreateBuilder<Node>();
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var pending = new Stack<(Node Node, int Next)>();
        foreach (Value result in results)
        {
            Enter(result);
            while (pending.TryPop(out (Node Node, int Next) top))
            {
                if (top.Next == top.Node.Operands.Length)
                {
                    ordered.Add(top.Node);
                    continue;
                }

                pending.Push((top.Node, top.Next + 1));
                Enter(top.Node.Operands[top.Next]);
            }
        }

        return ordered.DrainToImmutable();

        void Enter(Value value)
        {
            if (value.Producer is { } node)
            {
                if (seen.Add(node))
                {
                    pending.Push((node, 0));
                }
            }
            else if (parameters?.Contains(value) == false)
            {
                throw new TraceException($"graph: a result depends on {value}, which is not among the parameters.");
            }
        }
    }
}
