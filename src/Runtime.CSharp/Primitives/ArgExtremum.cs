using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Where along an axis the largest or smallest element lies.</summary>
public abstract record ArgExtremum : UnaryPrimitive, IOrderedEvaluation
{
    /// <summary>The axis.</summary>
    internal abstract int Along { get; }

    /// <summary>The dtype of the indices.</summary>
    private protected abstract DType IndexType { get; }

    /// <summary>The largest, not the smallest.</summary>
    private protected abstract bool Largest { get; }

    /// <inheritdoc/>
    public sealed override TensorType Infer(TensorType x)
    {
        if (x.DType.IsComplex() || !IndexType.IsInteger())
        {
            throw new TypeRuleException($"{Name}: takes elements with an order and gives integers, not {x} and {IndexType.Name()}.");
        }

        return (uint)Along < (uint)x.Rank && x.Shape[Along].Value > 0
            ? new(IndexType, x.Shape.Remove(Along))
            : throw new TypeRuleException($"{Name}: {x} has no elements along an axis {Along}.");
    }

    /// <inheritdoc/>
    public sealed override NDArray Evaluate(NDArray x) => Conversion.To(Dispatch.Ordered(this, [x]), IndexType);

    /// <inheritdoc/>
    public sealed override ElementRule? LowerElement(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        int extent = x.Shape[Along].Value;
        return LoopIndices.Move(operands, (builder, sources, index) =>
        {
            LoopValue Element(LoopValue i)
            {
                LoopValue element = sources[0](index.Insert(Along, i));
                return x.DType == DType.Bool ? builder.Convert(element, DType.I32) : element;
            }

            LoopValue first = builder.Index(0);
            ImmutableArray<LoopValue> best = LoopReductions.Fold(
                builder, extent - 1, [Element(first), first], (i, best) => Better(builder, best, Element(i + builder.Index(1)), i + builder.Index(1)));
            return LoopNumbers.Convert(builder, best[1], DType.I64, IndexType);
        });
    }

    /// <inheritdoc/>
    public sealed override Kernel? Lower(ImmutableArray<ValueType> operands) =>
        ArgKernels.Of((TensorType)operands[0], Along, IndexType, Largest);

    /// <inheritdoc/>
    public sealed override Value? Jvp(Node node, Value tangent) => null;

    /// <inheritdoc/>
    public sealed override Batched Batch(Batched x, Extent size) =>
        new(Ops.Apply(With(x.Axis <= Along ? Along + 1 : Along), x.Value), x.Axis <= Along ? x.Axis : x.Axis - 1);

    /// <inheritdoc/>
    NDArray IOrderedEvaluation.Run<T>(NDArray[] operands)
    {
        NDArray array = operands[0];
        T[] x = array.Data<T>();
        int stride = array.Shape.Strides()[Along];
        int extent = array.Shape[Along].Value;
        return NDArray.Own(array.Shape.Remove(Along), Array.ConvertAll(
            Boxes.Offsets(array.Shape, new Axes(Along).Others(array.Shape.Rank)), start => First(x, start, stride, extent)));
    }

    /// <summary>The same along another axis.</summary>
    private protected abstract UnaryPrimitive With(int axis);

    /// <summary>An axis and an operand without equal elements.</summary>
    private protected static (int Axis, NDArray Operand) DrawDistinct(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        return (source.Int(0, shape.Rank - 1), source.Distinct(source.Floating(), shape));
    }

    /// <summary>The first NaN, or else the first of the greatest or least, of what came before and the next element.</summary>
    private ImmutableArray<LoopValue> Better(LoopBuilder builder, ImmutableArray<LoopValue> best, LoopValue element, LoopValue place)
    {
        LoopValue better = Largest ? builder.Less(best[0], element) : builder.Less(element, best[0]);
        if (element.Type.IsFloating())
        {
            LoopValue isNumber = builder.Equal(best[0], best[0]);
            better = builder.And(isNumber, builder.Or(better, builder.NotEqual(element, element)));
        }

        return [builder.Select(better, element, best[0]), builder.Select(better, place, best[1])];
    }

    private long First<T>(T[] x, int start, int stride, int extent)
        where T : INumber<T>
    {
        int best = 0;
        for (int i = 1; i < extent && !T.IsNaN(x[start + (best * stride)]); i++)
        {
            T element = x[start + (i * stride)];
            T record = x[start + (best * stride)];
            if (T.IsNaN(element) || (Largest ? element > record : element < record))
            {
                best = i;
            }
        }

        return best;
    }
}
