using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>X with op(A) X = B, or with X op(A) = B, for triangular matrices A, by substitution.</summary>
/// <remarks>
/// <para>Shape: A [.., n, n] and B [.., n, k], or [.., k, n] where A stands at the right, of the same leading axes; the result is B's.</para>
/// <para>op(A) is A, its transpose, its conjugate or both. What lies outside the triangle, and a unit diagonal, is not read.</para>
/// <para>A zero on the diagonal divides: infinities and NaN. Error: that of a triangle within n eps |A| (Higham 2002, theorem 8.5).</para>
/// <para>Derivative: linear in B; dX = op(A)⁻¹ (dB − op(dA) X), dA in the triangle (Giles 2008). The transpose in B solves with op(A)ᵀ.</para>
/// </remarks>
/// <param name="Left">A stands at the left.</param>
/// <param name="LowerTriangle">The triangle that is read is the lower one.</param>
/// <param name="Transposed">op transposes.</param>
/// <param name="Conjugated">op conjugates; nothing for real numbers.</param>
/// <param name="UnitDiagonal">The diagonal counts as ones.</param>
public sealed partial record TriangularSolve(bool Left, bool LowerTriangle, bool Transposed, bool Conjugated, bool UnitDiagonal)
    : TensorPrimitive, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "triangular_solve";

    /// <summary>Draws matrices whose diagonal keeps away from 0.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: true);
        Shape matrices = Matrices.DrawShape(source, square: true);
        var solve = new TriangularSolve(source.Bool(), source.Bool(), source.Bool(), source.Bool(), source.Bool());
        int others = source.Int(1, 4);
        Shape right = solve.Left ? Matrices.With(matrices, matrices[^1], others) : Matrices.With(matrices, others, matrices[^1]);
        return new(solve, Matrices.Raised(source.Numbers(type, matrices), 5), source.Numbers(type, right));
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Shape matrices = ((TensorType)operands[0]).Shape;
        return base.Cost(operands) with { Operations = (double)((TensorType)operands[1]).Shape.Size * matrices[^1].Value };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var right = (TensorType)operands[1];
        return Lower(right, Factorizations.Of(Operation.TriangularSolve, right.DType, right.Shape[Left ? ^2 : ^1].Value));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm, for right-hand sides of a type.</summary>
    internal Kernel? Lower(TensorType right, Factorizations? library) => right.DType switch
    {
        DType.F32 => new TriangularKernel<float>(this, right.Shape, library),
        DType.F64 => new TriangularKernel<double>(this, right.Shape, library),
        _ => null,
    };

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands)
    {
        NDArray result = operands[1].Copy();
        int n = operands[0].Shape[^1].Value, rows = result.Shape[^2].Value, columns = result.Shape[^1].Value;
        for (int i = 0; i < Matrices.Count(result.Shape); i++)
        {
            ReadOnlySpan<T> a = operands[0].Span<T>().Slice(i * n * n, n * n);
            Span<T> x = result.Data<T>().AsSpan(i * rows * columns, rows * columns);
            for (int other = 0; other < (Left ? columns : rows); other++)
            {
                (int start, int step) = Left ? (other, columns) : (other * columns, 1);
                Substitute(a, n, x[start..], step);
            }
        }

        return result;
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        TensorType a = operands[0], b = operands[1];
        Matrices.Check(Name, [a], square: true, complex: true);
        if (a.DType != b.DType)
        {
            throw new TypeRuleException($"{Name}: dtypes differ; the matrix is {a}, the right-hand side {b}. Cast one?");
        }

        bool fits = b.Rank == a.Rank && Matrices.Leading(a.Shape).Equals(Matrices.Leading(b.Shape)) && b.Shape[Left ? ^2 : ^1] == a.Shape[^1];
        return fits
            ? b
            : throw new TypeRuleException($"{Name}: the matrix is {a}, the right-hand side {b}; [.., n, n] and {(Left ? "[.., n, k]" : "[.., k, n]")} "
                + "of the same leading axes are wanted.");
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Dispatch.Numbers(this, operands);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value a = node.Operands[0];
        Value? rest = tangents[1];
        if (tangents[0] is { } da)
        {
            Value triangle = Triangles.Of(da, LowerTriangle, strictly: UnitDiagonal);
            Value turned = Transposed ? Triangles.Transpose(triangle) : triangle;
            Value change = Conjugated ? Ops.Conj(turned) : turned;
            Value moved = Left ? Ops.MatMul(change, node.Result) : Ops.MatMul(node.Result, change);
            rest = rest is null ? Ops.Neg(moved) : Ops.Sub(rest, moved);
        }

        return rest is null ? null : Ops.Apply(this, a, rest);
    }

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        if (accumulators[0] is not null)
        {
            throw new DerivativeException($"{Name}: is linear in the right-hand side, not in the matrix.");
        }

        accumulators[1]?.Add(Ops.Apply(this with { Transposed = !Transposed }, node.Operands[0], cotangent));
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        if (operands[0].IsBatched)
        {
            return new(Ops.Apply(this, BatchAxes.At(operands[0], 0, size), BatchAxes.At(operands[1], 0, size)), 0);
        }

        // Lanes of one matrix are more right-hand sides.
        Value a = operands[0].Value;
        int place = Left ? a.Tensor.Rank - 1 : a.Tensor.Rank - 2;
        Value b = Ops.MoveAxis(operands[1].Value, operands[1].Axis, place);
        Shape apart = b.Tensor.Shape;
        Shape joined = apart.Remove(place).With(place, apart[place].Value * apart[place + 1].Value);
        return new(Ops.Reshape(Ops.Apply(this, a, Ops.Reshape(b, joined)), apart), place);
    }

    /// <summary>One unknown after the other, each without those before it.</summary>
    private void Substitute<T>(ReadOnlySpan<T> a, int n, Span<T> x, int step)
        where T : unmanaged, INumberBase<T>
    {
        // In x op(A) = b the equation of an unknown is a column of op(A), not a row.
        bool columns = Transposed == Left;
        bool forwards = LowerTriangle != columns;
        for (int k = 0; k < n; k++)
        {
            int i = forwards ? k : n - 1 - k;
            T rest = x[i * step];
            for (int j = forwards ? 0 : i + 1; j < (forwards ? i : n); j++)
            {
                rest -= Element(columns ? a[(j * n) + i] : a[(i * n) + j]) * x[j * step];
            }

            x[i * step] = UnitDiagonal ? rest : rest / Element(a[(i * n) + i]);
        }
    }

    private T Element<T>(T element)
        where T : unmanaged, INumberBase<T> => Conjugated ? Matrices.Conjugate(element) : element;
}

public static partial class Ops
{
    /// <summary>X with op(A) X = B or X op(A) = B for triangular A.</summary>
    public static Value TriangularSolve(Value a, Value b, TriangularSolve form) => Apply(form, a, b);
}
