using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A = V diag(w) Vᵀ: eigenvalues in ascending order and orthonormal eigenvectors of real symmetric matrices.</summary>
/// <remarks>
/// <para>Shape: [.., n, n], whose lower triangle is read, gives w [.., n] and V [.., n, n] with the vectors as columns. Of each vector the
/// component of largest magnitude, the first of such, is positive. A matrix that is not finite gives NaN.</para>
/// <para>Error: eigenvalues within a small multiple of n eps |A| (Golub and Van Loan 2013, section 8.3).</para>
/// <para>Derivative: with M = Vᵀ dA V, dw = diag(M) and dV = V (F ∘ M), F[i, j] = 1 / (w[j] − w[i]) (Giles 2008), 0 on the diagonal and where
/// eigenvalues are equal: functions that do not depend on the choice of vectors there have their derivative.</para>
/// </remarks>
public sealed partial record Eigh : FactorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "eigh";

    /// <summary>Draws matrices with distinct eigenvalues.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: false);
        return new(new Eigh(), Matrices.Spread(Matrices.DrawCalm(source, type, Matrices.DrawShape(source, square: true)), 3));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        TensorType a = Matrices.Check(Name, operands, square: true, complex: false);
        return [a with { Shape = Matrices.WithVectors(a.Shape, a.Shape[^1]) }, a];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        (Value w, Value v) = (node.Results[0], node.Results[1]);
        Extent n = v.Tensor.Shape[^1];
        Value inside = Ops.MatMul(Triangles.Transpose(v), Ops.MatMul(Triangles.Hermitian(tangents[0]!), v));
        Value gaps = Reciprocal(Ops.Sub(Along(w, n, rows: false), Along(w, n, rows: true)));
        return [DiagonalOf(inside), Ops.MatMul(v, Ops.Mul(gaps, inside))];
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var a = (TensorType)operands[0];
        return Lower(a, Factorizations.Of(Operation.Eigh, a.DType, a.Shape[^1].Value));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm.</summary>
    internal static Kernel? Lower(TensorType a, Factorizations? library) => a.DType switch
    {
        DType.F32 => new EighKernel<float>(a.Shape, library),
        DType.F64 => new EighKernel<double>(a.Shape, library),
        _ => null,
    };

    private protected override double Operations(double m, double n) => 9 * n * n * n;

    /// <summary>Rotations of pairs of rows and columns until what lies beside the diagonal vanishes (Jacobi 1846).</summary>
    private protected override double[][] Factor(double[] a, int m, int n)
    {
        double[] v = new double[n * n], w = new double[n], sorted = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            v[(i * n) + i] = 1;
            for (int j = i + 1; j < n; j++)
            {
                a[(i * n) + j] = a[(j * n) + i];
            }
        }

        for (int sweep = 0; sweep < 60; sweep++)
        {
            for (int p = 0; p < n; p++)
            {
                for (int q = p + 1; q < n; q++)
                {
                    PlainRotations.Turn(a, v, n, p, q);
                }
            }
        }

        int[] order = [.. Enumerable.Range(0, n).OrderBy(i => a[(i * n) + i])];
        for (int j = 0; j < n; j++)
        {
            w[j] = a[(order[j] * n) + order[j]];
            double sign = PlainRotations.Sign([.. Enumerable.Range(0, n).Select(i => v[(i * n) + order[j]])]);
            for (int i = 0; i < n; i++)
            {
                sorted[(i * n) + j] = sign * v[(i * n) + order[j]];
            }
        }

        return [w, sorted];
    }
}

public static partial class Ops
{
    /// <summary>Eigenvalues, ascending, and eigenvectors as columns of real symmetric matrices; reads the lower triangle.</summary>
    public static (Value Values, Value Vectors) Eigh(Value a)
    {
        Node node = Node.Make(new Eigh(), [a]);
        return (node.Results[0], node.Results[1]);
    }
}
