using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>One number from all elements along some axes, which the result leaves out.</summary>
public abstract record Reduction : UnaryPrimitive
{
    /// <summary>The axes to reduce along.</summary>
    internal abstract Axes Along { get; }

    /// <summary>The dtypes it is defined for.</summary>
    private protected abstract DTypeKinds Takes { get; }

    /// <summary>One operation an element of the operand.</summary>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands) =>
        base.Cost(operands) with { Operations = ((TensorType)operands[0]).Shape.Size };

    /// <summary>Whether no elements have a result.</summary>
    private protected virtual bool TakesNone => true;

    /// <inheritdoc/>
    public sealed override TensorType Infer(TensorType x)
    {
        if (!Takes.Contain(x.DType))
        {
            throw new TypeRuleException($"{Name}: takes {Takes.Describe()} operands, not {x}; cast it first?");
        }

        if (Along.Any(axis => axis >= x.Rank))
        {
            throw new TypeRuleException($"{Name}: an axis of {Along} is outside rank {x.Rank} of operand {x}.");
        }

        return TakesNone || Along.All(axis => x.Shape[axis].Value > 0)
            ? x with { Shape = x.Shape.Remove(Along) }
            : throw new TypeRuleException($"{Name}: no elements along axes {Along} of {x}, and no elements have no {Name}.");
    }

    /// <summary>The operation of the loop language that joins two elements.</summary>
    internal abstract LoopOp Joins { get; }

    /// <inheritdoc/>
    public sealed override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopReductions.Rule((TensorType)operands[0], Along, Joins);

    /// <inheritdoc/>
    public sealed override Batched Batch(Batched x, Extent size)
    {
        Axes axes = WindowAxes.Inserted(Along, x.Axis);
        return new(Ops.Apply(With(axes), x.Value), x.Axis - axes.Count(axis => axis < x.Axis));
    }

    /// <summary>The same reduction along other axes.</summary>
    internal abstract UnaryPrimitive With(Axes axes);

    /// <summary>Each result from the places of its elements.</summary>
    private protected NDArray Each<T>(NDArray x, Func<T[], int, int[], T> reduce)
        where T : unmanaged
    {
        T[] from = x.Data<T>();
        int[] elements = Boxes.Offsets(x.Shape, Along);
        int[] starts = Boxes.Offsets(x.Shape, Along.Others(x.Shape.Rank));
        return NDArray.Own(x.Shape.Remove(Along), Array.ConvertAll(starts, start => reduce(from, start, elements)));
    }
}
