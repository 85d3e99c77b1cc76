using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Product along axes.</summary>
/// <remarks>
/// <para>Shape: the axes are removed. No elements have the product one; integers wrap.</para>
/// <para>Error: |y - exact| &lt;= eps * n |exact|; f16 and bf16 are multiplied in f32 and rounded once.</para>
/// <para>Derivative: of the product as a tree of pairs, without division, so right at zeros to any order.</para>
/// </remarks>
/// <param name="Axes">The axes.</param>
public sealed partial record ReduceProd(Axes Axes) : Reduction, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "reduce_prod";

    internal override Axes Along => Axes;

    private protected override DTypeKinds Takes => DTypeKinds.Numeric;

    /// <summary>Draws a tensor and some of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape();
        return new(new ReduceProd(Draws.Some(source, shape.Rank)), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Numbers(this, [x]);

    internal override LoopOp Joins => LoopOp.Multiply;

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => ReduceKernels.Product((TensorType)operands[0], Axes);

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent)
    {
        if (!node.Result.Type.HasTangent)
        {
            return null;
        }

        Value x = Lines(node.Operands[0]);
        Value dx = Lines(tangent);
        while (x.Tensor.Shape[0].Value > 1)
        {
            int count = x.Tensor.Shape[0].Value;
            int half = count / 2;
            Value first = Ops.SliceAxis(x, 0, 0, half);
            Value second = Ops.SliceAxis(x, 0, half, 2 * half);
            Value products = first * second;
            Value tangents = (Ops.SliceAxis(dx, 0, 0, half) * second) + (first * Ops.SliceAxis(dx, 0, half, 2 * half));
            bool odd = count % 2 == 1;
            x = odd ? Ops.Concatenate(0, products, Ops.SliceAxis(x, 0, count - 1, count)) : products;
            dx = odd ? Ops.Concatenate(0, tangents, Ops.SliceAxis(dx, 0, count - 1, count)) : tangents;
        }

        return x.Tensor.Shape[0].Value == 0 ? null : Ops.Reshape(dx, node.Result.Tensor.Shape);
    }

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands) => Each<T>(operands[0], (x, start, elements) =>
    {
        T product = T.One;
        foreach (int element in elements)
        {
            product *= x[start + element];
        }

        return product;
    });

    internal override UnaryPrimitive With(Axes axes) => new ReduceProd(axes);

    /// <summary>The elements of each product along axis 0.</summary>
    private Value Lines(Value x)
    {
        Shape shape = x.Tensor.Shape;
        Axes kept = Axes.Others(shape.Rank);
        Value sorted = Ops.Permute(x, new(Axes.Concat(kept)));
        return Ops.Reshape(sorted, shape.Select(kept).Insert(0, shape.Select(Axes).Size));
    }
}

public static partial class Ops
{
    /// <summary>Product along axes.</summary>
    public static Value ReduceProd(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new ReduceProd(axes), x);
}
