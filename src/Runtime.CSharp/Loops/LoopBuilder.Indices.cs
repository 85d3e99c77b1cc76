using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Arithmetic of i64, the type of indices: sums keep their constant last, and ranges tell which quotients and remainders are known.</summary>
public sealed partial class LoopBuilder
{
    private LoopValue AddIndex(LoopValue x, LoopValue y)
    {
        if (x.IsConstant)
        {
            (x, y) = (y, x);
        }

        if (y.IsConstant)
        {
            long c = y.Constant.AsLong;
            if (x.IsConstant)
            {
                return Index(unchecked(x.Constant.AsLong + c));
            }

            if (c == 0)
            {
                return x;
            }

            if (IsSumWithConstant(x, out LoopValue? rest, out long before))
            {
                return AddIndex(rest!, Index(unchecked(before + c)));
            }
        }
        else if (IsSumWithConstant(x, out LoopValue? left, out long cx))
        {
            return AddIndex(AddIndex(left!, y), Index(cx));
        }
        else if (IsSumWithConstant(y, out LoopValue? right, out long cy))
        {
            return AddIndex(AddIndex(x, right!), Index(cy));
        }
        else if (y.Op == LoopOp.Add)
        {
            return AddIndex(AddIndex(x, y.Operands[0]), y.Operands[1]);
        }
        else if (Rejoined(x, y) is { } whole)
        {
            return whole;
        }

        (long least, long most) = Range((Int128)x.Least + y.Least, (Int128)x.Most + y.Most);
        return Make(LoopOp.Add, DType.I64, [x, y], least: least, most: most);
    }

    private LoopValue SubtractIndex(LoopValue x, LoopValue y) =>
        ReferenceEquals(x, y) ? Index(0) : AddIndex(x, MultiplyIndex(y, Index(-1)));

    private LoopValue MultiplyIndex(LoopValue x, LoopValue y)
    {
        if (x.IsConstant)
        {
            (x, y) = (y, x);
        }

        if (y.IsConstant)
        {
            long c = y.Constant.AsLong;
            if (x.IsConstant)
            {
                return Index(unchecked(x.Constant.AsLong * c));
            }

            if (c is 0 or 1)
            {
                return c == 0 ? Index(0) : x;
            }

            if (IsProductWithConstant(x, out LoopValue? factor, out long before))
            {
                return MultiplyIndex(factor!, Index(unchecked(before * c)));
            }

            if (x.Op == LoopOp.Add)
            {
                return AddIndex(MultiplyIndex(x.Operands[0], y), MultiplyIndex(x.Operands[1], y));
            }
        }

        Int128 a = (Int128)x.Least * y.Least;
        Int128 b = (Int128)x.Least * y.Most;
        Int128 d = (Int128)x.Most * y.Least;
        Int128 e = (Int128)x.Most * y.Most;
        (long least, long most) = Range(Int128.Min(Int128.Min(a, b), Int128.Min(d, e)), Int128.Max(Int128.Max(a, b), Int128.Max(d, e)));
        return Make(LoopOp.Multiply, DType.I64, [x, y], least: least, most: most);
    }

    private LoopValue DivideIndex(LoopValue x, long c)
    {
        if (x.IsConstant && c != -1)
        {
            return Index(x.Constant.AsLong / c);
        }

        if (c == 1)
        {
            return x;
        }

        if (c > 1 && x.Least >= 0)
        {
            if (x.Most < c)
            {
                return Index(0);
            }

            if (Parts(x, c) is ({ } multiple, { } rest))
            {
                return AddIndex(multiple, DivideIndex(rest, c));
            }

            return Make(LoopOp.Divide, DType.I64, [x, Index(c)], least: x.Least / c, most: x.Most / c);
        }

        return Make(LoopOp.Divide, DType.I64, [x, Index(c)], stays: c is 0 or -1);
    }

    private LoopValue RemainderIndex(LoopValue x, long c)
    {
        if (x.IsConstant && c != -1)
        {
            return Index(x.Constant.AsLong % c);
        }

        if (c == 1)
        {
            return Index(0);
        }

        if (c > 1 && x.Least >= 0)
        {
            if (x.Most < c)
            {
                return x;
            }

            if (Parts(x, c) is (not null, { } rest))
            {
                return RemainderIndex(rest, c);
            }

            return Make(LoopOp.Remainder, DType.I64, [x, Index(c)], least: 0, most: c - 1);
        }

        return Make(LoopOp.Remainder, DType.I64, [x, Index(c)], stays: c is 0 or -1);
    }

