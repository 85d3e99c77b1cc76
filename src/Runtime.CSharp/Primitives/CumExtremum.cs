using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The largest or smallest element so far along an axis.</summary>
public abstract record CumExtremum : Cumulative, IOrderedEvaluation
{
    /// <summary>The largest, not the smallest.</summary>
    private protected abstract bool Largest { get; }

    /// <inheritdoc/>
    private protected sealed override DTypeKinds Takes => DTypeKinds.Real;

    /// <inheritdoc/>
    public sealed override NDArray Evaluate(NDArray x) => Dispatch.Ordered(this, [x]);

    /// <inheritdoc/>
    NDArray IOrderedEvaluation.Run<T>(NDArray[] operands) => Each<T>(operands[0], Largest ? T.Max : T.Min);

    /// <inheritdoc/>
    private protected sealed override Value Tangent(Node node, Value tangent)
    {
        Value x = node.Operands[0];
        Value before = Shifted(node.Result, 1, Largest ? double.NegativeInfinity : double.PositiveInfinity);
        Value isNew = Largest ? Ops.Greater(x, before) : Ops.Less(x, before);
        Value places = Ops.Iota(DType.I64, x.Tensor.Shape, Along);
        Value start = Ops.Like(places, Backwards ? x.Tensor.Shape[Along].Value - 1 : 0);
        Value since = Ops.Select(isNew, places, start);
        Value attained = Backwards ? Ops.CumMin(since, Along, true) : Ops.CumMax(since, Along);
        return Ops.TakeAlong(tangent, attained, Along);
    }

    /// <summary>An axis and an operand without equal elements.</summary>
    private protected static (int Axis, NDArray Operand) DrawDistinct(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        return (source.Int(0, shape.Rank - 1), source.Distinct(source.Floating(), shape));
    }
}
