using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Leaves out nodes that change nothing and joins layouts in a row. Every rule keeps each bit of each number.</summary>
/// <remarks>x + 0 stays, since −0 + 0 is 0; x + −0 and x − 0 go. Complex products stay: (x + iy)(1 + 0i) loses signs of zero and makes NaN of ∞.</remarks>
public static class Simplify
{
    /// <summary>The graph, in bodies too, without such nodes.</summary>
    public static Graph Apply(Graph graph) =>
        new Rewriter(node => Simpler(node) is { } value ? [value] : node.Results).Apply(graph);

    private static Value? Simpler(Node node) => node.Primitive switch
    {
        Add => Left(node, MinusZero) ?? Right(node, MinusZero),
        Sub => Left(node, Zero),
        Mul => Left(node, RealOne) ?? Right(node, RealOne),
        Div => Left(node, RealOne),
        Neg => Before<Neg>(node)?.Operands[0],
        Primitives.Convert convert => Same(node, node.Operands[0].Tensor.DType == convert.Target),
        Reshape reshape => OfReshape(node, reshape),
        Permute permute => OfPermute(node, permute),
        Broadcast broadcast => OfBroadcast(node, broadcast),
        _ => null,
    };

    private static Value? OfReshape(Node node, Reshape outer) => Before<Reshape>(node) is { } inner
        ? Ops.Reshape(inner.Operands[0], outer.Shape)
        : Same(node, outer.Shape.Equals(node.Operands[0].Tensor.Shape));

    private static Value? OfPermute(Node node, Permute outer) => Before<Permute>(node) is { Primitive: Permute first } inner
        ? Ops.Permute(inner.Operands[0], new Axes(outer.Permutation.Select(axis => first.Permutation[axis])))
        : Same(node, outer.Permutation.Equals(Axes.All(outer.Permutation.Count)));

    private static Value? OfBroadcast(Node node, Broadcast outer) => Before<Broadcast>(node) is { Primitive: Broadcast first } inner
        ? Ops.Broadcast(inner.Operands[0], outer.Shape, new Axes(first.Axes.Select(axis => outer.Axes[axis])))
        : Same(node, outer.Axes.Equals(Axes.All(outer.Shape.Rank)));

    private static Value? Same(Node node, bool same) => same ? node.Operands[0] : null;

    /// <summary>The node before a node of one operand, where it is of this primitive.</summary>
    private static Node? Before<T>(Node node)
        where T : Primitive => node.Operands[0].Producer is { Primitive: T } before ? before : null;

    /// <summary>The left operand, where the right one is neutral everywhere.</summary>
    private static Value? Left(Node node, Func<DType, Scalar?> neutral) => IsNeutral(node.Operands[1], neutral) ? node.Operands[0] : null;

    /// <summary>The right operand, where the left one is neutral everywhere.</summary>
    private static Value? Right(Node node, Func<DType, Scalar?> neutral) => IsNeutral(node.Operands[0], neutral) ? node.Operands[1] : null;

    private static bool IsNeutral(Value value, Func<DType, Scalar?> neutral)
    {
        Node? node = value.Producer;
        while (node?.Primitive is Broadcast)
        {
            node = node.Operands[0].Producer;
        }

        return node?.Primitive is Constant constant && neutral(constant.Value.Type) == constant.Value;
    }

    private static Scalar? Zero(DType type) => Scalar.Zero(type);

    private static Scalar? MinusZero(DType type) => type.IsComplex() ? null : type.IsFloating() ? Scalar.Of(type, -0.0) : Scalar.Zero(type);

    private static Scalar? RealOne(DType type) => type.IsComplex() ? null : Scalar.One(type);
}
