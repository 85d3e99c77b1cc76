using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A = Q R with orthonormal columns in Q and an upper triangular R whose diagonal is not negative, of real matrices.</summary>
/// <remarks>
/// <para>Shape: [.., m, n] gives Q [.., m, k] and R [.., k, n] with k = min(m, n). The sign makes both unique where the first k columns are
/// independent. A matrix that is not finite gives NaN.</para>
/// <para>Error: that of a matrix within a small multiple of m n eps |A|, column by column (Higham 2002, theorem 19.4).</para>
/// <para>Derivative: with W = Qᵀ dA₁ R₁⁻¹, A₁ and R₁ the first k columns, and Ω = tril₋₁(W) − tril₋₁(W)ᵀ: dQ = Q Ω + (I − Q Qᵀ) dA₁ R₁⁻¹ and
/// dR = Qᵀ dA − Ω R (Walter, Lehmann and Lamour 2012; Seeger et al. 2017). Infinite or NaN where the columns are dependent.</para>
/// </remarks>
public sealed partial record Qr : FactorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "qr";

    /// <summary>Draws matrices with independent columns.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: false);
        return new(new Qr(), Matrices.Raised(Matrices.DrawCalm(source, type, Matrices.DrawShape(source, square: false)), 3, source.Int(0, 3)));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        TensorType a = Matrices.Check(Name, operands, square: false, complex: false);
        Extent k = Math.Min(a.Shape[^2].Value, a.Shape[^1].Value);
        return [a with { Shape = Matrices.With(a.Shape, a.Shape[^2], k) }, a with { Shape = Matrices.With(a.Shape, k, a.Shape[^1]) }];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        (Value q, Value r, Value da) = (node.Results[0], node.Results[1], tangents[0]!);
        int rank = q.Tensor.Rank, k = q.Tensor.Shape[^1].Value;
        Value qt = Triangles.Transpose(q), first = Ops.SliceAxis(r, rank - 1, 0, k);
        Value divided = Ops.TriangularSolve(first, Ops.SliceAxis(da, rank - 1, 0, k), new(Left: false, LowerTriangle: false, false, false, false));
        Value inside = Ops.MatMul(qt, divided);
        Value below = Triangles.Of(inside, lower: true, strictly: true);
        Value turn = Ops.Sub(below, Triangles.Transpose(below));
        Value dq = Ops.MatMul(q, turn);
        bool isTall = q.Tensor.Shape[^2].Value > k;
        Value dr = Triangles.Of(Ops.Sub(Ops.MatMul(qt, da), Ops.MatMul(turn, r)), lower: false);
        return [isTall ? Ops.Add(dq, Ops.Sub(divided, Ops.MatMul(q, inside))) : dq, dr];
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var a = (TensorType)operands[0];
        return Lower(a, Factorizations.Of(Operation.Qr, a.DType, Math.Min(a.Shape[^2].Value, a.Shape[^1].Value)));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm.</summary>
    internal static Kernel? Lower(TensorType a, Factorizations? library) => a.DType switch
    {
        DType.F32 => new QrKernel<float>(a.Shape, library),
        DType.F64 => new QrKernel<double>(a.Shape, library),
        _ => null,
    };

    private protected override double Operations(double m, double n) => Math.Min(m, n) is var k ? 4 * k * ((m * n) - (k * (m + n) / 2) + (k * k / 3)) : 0;

    /// <summary>Column by column, twice without what lies along those before (Gram and Schmidt; twice is enough, Giraud et al. 2005).</summary>
    private protected override double[][] Factor(double[] a, int m, int n)
    {
        int k = Math.Min(m, n), unit = 0;
        double[] q = new double[m * k], r = new double[k * n];
        for (int j = 0; j < k; j++)
        {
            double[] column = [.. Enumerable.Range(0, m).Select(i => a[(i * n) + j])];
            double size = column.Length == 0 ? 0 : column.Max(Math.Abs), before = Length(column), length = Length(Without(q, m, k, j, column));
            if (length <= 1e-14 * before || size == 0)
            {
                // A column that depends on those before it: any other direction.
                for (double found = 0; found < 1 / Math.Sqrt(2.0 * m); unit++)
                {
                    Array.Clear(column);
                    column[unit] = 1;
                    found = Length(Without(q, m, k, j, column));
                }

                length = Length(column);
            }

            for (int i = 0; i < m; i++)
            {
                q[(i * k) + j] = column[i] / length;
            }
        }

        for (int i = 0; i < k; i++)
        {
            for (int j = i; j < n; j++)
            {
                r[(i * n) + j] = Enumerable.Range(0, m).Sum(row => q[(row * k) + i] * a[(row * n) + j]);
            }
        }

        return [q, r];
    }

    private static double[] Without(double[] q, int m, int k, int count, double[] x)
    {
        for (int round = 0; round < 2; round++)
        {
            for (int j = 0; j < count; j++)
            {
                double along = Enumerable.Range(0, m).Sum(i => q[(i * k) + j] * x[i]);
                for (int i = 0; i < m; i++)
                {
                    x[i] -= along * q[(i * k) + j];
                }
            }
        }

        return x;
    }

    private static double Length(double[] x) => Math.Sqrt(x.Sum(element => element * element));
}

public static partial class Ops
{
    /// <summary>Q and R of real matrices: A = Q R, the diagonal of R not negative.</summary>
    public static (Value Q, Value R) Qr(Value a)
    {
        Node node = Node.Make(new Qr(), [a]);
        return (node.Results[0], node.Results[1]);
    }
}
