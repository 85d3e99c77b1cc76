using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The largest or smallest element along some axes.</summary>
public abstract record ReduceExtremum : Reduction, IOrderedEvaluation
{
    /// <summary>The largest, not the smallest.</summary>
    private protected abstract bool Largest { get; }

    /// <inheritdoc/>
    private protected sealed override DTypeKinds Takes => DTypeKinds.Real;

    /// <inheritdoc/>
    private protected sealed override bool TakesNone => false;

    /// <inheritdoc/>
    public sealed override NDArray Evaluate(NDArray x) => Dispatch.Ordered(this, [x]);

    internal sealed override LoopOp Joins => Largest ? LoopOp.Maximum : LoopOp.Minimum;

    /// <inheritdoc/>
    public sealed override Kernel? Lower(ImmutableArray<ValueType> operands) => Largest
        ? ReduceKernels.Greatest((TensorType)operands[0], Along)
        : ReduceKernels.Least((TensorType)operands[0], Along);

    /// <inheritdoc/>
    public sealed override Value? Jvp(Node node, Value tangent)
    {
        Value x = node.Operands[0];
        TensorType type = x.Tensor;
        if (!type.HasTangent)
        {
            return null;
        }

        Value attains = Ops.Equal(x, Ops.Broadcast(node.Result, type.Shape, Along.Others(type.Rank)));
        Value count = Ops.ReduceSum(Ops.Convert(attains, type.DType), Along);
        return Ops.ReduceSum(Ops.Select(attains, tangent, Ops.Zeros(type)), Along) / count;
    }

    /// <inheritdoc/>
    NDArray IOrderedEvaluation.Run<T>(NDArray[] operands)
    {
        Func<T, T, T> choose = Largest ? T.Max : T.Min;
        return Each<T>(operands[0], (x, start, elements) =>
        {
            T best = x[start + elements[0]];
            foreach (int element in elements)
            {
                best = choose(best, x[start + element]);
            }

            return best;
        });
    }

    /// <summary>Axes and an operand without equal elements.</summary>
    private protected static (Axes Axes, NDArray Operand) DrawDistinct(SampleSource source)
    {
        Shape shape = source.Shape();
        return (Draws.Some(source, shape.Rank), source.Distinct(source.Floating(), shape));
    }
}
