using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The lower triangular L with A = L Lᴴ, of Hermitian positive definite matrices.</summary>
/// <remarks>
/// <para>Shape: [.., n, n] gives the same, zeros above the diagonal. Only the lower triangle of A is read, and the real part of its diagonal.</para>
/// <para>A matrix that is not positive definite, or not finite, gives NaN in the whole lower triangle.</para>
/// <para>Error: |A − L Lᴴ| ≤ (n + 1) eps |L| |Lᴴ| (Higham 2002, theorem 10.3).</para>
/// <para>Derivative: dL = L Φ(L⁻¹ dA L⁻ᴴ), Φ the lower triangle with half its diagonal (Smith 1995; Murray 2016).</para>
/// </remarks>
public sealed partial record Cholesky : UnaryPrimitive, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "cholesky";

    /// <summary>Draws matrices whose diagonal outweighs the rest.</summary>
    public static Sample Draw(SampleSource source)
    {
        DType type = Matrices.DrawType(source, complex: true);
        return new(new Cholesky(), Matrices.Raised(source.Numbers(type, Matrices.DrawShape(source, square: true)), 8));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x) => Matrices.Check(Name, [x], square: true, complex: true);

    /// <inheritdoc/>
    public override NDArray Evaluate(NDArray x) => Dispatch.Numbers(this, [x]);

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands)
    {
        NDArray result = operands[0].Copy();
        T[] l = result.Data<T>();
        int n = result.Shape[^1].Value;
        for (int start = 0; start < l.Length; start += n * n)
        {
            Factor(l.AsSpan(start, n * n), n);
        }

        return result;
    }

    /// <inheritdoc/>
    public override Value? Jvp(Node node, Value tangent)
    {
        Value l = node.Result;
        Value half = Ops.TriangularSolve(l, Triangles.Hermitian(tangent), new(Left: true, LowerTriangle: true, false, false, false));
        Value whole = Ops.TriangularSolve(l, half, new(Left: false, LowerTriangle: true, Transposed: true, Conjugated: true, false));
        return Ops.MatMul(l, Triangles.HalfLower(whole));
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) => new(Ops.Cholesky(BatchAxes.At(x, 0, size)), 0);

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;
        return base.Cost(operands) with { Operations = Matrices.Count(shape) * Math.Pow(shape[^1].Value, 3) / 3 };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var a = (TensorType)operands[0];
        return Lower(a, Factorizations.Of(Operation.Cholesky, a.DType, a.Shape[^1].Value));
    }

    /// <summary>The kernel by a library, or by the runtime's own algorithm.</summary>
    internal static Kernel? Lower(TensorType a, Factorizations? library) => a.DType switch
    {
        DType.F32 => new CholeskyKernel<float>(a.Shape, library),
        DType.F64 => new CholeskyKernel<double>(a.Shape, library),
        _ => null,
    };

    /// <summary>Row by row; a minor that is not positive leaves NaN on the diagonal.</summary>
    private static void Factor<T>(Span<T> a, int n)
        where T : unmanaged, INumberBase<T>
    {
        bool isDefinite = true;
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                T sum = i == j ? Matrices.RealPart(a[(i * n) + i]) : a[(i * n) + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= a[(i * n) + k] * Matrices.Conjugate(a[(j * n) + k]);
                }

                a[(i * n) + j] = i == j ? Matrices.Root(sum) : sum / a[(j * n) + j];
            }

            a[((i * n) + i + 1)..((i + 1) * n)].Clear();
            isDefinite &= T.IsFinite(a[(i * n) + i]);
        }

        for (int i = 0; i < n && !isDefinite; i++)
        {
            a.Slice(i * n, i + 1).Fill(T.Zero / T.Zero);
        }
    }
}

public static partial class Ops
{
    /// <summary>The lower triangular L with A = L Lᴴ; reads the lower triangle.</summary>
    public static Value Cholesky(Value a) => Apply(new Cholesky(), a);
}
