using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Factors;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>P A = L U by elimination, each pivot the largest of its column.</summary>
/// <remarks>
/// <para>Shape: [.., m, n] gives L and U in one [.., m, n] (L below the diagonal, its own diagonal 1), the pivots i32[.., min(m, n)] (the row
/// that was exchanged with row i) and the order i32[.., m] (row i of P A is row order[i] of A).</para>
/// <para>Of equal candidates the first row is the pivot. A singular matrix has a zero on U's diagonal. One that is not finite gives NaN, and
/// rows stay where they are.</para>
/// <para>Error: |P A − L U| ≤ min(m, n) eps |L| |U| (Higham 2002, theorem 9.3).</para>
/// <para>Derivative: with F = L⁻¹ P dA U⁻¹, dL = L tril₋₁(F) and dU = triu(F) U (de Hoog, Anderssen and Lukas 2011); the pivots stay.</para>
/// </remarks>
public sealed partial record Lu : Primitive
{
    /// <inheritdoc/>
    public override string Name => "lu";

    /// <summary>Draws matrices with one large element in each column.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: true);
        NDArray drawn = Matrices.DrawCalm(source, type, Matrices.DrawShape(source, square: false));
        return new(new Lu(), Matrices.Raised(drawn, 4, source.Int(0, 3)));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        TensorType a = Matrices.Check(Name, operands, square: false, complex: true);
        Extent pivots = Math.Min(a.Shape[^2].Value, a.Shape[^1].Value);
        return
        [
            a,
            new TensorType(DType.I32, Matrices.WithVectors(a.Shape, pivots)),
            new TensorType(DType.I32, Matrices.WithVectors(a.Shape, a.Shape[^2])),
        ];
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray a = operands[0].Array;
        ImmutableArray<ValueType> types = Infer([new TensorType(a.Type, a.Shape)]);
        NDArray pivots = NDArray.New(DType.I32, ((TensorType)types[1]).Shape), order = NDArray.New(DType.I32, ((TensorType)types[2]).Shape);
        NDArray factors = Dispatch.Numbers(new Elimination(pivots.Data<int>(), order.Data<int>()), [a]);
        context.CountElements(a.Size);
        return [Held.New(factors), Held.New(pivots), Held.New(order)];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        Value factors = node.Results[0];
        Shape shape = factors.Tensor.Shape;
        int m = shape[^2].Value, n = shape[^1].Value, k = Math.Min(m, n), rank = shape.Rank;
        Value moved = Ops.TakeAlong(tangents[0]!, OrderOf(node.Results[2], shape), rank - 2);
        Value top = Ops.SliceAxis(factors, rank - 2, 0, k), square = Ops.SliceAxis(top, rank - 1, 0, k);
        Value byLower = Ops.TriangularSolve(square, Ops.SliceAxis(moved, rank - 2, 0, k), new(true, LowerTriangle: true, false, false, UnitDiagonal: true));
        Value f = Ops.TriangularSolve(square, Ops.SliceAxis(byLower, rank - 1, 0, k), FromRight);
        Value below = Triangles.Of(f, lower: true, strictly: true);
        Value du = Triangles.Of(Ops.Sub(byLower, Ops.MatMul(below, Triangles.Of(top, lower: false))), lower: false);
        Value dl = Ops.Add(below, Ops.MatMul(Triangles.Of(square, lower: true, strictly: true), below));
        if (m == k)
        {
            Ints none = Ints.Repeat(0, rank);
            Value wide = k == n ? dl : Ops.Pad(dl, Ops.Constant(Scalar.Zero(dl.Tensor.DType)), none, new([.. Enumerable.Repeat(0, rank - 1), n - k]), none);
            return [Ops.Add(wide, du), null, null];
        }

