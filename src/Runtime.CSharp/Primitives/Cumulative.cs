using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A running result along an axis: of shape and dtype of the operand.</summary>
public abstract record Cumulative : UnaryPrimitive
{
    /// <summary>The axis.</summary>
    private protected abstract int Along { get; }

    /// <summary>From the last element to the first.</summary>
    private protected abstract bool Backwards { get; }

    /// <summary>The dtypes it is defined for.</summary>
    private protected abstract DTypeKinds Takes { get; }

    /// <inheritdoc/>
    public sealed override TensorType Infer(TensorType x)
    {
        if (!Takes.Contain(x.DType))
        {
            throw new TypeRuleException($"{Name}: takes {Takes.Describe()} operands, not {x}; cast it first?");
        }

        return (uint)Along < (uint)x.Rank
            ? x
            : throw new TypeRuleException($"{Name}: axis {Along} is outside rank {x.Rank} of operand {x}.");
    }

    /// <inheritdoc/>
    public sealed override Value? Jvp(Node node, Value tangent) => node.Result.Type.HasTangent ? Tangent(node, tangent) : null;

    /// <inheritdoc/>
    public sealed override Batched Batch(Batched x, Extent size) =>
        new(Ops.Apply(With(x.Axis <= Along ? Along + 1 : Along), x.Value), x.Axis);

    /// <summary>The same along another axis.</summary>
    private protected abstract UnaryPrimitive With(int axis);

    /// <summary>The tangent, where the dtype has one.</summary>
    private protected abstract Value Tangent(Node node, Value tangent);

    /// <summary>Runs along each line: what has come so far, joined with the next element.</summary>
    private protected NDArray Each<T>(NDArray x, Func<T, T, T> join)
        where T : unmanaged
    {
        T[] y = x.Copy().Data<T>();
        int extent = x.Shape[Along].Value;
        int stride = x.Shape.Strides()[Along];
        int step = Backwards ? -stride : stride;
        foreach (int start in Boxes.Offsets(x.Shape, new Axes(Along).Others(x.Shape.Rank)))
        {
            int place = Backwards ? start + ((extent - 1) * stride) : start;
            for (int i = 1; i < extent; i++, place += step)
            {
                y[place + step] = join(y[place], y[place + step]);
            }
        }

        return NDArray.Own(x.Shape, y);
    }

    /// <summary>x moved along the axis, away from its running start; what comes free is filled.</summary>
    private protected Value Shifted(Value x, int step, double fill)
    {
        int rank = x.Tensor.Rank;
        var low = new Ints(Enumerable.Range(0, rank).Select(axis => axis == Along ? (Backwards ? -step : step) : 0));
        Value number = Ops.Constant(Scalar.Of(x.Tensor.DType, fill));
        return Ops.Pad(x, number, low, new(low.Select(count => -count)), Ints.Repeat(0, rank));
    }

    /// <summary>A tensor, with arithmetic or floating, and one of its axes.</summary>
    private protected static (int Axis, NDArray Operand) DrawLine(SampleSource source, bool floating = false)
    {
        Shape shape = source.Shape(minRank: 1);
        int axis = source.Int(0, shape.Rank - 1);
        return (axis, floating ? source.Real(shape, Domain.All) : source.Numbers(source.Numeric(), shape));
    }
}
