using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Which nodes a region can hold.</summary>
internal static class Lowerable
{
    /// <summary>The longest line that is sorted by counting.</summary>
    private const int LongestSort = 128;

    /// <summary>Whether a node, with all bodies inside it, can be lowered.</summary>
    internal static bool Takes(Node node) =>
        node.Operands.All(operand => IsKept(operand.Type)) && node.Results.All(result => IsKept(result.Type)) && node.Primitive switch
        {
            StackIndexed or StackEmpty or StackAdd or DynamicWrite or Check => true,
            BodyPrimitive body => Bodies(body) is { } graphs && graphs.All(Takes),
            Scatter or CumSum or CumProd or CumMax or CumMin or ArgMax or ArgMin => true,
            Sort sort => node.Operands[0].Tensor.Shape[sort.Axis].Value <= LongestSort,
            TopK => node.Operands[0].Tensor.Shape[^1].Value <= LongestSort,
            Cholesky or TriangularSolve or Lu => RegionLowering.TakesFactor(node),
            _ => node.Results.Length == 1 && Rules.Of(node) is not null,
        };

    /// <summary>Whether all nodes of a graph can be lowered.</summary>
    internal static bool Takes(Graph graph) => graph.Parameters.All(parameter => IsKept(parameter.Type)) && graph.Nodes.All(Takes);

    /// <summary>The body that a primitive simply runs on its operands, or null.</summary>
    internal static Graph? Inner(Primitive primitive) => primitive switch
    {
        Call call => call.Body.Graph,
        Checkpoint checkpoint => checkpoint.Body.Graph,
        Fused fused => fused.Body.Graph,
        CustomFunction function => function.Primal.Graph,
        CustomLinearSolve solve => solve.Solve.Graph,
        CustomRoot root => root.Solve.Graph,
        CustomPullback { Pushforward.Count: 1 } pullback => pullback.Pushforward[0].Graph,
        _ => null,
    };

    /// <summary>The bodies of a branch, by the number that chooses them.</summary>
    internal static ImmutableArray<Graph> Branches(BranchPrimitive branch) => branch switch
    {
        Cond cond => [cond.Else.Graph, cond.Then.Graph],
        _ => [.. ((Switch)branch).Branches.Select(body => body.Graph)],
    };

    /// <summary>The bodies that run, or null where it is not known which.</summary>
    internal static ImmutableArray<Graph>? Bodies(BodyPrimitive primitive) => primitive switch
    {
        BranchPrimitive branch => Branches(branch),
        While loop => [loop.Condition.Graph, loop.Step.Graph],
        Repeat repeat => [repeat.Step.Graph],
        Scan scan => [scan.Step.Graph],
        _ => Inner(primitive) is { } inner ? [inner] : null,
    };

    /// <summary>Whether values of a type can be kept: stacks to a depth of two.</summary>
    private static bool IsKept(ValueType type) => type switch
    {
        TensorType tensor => LoopTypes.IsStored(tensor.DType),
        StackType { Element: StackType { Element: StackType } } => false,
        StackType stack => IsKept(stack.Element),
        _ => false,
    };
}
