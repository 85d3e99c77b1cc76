using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Numbers as bits, and what is told by their bits. None of these has a derivative, unless it says so.</content>
public static partial class Tensors
{
    /// <summary>The same bits as another dtype, as StableHLO's bitcast_convert.</summary>
    /// <remarks>
    /// Of one width, element by element. To a narrower dtype each element becomes a last axis of its parts, lowest bits first; to a
    /// wider one that axis is joined. A bool is one bit.
    /// </remarks>
    /// <exception cref="ShapeException">The last axis does not hold the parts of one element.</exception>
    public static Expr Bitcast(this Expr x, DType type)
    {
        int from = Bits(x.DType);
        int to = Bits(type);
        if (x.DType.IsComplex() || type.IsComplex())
        {
            throw new DTypeException($"bitcast: {x.Type} to {type.Name()}; complex numbers are read by their real and imaginary parts.").Here();
        }

        return from == to ? x.SameBits(type) : from > to ? x.Parted(type, from, to) : x.Joined(type, from, to);
    }

    /// <summary>The number of zero bits above the highest bit that is 1; the width of the dtype for 0.</summary>
    public static Expr LeadingZeros(this Expr x)
    {
        for (int distance = 1; distance < Bits(x.DType); distance *= 2)
        {
            x = x.Or(x.ShiftRightLogical(Shift(x, distance)));
        }

        return x.Not().PopCount();
    }

    /// <summary>The nearest whole number, halves away from zero (StableHLO's round_nearest_afz). Derivative: 0.</summary>
    public static Expr RoundHalfAway(this Expr x)
    {
        Expr whole = x.Truncate();
        return (x - whole).Abs().GreaterOrEqual(0.5).Where(whole + x.Sign(), whole);
    }

    /// <summary>Numbers rounded to a format of so many bits, and held as before. Derivative: 1.</summary>
    public static Expr ReducePrecision(this Expr x, int exponentBits, int mantissaBits) =>
        Building.Make(x, value => Ops.ReducePrecision(value, exponentBits, mantissaBits));

    private static int Bits(DType type) => type == DType.Bool ? 1 : 8 * type.Size();

    private static DType Unsigned(int bits) => bits switch { 8 => DType.U8, 16 => DType.U16, 32 => DType.U32, _ => DType.U64 };

    private static Expr Shift(Expr like, int distance) => Full(like.Shape, Scalar.Of(like.DType, (long)distance));

    private static Expr SameBits(this Expr x, DType type) => Building.Make(x, value => Ops.Bitcast(value, type));

    private static Expr Parted(this Expr x, DType type, int from, int to)
    {
        Expr whole = x.SameBits(Unsigned(from));
        Shape shape = whole.Shape.Insert(whole.Rank, from / to);
        Expr distances = Iota(whole.DType, shape, whole.Rank) * to;
        Expr parts = whole.ExpandDims(-1).BroadcastTo(shape).ShiftRightLogical(distances);
        return type == DType.Bool
            ? parts.And(parts.OnesLike()).Equal(1.0)
            : parts.Cast(Unsigned(to)).SameBits(type);
    }

    private static Expr Joined(this Expr x, DType type, int from, int to)
    {
        if (x.Rank == 0 || x.Shape[^1].Value != to / from)
        {
            throw new ShapeException(
                $"bitcast: {x.Type} to {type.Name()}: the last axis must hold the {to / from} parts of each element.").Here();
        }

        Expr parts = (x.DType == DType.Bool ? x : x.SameBits(Unsigned(from))).Cast(Unsigned(to));
        return parts.ShiftLeft(Iota(parts.DType, parts.Shape, parts.Rank - 1) * from).Sum(-1).SameBits(type);
    }
}
