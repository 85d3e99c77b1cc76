using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A factorization of real matrices [.., m, n] into several arrays, evaluated in f64 matrix by matrix and rounded once.</summary>
/// <remarks>A matrix that is not finite gives NaN everywhere.</remarks>
public abstract record FactorPrimitive : Primitive
{
    /// <inheritdoc/>
    public sealed override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray a = operands[0].Array;
        NDArray[] results = [.. Infer([new TensorType(a.Type, a.Shape)]).Select(type => NDArray.New(a.Type, ((TensorType)type).Shape))];
        int count = Matrices.Count(a.Shape);
        for (int i = 0; i < count; i++)
        {
            double[] matrix = Matrices.Doubles(a, i);
            double[][] factors = Array.TrueForAll(matrix, double.IsFinite)
                ? Factor(matrix, a.Shape[^2].Value, a.Shape[^1].Value)
                : [.. results.Select(result => Enumerable.Repeat(double.NaN, result.Size / count).ToArray())];
            for (int k = 0; k < results.Length; k++)
            {
                Matrices.Put(results[k], i * factors[k].Length, factors[k]);
            }
        }

        context.CountElements(a.Size);
        return [.. results.Select(Held.New)];
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        [.. Node.Make(this, [BatchAxes.At(operands[0], 0, size)]).Results.Select(result => new Batched(result, 0))];

    /// <inheritdoc/>
    public sealed override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        return base.Cost(operands) with { Operations = Matrices.Count(shape) * Operations(shape[^2].Value, shape[^1].Value) };
    }

    /// <summary>The factors of one matrix, row-major, as plainly as possible.</summary>
    private protected abstract double[][] Factor(double[] a, int m, int n);

    /// <summary>Operations for one matrix.</summary>
    private protected abstract double Operations(double m, double n);

    /// <summary>1 / x where x is not 0; there 0.</summary>
    private protected static Value Reciprocal(Value x)
    {
        Value zero = Ops.ZerosLike(x), isZero = Ops.Equal(x, zero);
        return Ops.Select(isZero, zero, Ops.Div(Ops.OnesLike(x), Ops.Select(isZero, Ops.OnesLike(x), x)));
    }

    /// <summary>A vector [.., n] along the columns of matrices [.., m, n], or along their rows.</summary>
    private protected static Value Along(Value vector, Extent others, bool rows)
    {
        int rank = vector.Tensor.Rank;
        Shape shape = vector.Tensor.Shape.Insert(rows ? rank : rank - 1, others);
        return Ops.Broadcast(vector, shape, new Axes(Enumerable.Range(0, rank).Select(axis => axis < rank - 1 ? axis : rows ? rank - 1 : rank)));
    }

    /// <summary>The diagonals of square matrices, as vectors.</summary>
    private protected static Value DiagonalOf(Value x) => Ops.ReduceSum(Triangles.Diagonal(x), new Axes(x.Tensor.Rank - 1));
}
