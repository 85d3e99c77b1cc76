using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A = U diag(s) Vᵀ: singular values in descending order and orthonormal vectors of real matrices, the thin form.</summary>
/// <remarks>
/// <para>Shape: [.., m, n] gives U [.., m, k], s [.., k] and Vᵀ [.., k, n] with k = min(m, n). Of each left vector the component of largest
/// magnitude, the first of such, is positive. A matrix that is not finite gives NaN.</para>
/// <para>Error: singular values within a small multiple of max(m, n) eps s₁ (Golub and Van Loan 2013, section 8.6).</para>
/// <para>Derivative: with P = Uᵀ dA V, ds = diag(P), dU = U (F ∘ (P S + S Pᵀ)) + (I − U Uᵀ) dA V S⁻¹ and dV = V (F ∘ (S P + Pᵀ S)) +
/// (I − V Vᵀ) dAᵀ U S⁻¹, F[i, j] = 1 / (s[j]² − s[i]²) (Townsend 2016; Giles 2008). F is 0 on the diagonal and where values are equal, 1 / s
/// where s is 0: functions that do not depend on the choice of vectors there have their derivative.</para>
/// </remarks>
public sealed partial record Svd : FactorPrimitive
{
    /// <inheritdoc/>
    public override string Name => "svd";

    /// <summary>Draws matrices with distinct singular values that keep away from 0.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: false);
        return new(new Svd(), Matrices.Spread(Matrices.DrawCalm(source, type, Matrices.DrawShape(source, square: false)), 3));
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        TensorType a = Matrices.Check(Name, operands, square: false, complex: false);
        Extent k = Math.Min(a.Shape[^2].Value, a.Shape[^1].Value);
        return
        [
            a with { Shape = Matrices.With(a.Shape, a.Shape[^2], k) },
            a with { Shape = Matrices.WithVectors(a.Shape, k) },
            a with { Shape = Matrices.With(a.Shape, k, a.Shape[^1]) },
        ];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context)
    {
        (Value u, Value s, Value vt, Value da) = (node.Results[0], node.Results[1], node.Results[2], tangents[0]!);
        Extent k = s.Tensor.Shape[^1];
        Value byRows = Along(s, k, rows: true), byColumns = Along(s, k, rows: false), inverse = Reciprocal(s);
        Value right = Ops.MatMul(da, Triangles.Transpose(vt)), left = Ops.MatMul(Triangles.Transpose(u), da);
        Value inside = Ops.MatMul(left, Triangles.Transpose(vt)), turned = Triangles.Transpose(inside);
        Value gaps = Ops.Mul(Reciprocal(Ops.Sub(byColumns, byRows)), Reciprocal(Ops.Add(byColumns, byRows)));
        Value du = Ops.MatMul(u, Ops.Mul(gaps, Ops.Add(Ops.Mul(inside, byColumns), Ops.Mul(byRows, turned))));
        Value dvt = Ops.MatMul(
            Triangles.Transpose(Ops.Mul(gaps, Ops.Add(Ops.Mul(byRows, inside), Ops.Mul(turned, byColumns)))), vt);
        if (u.Tensor.Shape[^2].Value > k.Value)
        {
            Value beyond = Ops.Sub(right, Ops.MatMul(u, inside));
            du = Ops.Add(du, Ops.Mul(beyond, Along(inverse, u.Tensor.Shape[^2], rows: false)));
        }

        if (vt.Tensor.Shape[^1].Value > k.Value)
        {
            Value beyond = Ops.Sub(left, Ops.MatMul(inside, vt));
            dvt = Ops.Add(dvt, Ops.Mul(beyond, Along(inverse, vt.Tensor.Shape[^1], rows: true)));
        }

        return [du, DiagonalOf(inside), dvt];
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var a = (TensorType)operands[0];
        return Lower(a, Factorizations.Of(Operation.Svd, a.DType, Math.Min(a.Shape[^2].Value, a.Shape[^1].Value)));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm.</summary>
    internal static Kernel? Lower(TensorType a, Factorizations? library) => a.DType switch
    {
        DType.F32 => new SvdKernel<float>(a.Shape, library),
        DType.F64 => new SvdKernel<double>(a.Shape, library),
        _ => null,
    };

    private protected override double Operations(double m, double n) => (6 * m * n * Math.Min(m, n)) + (16 * Math.Pow(Math.Min(m, n), 3));

    /// <summary>By rotations of pairs of lines; the sign is settled at the end.</summary>
    private protected override double[][] Factor(double[] a, int m, int n)
    {
        int k = Math.Min(m, n);
        double[] u = new double[m * k], s = new double[k], vt = new double[k * n];
        PlainSingular.Of(a, m, n, u, s, vt);
        for (int j = 0; j < k; j++)
        {
            double sign = PlainRotations.Sign([.. Enumerable.Range(0, m).Select(i => u[(i * k) + j])]);
            for (int i = 0; i < m; i++)
            {
                u[(i * k) + j] *= sign;
            }

            for (int i = 0; i < n; i++)
            {
                vt[(j * n) + i] *= sign;
            }
        }

        return [u, s, vt];
    }
}

public static partial class Ops
{
    /// <summary>U, the singular values in descending order, and Vᵀ of real matrices: A = U diag(s) Vᵀ.</summary>
    public static (Value U, Value Values, Value Vt) Svd(Value a)
    {
        Node node = Node.Make(new Svd(), [a]);
        return (node.Results[0], node.Results[1], node.Results[2]);
    }
}
