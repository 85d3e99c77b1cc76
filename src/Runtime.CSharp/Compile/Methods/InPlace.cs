using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Follows a result of a body back through updates in place.</summary>
internal static class InPlace
{
    /// <summary>The parameter that a result is an update of, or −1: nodes on the way change parts of it.</summary>
    internal static int Source(Graph graph, int result)
    {
        Value value = graph.Results[result];
        while (value.Producer is { } node && Updated(node, value) is { } before)
        {
            value = before;
        }

        return graph.Parameters.IndexOf(value);
    }

    private static Value? Updated(Node node, Value value)
    {
        int place = node.Results.IndexOf(value);
        switch (node.Primitive)
        {
            case DynamicWrite or Scatter or StackIndexed or StackAdd or Reshape or StopGradient:
                return node.Operands[0];
            case Check:
                return node.Operands[1];
            case BranchPrimitive branch:
                int source = Lowerable.Branches(branch).Select(graph => Source(graph, place)).Max();
                return source < 0 ? null : node.Operands[1 + source];
            case Scan scan:
                return Carried(node, scan.Step.Graph, place, place < scan.Carries ? scan.Constants : -1);
            case Repeat repeat:
                return Carried(node, repeat.Step.Graph, place, 1 + repeat.Constants);
            case While loop:
                return Carried(node, loop.Step.Graph, place, loop.Constants);
            default:
                int inner = Lowerable.Inner(node.Primitive) is { } body ? Source(body, place) : -1;
                return inner < 0 ? null : node.Operands[inner];
        }
    }

    private static Value? Carried(Node node, Graph step, int place, int first) =>
        first >= 0 && Source(step, place) == first + place ? node.Operands[first + place] : null;
}