        Value rest = Ops.Sub(Ops.SliceAxis(moved, rank - 2, k, m), Ops.MatMul(Ops.SliceAxis(factors, rank - 2, k, m), du));
        return [Ops.Concatenate(rank - 2, Ops.Add(dl, du), Ops.TriangularSolve(square, rest, FromRight)), null, null];
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        [.. Node.Make(this, [BatchAxes.At(operands[0], 0, size)]).Results.Select(result => new Batched(result, 0))];

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        double m = shape[^2].Value, n = shape[^1].Value, k = Math.Min(m, n);
        return base.Cost(operands) with { Operations = Matrices.Count(shape) * 2 * k * ((m * n) - (k * (m + n) / 2) + (k * k / 3)) };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var a = (TensorType)operands[0];
        return Lower(a, Factorizations.Of(Operation.Lu, a.DType, Math.Min(a.Shape[^2].Value, a.Shape[^1].Value)));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm.</summary>
    internal static Kernel? Lower(TensorType a, Factorizations? library) => a.DType switch
    {
        DType.F32 => new LuKernel<float>(a.Shape, library),
        DType.F64 => new LuKernel<double>(a.Shape, library),
        _ => null,
    };

    /// <summary>X U = B.</summary>
    private static TriangularSolve FromRight => new(Left: false, LowerTriangle: false, Transposed: false, Conjugated: false, UnitDiagonal: false);

    /// <summary>The order of rows for each column.</summary>
    private static Value OrderOf(Value order, Shape shape) => Ops.Broadcast(order, shape, Axes.All(shape.Rank - 1));

    /// <summary>Elimination of each matrix, element by element.</summary>
    private sealed class Elimination(int[] pivots, int[] order) : INumberEvaluation
    {
        public NDArray Run<T>(NDArray[] operands)
            where T : unmanaged, INumberBase<T>
        {
            NDArray result = operands[0].Copy();
            int m = result.Shape[^2].Value, n = result.Shape[^1].Value, k = Math.Min(m, n);
            for (int i = 0; i < Matrices.Count(result.Shape); i++)
            {
                Span<int> exchanged = pivots.AsSpan(i * k, k);
                Factor(result.Data<T>().AsSpan(i * m * n, m * n), m, n, exchanged);
                LuFactor.Order(exchanged, order.AsSpan(i * m, m));
            }

            return result;
        }

        private static void Factor<T>(Span<T> a, int m, int n, Span<int> pivots)
            where T : unmanaged, INumberBase<T>
        {
            bool isFinite = true;
            foreach (T element in a)
            {
                isFinite &= T.IsFinite(element);
            }

            if (!isFinite)
            {
                a.Fill(T.Zero / T.Zero);
            }

            for (int j = 0; j < pivots.Length; j++)
            {
                int pivot = j;
                for (int i = j + 1; i < m; i++)
                {
                    pivot = Size(a[(i * n) + j]) > Size(a[(pivot * n) + j]) ? i : pivot;
                }

                pivots[j] = pivot;
                for (int c = 0; c < n; c++)
                {
                    (a[(j * n) + c], a[(pivot * n) + c]) = (a[(pivot * n) + c], a[(j * n) + c]);
                }

                for (int i = j + 1; i < m && !T.IsZero(a[(j * n) + j]); i++)
                {
                    T factor = a[(i * n) + j] /= a[(j * n) + j];
                    for (int c = j + 1; c < n; c++)
                    {
                        a[(i * n) + c] -= factor * a[(j * n) + c];
                    }
                }
            }
        }

        private static double Size<T>(T x)
            where T : INumberBase<T> => x is Complex z ? Complex.Abs(z) : double.CreateChecked(T.Abs(x));
    }
}

public static partial class Ops
{
    /// <summary>L and U in one, the pivots, and the order of rows: P A = L U.</summary>
    public static (Value Factors, Value Pivots, Value Order) Lu(Value a)
    {
        Node node = Node.Make(new Lu(), [a]);
        return (node.Results[0], node.Results[1], node.Results[2]);
    }
}