    private LoopValue LesserIndex(LoopValue x, LoopValue y) =>
        x.Most <= y.Least ? x : y.Most <= x.Least ? y
        : Make(LoopOp.Minimum, DType.I64, [x, y], least: Math.Min(x.Least, y.Least), most: Math.Min(x.Most, y.Most));

    private LoopValue GreaterIndex(LoopValue x, LoopValue y) =>
        x.Least >= y.Most ? x : y.Least >= x.Most ? y
        : Make(LoopOp.Maximum, DType.I64, [x, y], least: Math.Max(x.Least, y.Least), most: Math.Max(x.Most, y.Most));

    /// <summary>x = c · multiple + rest with no negative part, where x is written so.</summary>
    private (LoopValue? Multiple, LoopValue? Left) Parts(LoopValue x, long c)
    {
        if (IsProductWithConstant(x, out LoopValue? factor, out long times) && times % c == 0)
        {
            return (MultiplyIndex(factor!, Index(times / c)), Index(0));
        }

        if (x.Op != LoopOp.Add || x.Operands[0].Least < 0 || x.Operands[1].Least < 0)
        {
            return (null, null);
        }

        for (int side = 0; side < 2; side++)
        {
            LoopValue part = x.Operands[side];
            LoopValue other = x.Operands[1 - side];
            if (part.IsConstant && part.Constant.AsLong % c == 0)
            {
                return (Index(part.Constant.AsLong / c), other);
            }

            if (Parts(part, c) is ({ } multiple, { } rest))
            {
                return (multiple, AddIndex(other, rest));
            }
        }

        return (null, null);
    }

    /// <summary>A sum of which one term and one more are a quotient and a remainder of the same: they become it again.</summary>
    private LoopValue? Rejoined(LoopValue sum, LoopValue term)
    {
        if ((Whole(sum, term) ?? Whole(term, sum)) is { } whole)
        {
            return whole;
        }

        return sum.Op != LoopOp.Add ? null
            : Rejoined(sum.Operands[1], term) is { } last ? AddIndex(sum.Operands[0], last)
            : Rejoined(sum.Operands[0], term) is { } first ? AddIndex(first, sum.Operands[1])
            : null;
    }

    /// <summary>(u / b) · bs + (u % b) · s = u · s, where u / b may be written v / bc for u = v / c.</summary>
    private LoopValue? Whole(LoopValue quotient, LoopValue remainder)
    {
        (LoopValue r, long s) = Factors(remainder);
        (LoopValue q, long bs) = Factors(quotient);
        if (r.Op != LoopOp.Remainder || q.Op != LoopOp.Divide || !r.Operands[1].IsConstant || !q.Operands[1].IsConstant)
        {
            return null;
        }

        LoopValue u = r.Operands[0];
        long b = r.Operands[1].Constant.AsLong;
        long divisor = q.Operands[1].Constant.AsLong;
        bool isSame = ReferenceEquals(q.Operands[0], u) && divisor == b;
        bool isLonger = u.Op == LoopOp.Divide
            && u.Operands[1].IsConstant
            && ReferenceEquals(q.Operands[0], u.Operands[0])
            && divisor == b * u.Operands[1].Constant.AsLong;
        return (isSame || isLonger) && bs == b * s ? MultiplyIndex(u, Index(s)) : null;
    }

    private static (LoopValue Factor, long Times) Factors(LoopValue x) =>
        IsProductWithConstant(x, out LoopValue? factor, out long times) ? (factor!, times) : (x, 1);

    private static bool IsSumWithConstant(LoopValue x, out LoopValue? rest, out long c) => IsWithConstant(x, LoopOp.Add, out rest, out c);

    private static bool IsProductWithConstant(LoopValue x, out LoopValue? rest, out long c) =>
        IsWithConstant(x, LoopOp.Multiply, out rest, out c);

    private static bool IsWithConstant(LoopValue x, LoopOp op, out LoopValue? rest, out long c)
    {
        bool found = x.Op == op && x.Type == DType.I64 && x.Operands[1].IsConstant;
        rest = found ? x.Operands[0] : null;
        c = found ? x.Operands[1].Constant.AsLong : 0;
        return found;
    }

    private static (long Least, long Most) Range(Int128 least, Int128 most) =>
        least < long.MinValue || most > long.MaxValue ? (long.MinValue, long.MaxValue) : ((long)least, (long)most);
}
