using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>
/// Transposes and reshapes beside products: a product reads its operands along any axes, and sums in the order in which they are named.
/// </summary>
internal static class Products
{
    /// <summary>A product of a permuted operand, read where it lies; the order of its free axes must be the same.</summary>
    internal static Value? Of(Node node) => node.Primitive is DotGeneral dot ? OfLeft(node, dot) ?? OfRight(node, dot) : null;

    /// <summary>A permutation that swaps the sides of a product which nobody else reads: the product of the other order.</summary>
    internal static Value? OfSwapped(Node node, Func<int, bool> alone)
    {
        if (node.Primitive is not Permute permute || !alone(0) || Simplify.Before<DotGeneral>(node) is not { Primitive: DotGeneral dot } product)
        {
            return null;
        }

        int batch = dot.LeftBatch.Count;
        int left = dot.LeftFree(product.Operands[0].Tensor.Rank).Count;
        int right = dot.RightFree(product.Operands[1].Tensor.Rank).Count;
        int[] swapped =
        [
            .. Enumerable.Range(0, batch),
            .. Enumerable.Range(batch + left, right),
            .. Enumerable.Range(batch, left),
        ];
        return permute.Permutation.SequenceEqual(swapped)
            ? Ops.Dot(product.Operands[1], product.Operands[0], dot.RightBatch, dot.LeftBatch, dot.RightContract, dot.LeftContract)
            : null;
    }

    /// <summary>A product of which nothing but a reshape is read that leaves out axes of extent 1, which its factors then do without: a matrix times a vector.</summary>
    internal static Value? OfVectors(Node node, Func<int, bool> alone)
    {
        if (node.Primitive is not Reshape || !alone(0) || Simplify.Before<DotGeneral>(node) is not { Primitive: DotGeneral dot } product)
        {
            return null;
        }

        (Value x, Axes leftBatch, Axes leftContract) = WithoutUnits(product.Operands[0], dot.LeftBatch, dot.LeftContract);
        (Value y, Axes rightBatch, Axes rightContract) = WithoutUnits(product.Operands[1], dot.RightBatch, dot.RightContract);
        if (x == product.Operands[0] && y == product.Operands[1])
        {
            return null;
        }

        Value narrow = Ops.Dot(x, y, leftBatch, rightBatch, leftContract, rightContract);
        return narrow.Type.Equals(node.Result.Type) ? narrow : null;
    }

    /// <summary>A factor without free axes of extent 1, and where its other axes then are.</summary>
    private static (Value Factor, Axes Batch, Axes Contract) WithoutUnits(Value factor, Axes batch, Axes contract)
    {
        Shape shape = factor.Tensor.Shape;
        int[] kept = [.. Enumerable.Range(0, shape.Rank).Where(axis => shape[axis].Value != 1 || batch.Contains(axis) || contract.Contains(axis))];
        if (kept.Length == shape.Rank)
        {
            return (factor, batch, contract);
        }

        Value before = factor.Producer is { Primitive: Reshape } reshape ? reshape.Operands[0] : factor;
        var narrow = new Shape(kept.Select(axis => shape[axis]));
        Value read = before.Tensor.Shape.Equals(narrow) ? before : Ops.Reshape(before, narrow);
        return (read, Places(batch), Places(contract));

        Axes Places(Axes axes) => new(axes.Select(axis => Array.IndexOf(kept, axis)));
    }

    private static Value? OfLeft(Node node, DotGeneral dot)
    {
        if (Simplify.Before<Permute>(node) is not { Primitive: Permute { Permutation: var axes } } permuted
            || !KeepsOrder(dot.LeftFree(axes.Count), axes))
        {
            return null;
        }

        var read = dot with { LeftBatch = Through(dot.LeftBatch, axes), LeftContract = Through(dot.LeftContract, axes) };
        return Ops.Apply(read, permuted.Operands[0], node.Operands[1]);
    }

    private static Value? OfRight(Node node, DotGeneral dot)
    {
        if (Simplify.Before<Permute>(node, 1) is not { Primitive: Permute { Permutation: var axes } } permuted
            || !KeepsOrder(dot.RightFree(axes.Count), axes))
        {
            return null;
        }

        var read = dot with { RightBatch = Through(dot.RightBatch, axes), RightContract = Through(dot.RightContract, axes) };
        return Ops.Apply(read, node.Operands[0], permuted.Operands[0]);
    }

    private static Axes Through(Axes axes, Axes permutation) => new(axes.Select(axis => permutation[axis]));

    private static bool KeepsOrder(Axes free, Axes permutation)
    {
        int[] places = [.. free.Select(axis => permutation[axis])];
        return places.SequenceEqual(places.Order());
    }
}
