using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Sum along axes.</summary>
/// <remarks>
/// <para>Shape: the axes are removed. No elements sum to zero; integers wrap.</para>
/// <para>Error: pairwise, |y - exact| &lt;= eps * ceil(log2 n) * sum |x| (Higham 2002, ch. 4).</para>
/// <para>f16 and bf16 are summed in f32 and rounded once.</para>
/// <para>Derivative: linear. dy = sum(dx); the transpose repeats the cotangent along the axes.</para>
/// </remarks>
/// <param name="Axes">The axes to sum along.</param>
public sealed partial record ReduceSum(Axes Axes) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "reduce_sum";

    /// <summary>Draws a tensor and some of its axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        var axes = new Axes(Enumerable.Range(0, shape.Rank).Where(_ => source.Bool()));
        return new(new ReduceSum(axes), source.Numbers(source.Numeric(), shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        if (x.DType == DType.Bool)
        {
            throw new TypeRuleException($"{Name}: takes numbers, not {x}; cast it first?");
        }

        return Axes.All(axis => axis < x.Rank)
            ? x with { Shape = x.Shape.Remove(Axes) }
            : throw new TypeRuleException($"{Name}: an axis of {Axes} is outside rank {x.Rank} of operand {x}.");
    }

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x)
    {
        Axes kept = Axes.Others(x.Shape.Rank);
        NDArray rows = new Permute(new Axes(kept.Concat(Axes.Order()))).Evaluate(x);
        return Elements.RunNumbers(x.Type, new Loop(rows, x.Shape.Select(kept)));
    }

    /// <inheritdoc/>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => LoopReductions.Rule((TensorType)operands[0], Axes, LoopOp.Add);

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return Axes.Count == 0 ? null : x.DType switch
        {
            DType.F32 => new ReduceKernel<float, Sum<float>>(x.Shape, Axes),
            DType.F64 => new ReduceKernel<double, Sum<double>>(x.Shape, Axes),
            DType.I32 => new ReduceKernel<int, Sum<int>>(x.Shape, Axes),
            DType.I64 => new ReduceKernel<long, Sum<long>>(x.Shape, Axes),
            _ => null,
        };
    }

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into)
    {
        Shape shape = node.Operands[0].Tensor.Shape;
        into.Add(Ops.Broadcast(cotangent, shape, Axes.Others(shape.Rank)));
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size)
    {
        var axes = new Axes(Axes.Select(axis => axis < x.Axis ? axis : axis + 1));
        return new(Ops.Apply(new ReduceSum(axes), x.Value), x.Axis - axes.Count(axis => axis < x.Axis));
    }

    private readonly struct Loop(NDArray rows, Shape shape) : INumberLoop
    {
        public NDArray Run<TStored, TWork, TElement>()
            where TStored : unmanaged
            where TWork : unmanaged, INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork>
        {
            ReadOnlySpan<TStored> from = rows.Span<TStored>();
            var to = new TStored[shape.Size];
            int length = to.Length == 0 ? 0 : from.Length / to.Length;
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = TElement.Store(Sum<TStored, TWork, TElement>(from.Slice(i * length, length)));
            }

            return NDArray.Own(shape, to);
        }

        private static TWork Sum<TStored, TWork, TElement>(ReadOnlySpan<TStored> x)
            where TWork : INumberBase<TWork>
            where TElement : struct, IElement<TStored, TWork>
        {
            if (x.Length > 8)
            {
                int half = x.Length / 2;
                return Sum<TStored, TWork, TElement>(x[..half]) + Sum<TStored, TWork, TElement>(x[half..]);
            }

            if (x.IsEmpty)
            {
                return TWork.Zero;
            }

            TWork sum = TElement.Load(x[0]);
            foreach (TStored item in x[1..])
            {
                sum += TElement.Load(item);
            }

            return sum;
        }
    }
}

public static partial class Ops
{
    /// <summary>Sum along axes.</summary>
    public static Value ReduceSum(Value x, Axes axes) => axes.Count == 0 ? x : Apply(new ReduceSum(axes), x);
}
