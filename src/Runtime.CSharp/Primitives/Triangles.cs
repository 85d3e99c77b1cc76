using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Graphs that take matrices apart: triangles, diagonals, transposes.</summary>
internal static class Triangles
{
    /// <summary>Elements on and below the diagonal, or on and above it; without the diagonal where that is asked for.</summary>
    internal static Value Of(Value x, bool lower, bool strictly = false)
    {
        Shape shape = new(x.Tensor.Shape.TakeLast(2));
        Value row = Ops.Iota(DType.I32, shape, 0), column = Ops.Iota(DType.I32, shape, 1);
        Value outside = lower == strictly
            ? Ops.Compare(lower ? Direction.Ge : Direction.Gt, lower ? column : row, lower ? row : column)
            : Ops.Compare(lower ? Direction.Gt : Direction.Ge, lower ? column : row, lower ? row : column);
        return Ops.Select(Everywhere(outside, x.Tensor.Shape), Ops.ZerosLike(x), x);
    }

    /// <summary>Zeros but on the diagonal.</summary>
    internal static Value Diagonal(Value x)
    {
        Shape shape = new(x.Tensor.Shape.TakeLast(2));
        Value inside = Ops.Equal(Ops.Iota(DType.I32, shape, 0), Ops.Iota(DType.I32, shape, 1));
        return Ops.Select(Everywhere(inside, x.Tensor.Shape), x, Ops.ZerosLike(x));
    }

    /// <summary>The lower triangle with half its diagonal, of which the imaginary part goes: Φ, with Φ(X) + Φ(X)ᴴ = X for Hermitian X.</summary>
    internal static Value HalfLower(Value x) => Ops.Add(Of(x, lower: true, strictly: true), Ops.Scale(RealDiagonal(x), 0.5));

    /// <summary>The Hermitian matrix whose lower triangle this is.</summary>
    internal static Value Hermitian(Value x)
    {
        Value below = Of(x, lower: true, strictly: true);
        return Ops.Add(Ops.Add(below, ConjugateTranspose(below)), RealDiagonal(x));
    }

    /// <summary>Matrices with rows for columns.</summary>
    internal static Value Transpose(Value x)
    {
        int rank = x.Tensor.Rank;
        return Ops.Permute(x, new Axes([.. Enumerable.Range(0, rank - 2), rank - 1, rank - 2]));
    }

    /// <summary>Xᴴ.</summary>
    internal static Value ConjugateTranspose(Value x) => Ops.Conj(Transpose(x));

    private static Value RealDiagonal(Value x)
    {
        Value diagonal = Diagonal(x);
        return x.Tensor.DType.IsComplex() ? Ops.Scale(Ops.Add(diagonal, Ops.Conj(diagonal)), 0.5) : diagonal;
    }

    private static Value Everywhere(Value mask, Shape shape) =>
        Ops.Broadcast(mask, shape, new Axes(shape.Rank - 2, shape.Rank - 1));
}
