using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Signs in products, moved to where they cost nothing. A product's rounding does not depend on its sign: (−x)y is −(xy) to the bit.</summary>
internal static class Signs
{
    /// <summary>A simpler value for a node; a product is only taken apart where nobody else reads it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="alone">Whether this node alone reads an operand.</param>
    internal static Value? Of(Node node, Func<int, bool> alone)
    {
        if (node.Results.Length != 1 || node.Results[0].Type is not TensorType type || type.DType.IsComplex())
        {
            return null;
        }

        return node.Primitive switch
        {
            Mul => OfLiteral(node, 0) ?? OfLiteral(node, 1),
            Add when alone(1) && Negated(node.Operands[1]) is { } product => Ops.Sub(node.Operands[0], product),
            Add when alone(0) && Negated(node.Operands[0]) is { } product => Ops.Sub(node.Operands[1], product),
            Sub when alone(1) && Negated(node.Operands[1]) is { } product => Ops.Add(node.Operands[0], product),
            Neg when alone(0) && node.Operands[0].Producer is { Primitive: Mul } product => OfNegation(product),
            _ => null,
        };
    }

    /// <summary>(−x)c as x(−c).</summary>
    private static Value? OfLiteral(Node node, int side) =>
        Simplify.Before<Neg>(node, side) is { } negation && Uniform.Negated(node.Operands[1 - side]) is { } literal
            ? Ops.Mul(negation.Operands[0], literal)
            : null;

    /// <summary>−(xc) as x(−c).</summary>
    private static Value? OfNegation(Node product) => Uniform.Negated(product.Operands[1]) is { } right
        ? Ops.Mul(product.Operands[0], right)
        : Uniform.Negated(product.Operands[0]) is { } left ? Ops.Mul(left, product.Operands[1]) : null;

    /// <summary>xy, where a value is (−x)y or x(−y).</summary>
    private static Value? Negated(Value value)
    {
        if (value.Producer is not { Primitive: Mul } product)
        {
            return null;
        }

        return Simplify.Before<Neg>(product) is { } left ? Ops.Mul(left.Operands[0], product.Operands[1])
            : Simplify.Before<Neg>(product, 1) is { } right ? Ops.Mul(product.Operands[0], right.Operands[0])
            : null;
    }
}
