using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Joins a product with the sum or difference that alone reads it: xy + z is rounded once.</summary>
/// <remarks>
/// The one pass that changes rounding, and the one place where it is changed: what runs later contracts nothing. In f32 and f64 alone.
/// A product that stands more than once is left, so that all its readers see the same number; of two products in a sum the left is
/// joined. Each result is as near as a sum of a rounded product, or nearer: |fma(x, y, z) − (xy + z)| ≤ ε/2 |xy + z| (Higham 2002, sec. 2.6).
/// </remarks>
internal static class PlaceFma
{
    /// <summary>The graph, in bodies too, with fused products and sums.</summary>
    public static Graph Apply(Graph graph) => new Rewriter(Rule).Apply(graph);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph graph)
    {
        HashSet<Value> shared = Uses.Shared(graph);
        return (node, original) => Joined(node, original, shared) is { } value ? [value] : node.Results;
    }

    private static Value? Joined(Node node, Node original, HashSet<Value> shared)
    {
        if (node.Primitive is not (Add or Sub) || node.Result.Tensor.DType is not (DType.F32 or DType.F64))
        {
            return null;
        }

        Node? Product(int side) => shared.Contains(original.Operands[side])
            ? null
            : node.Operands[side].Producer is { Primitive: Mul } product ? product : null;

        Value left = node.Operands[0];
        Value right = node.Operands[1];
        return (node.Primitive, Product(0), Product(1)) switch
        {
            (Add, { } product, _) => Ops.Fma(product.Operands[0], product.Operands[1], right),
            (Add, _, { } product) => Ops.Fma(product.Operands[0], product.Operands[1], left),
            (Sub, { } product, _) => Ops.Fma(product.Operands[0], product.Operands[1], Negated(right)),
            (Sub, _, { } product) => OfNegated(product.Operands[0], product.Operands[1], left),
            _ => null,
        };
    }

    /// <summary>z − xy, the sign in the factor where it costs nothing, if there is one.</summary>
    private static Value OfNegated(Value x, Value y, Value z) => Uniform.Of(y) is not null || y.Producer?.Primitive is Neg
        ? Ops.Fma(x, Negated(y), z)
        : Ops.Fma(Negated(x), y, z);

    private static Value Negated(Value x) => x.Producer is { Primitive: Neg } negation
        ? negation.Operands[0]
        : Uniform.Negated(x) ?? Ops.Neg(x);
}
