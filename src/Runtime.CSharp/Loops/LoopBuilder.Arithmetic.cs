using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Arithmetic. Operands of one instruction are of one type; i64, the type of indices, is simplified by what is known of its range.</summary>
public sealed partial class LoopBuilder
{
    /// <summary>x + y.</summary>
    public LoopValue Add(LoopValue x, LoopValue y) => x.Type == DType.I64 ? AddIndex(x, y) : Binary(LoopOp.Add, x, y);

    /// <summary>x − y.</summary>
    public LoopValue Subtract(LoopValue x, LoopValue y) => x.Type == DType.I64 ? SubtractIndex(x, y) : Binary(LoopOp.Subtract, x, y);

    /// <summary>x · y.</summary>
    public LoopValue Multiply(LoopValue x, LoopValue y) => x.Type == DType.I64 ? MultiplyIndex(x, y) : Binary(LoopOp.Multiply, x, y);

    /// <summary>x / y; of integers, y ≠ 0.</summary>
    public LoopValue Divide(LoopValue x, LoopValue y) =>
        x.Type == DType.I64 && y.IsConstant ? DivideIndex(x, y.Constant.AsLong) : Quotient(LoopOp.Divide, x, y);

    /// <summary>The remainder of integers, y ≠ 0.</summary>
    public LoopValue Remainder(LoopValue x, LoopValue y) =>
        x.Type == DType.I64 && y.IsConstant ? RemainderIndex(x, y.Constant.AsLong) : Quotient(LoopOp.Remainder, x, y);

    /// <summary>−x.</summary>
    public LoopValue Negate(LoopValue x) => x.Type == DType.I64 ? MultiplyIndex(x, Index(-1)) : Unary(LoopOp.Negate, x);

    /// <summary>|x|.</summary>
    public LoopValue Absolute(LoopValue x) => Unary(LoopOp.Absolute, x);

    /// <summary>x · y + z, rounded once.</summary>
    public LoopValue FusedMultiplyAdd(LoopValue x, LoopValue y, LoopValue z) => Make(LoopOp.FusedMultiplyAdd, x.Type, [x, y, z]);

    /// <summary>The lesser, NaN if one is NaN.</summary>
    public LoopValue Minimum(LoopValue x, LoopValue y) => x.Type == DType.I64 ? LesserIndex(x, y) : Binary(LoopOp.Minimum, x, y);

    /// <summary>The greater, NaN if one is NaN.</summary>
    public LoopValue Maximum(LoopValue x, LoopValue y) => x.Type == DType.I64 ? GreaterIndex(x, y) : Binary(LoopOp.Maximum, x, y);

    /// <summary>x &lt; y ? x : y.</summary>
    public LoopValue MinimumNative(LoopValue x, LoopValue y) => Binary(LoopOp.MinimumNative, x, y);

    /// <summary>x &gt; y ? x : y.</summary>
    public LoopValue MaximumNative(LoopValue x, LoopValue y) => Binary(LoopOp.MaximumNative, x, y);

    /// <summary>√x.</summary>
    public LoopValue SquareRoot(LoopValue x) => Unary(LoopOp.SquareRoot, x);

    /// <summary>The nearest integer below.</summary>
    public LoopValue Floor(LoopValue x) => Unary(LoopOp.Floor, x);

    /// <summary>The nearest integer above.</summary>
    public LoopValue Ceiling(LoopValue x) => Unary(LoopOp.Ceiling, x);

    /// <summary>The integer part.</summary>
    public LoopValue Truncate(LoopValue x) => Unary(LoopOp.Truncate, x);

    /// <summary>The nearest integer, ties to even.</summary>
    public LoopValue Round(LoopValue x) => Unary(LoopOp.Round, x);

    /// <summary>Bits in both.</summary>
    public LoopValue And(LoopValue x, LoopValue y) => Binary(LoopOp.And, x, y);

    /// <summary>Bits in one.</summary>
    public LoopValue Or(LoopValue x, LoopValue y) => Binary(LoopOp.Or, x, y);

    /// <summary>Bits in one alone.</summary>
    public LoopValue Xor(LoopValue x, LoopValue y) => Binary(LoopOp.Xor, x, y);

    /// <summary>The other bits.</summary>
    public LoopValue Not(LoopValue x) => Unary(LoopOp.Not, x);

    /// <summary>x shifted left, 0 ≤ y &lt; width.</summary>
    public LoopValue ShiftLeft(LoopValue x, LoopValue y) => Binary(LoopOp.ShiftLeft, x, y);

    /// <summary>x shifted left by a number.</summary>
    public LoopValue ShiftLeft(LoopValue x, int y) => ShiftLeft(x, Constant(x.Type, y));

    /// <summary>x shifted right, 0 ≤ y &lt; width, signed integers by their sign.</summary>
    public LoopValue ShiftRight(LoopValue x, LoopValue y) => Binary(LoopOp.ShiftRight, x, y);

    /// <summary>x shifted right by a number, signed integers by their sign.</summary>
    public LoopValue ShiftRight(LoopValue x, int y) => ShiftRight(x, Constant(x.Type, y));

    /// <summary>x shifted right, 0 ≤ y &lt; width, filled with zeros.</summary>
    public LoopValue ShiftRightLogical(LoopValue x, LoopValue y) => Binary(LoopOp.ShiftRightLogical, x, y);

    /// <summary>x shifted right by a number, filled with zeros.</summary>
    public LoopValue ShiftRightLogical(LoopValue x, int y) => ShiftRightLogical(x, Constant(x.Type, y));

    /// <summary>x = y.</summary>
    public LoopValue Equal(LoopValue x, LoopValue y) => Compare(LoopOp.Equal, x, y);

    /// <summary>x ≠ y.</summary>
    public LoopValue NotEqual(LoopValue x, LoopValue y) => Compare(LoopOp.NotEqual, x, y);

    /// <summary>x &lt; y.</summary>
    public LoopValue Less(LoopValue x, LoopValue y) => Compare(LoopOp.Less, x, y);

    /// <summary>x ≤ y.</summary>
    public LoopValue LessOrEqual(LoopValue x, LoopValue y) => Compare(LoopOp.LessOrEqual, x, y);

    /// <summary>x where the test holds, otherwise y.</summary>
    public LoopValue Select(LoopValue test, LoopValue x, LoopValue y) =>
        test.IsConstant ? test.Constant.AsLong != 0 ? x : y
        : ReferenceEquals(x, y) ? x
        : Make(
            LoopOp.Select,
            x.Type,
            [test, x, y],
            least: x.Type == DType.I64 ? Math.Min(x.Least, y.Least) : long.MinValue,
            most: x.Type == DType.I64 ? Math.Max(x.Most, y.Most) : long.MaxValue);

    /// <summary>x in another computed type.</summary>
    public LoopValue Convert(LoopValue x, DType type)
    {
        if (x.Type == type)
        {
            return x;
        }

        if (x.IsConstant && x.Type.IsInteger() && type == DType.I64)
        {
            return Index(x.Constant.AsLong);
        }

        bool widens = type == DType.I64 && x.Type is DType.I32 or DType.U32 or DType.Bool;
        return Make(
            LoopOp.Convert,
            type,
            [x],
            least: !widens ? long.MinValue : x.Type == DType.I32 ? int.MinValue : 0,
            most: !widens ? long.MaxValue : x.Type == DType.I32 ? int.MaxValue : x.Type == DType.U32 ? uint.MaxValue : 1);
    }

    /// <summary>The same bits as another type of the same size.</summary>
    public LoopValue Bitcast(LoopValue x, DType type) => x.Type == type ? x : Make(LoopOp.Bitcast, type, [x]);

    private LoopValue Unary(LoopOp op, LoopValue x) => Make(op, x.Type, [x]);

    private LoopValue Binary(LoopOp op, LoopValue x, LoopValue y)
    {
        Demand(x, y);
        return Make(op, x.Type, [x, y]);
    }

    /// <summary>A quotient of integers may fail where its block does not run: it stays, unless the divisor is known.</summary>
    private LoopValue Quotient(LoopOp op, LoopValue x, LoopValue y)
    {
        Demand(x, y);
        bool safe = x.Type.IsFloating() || (y.IsConstant && y.Constant.AsLong != 0);
        return Make(op, x.Type, [x, y], stays: !safe);
    }

    private LoopValue Compare(LoopOp op, LoopValue x, LoopValue y)
    {
        Demand(x, y);
        return KnownComparison(op, x, y) is { } known ? Constant(Scalar.Of(known)) : Make(op, DType.Bool, [x, y]);
    }

    private static bool? KnownComparison(LoopOp op, LoopValue x, LoopValue y) => x.Type != DType.I64 ? null : op switch
    {
        _ when ReferenceEquals(x, y) => op is LoopOp.Equal or LoopOp.LessOrEqual,
        LoopOp.Less => x.Most < y.Least ? true : x.Least >= y.Most ? false : null,
        LoopOp.LessOrEqual => x.Most <= y.Least ? true : x.Least > y.Most ? false : null,
        _ when x.Least == x.Most && y.Least == y.Most && x.Least == y.Least => op == LoopOp.Equal,
        _ when x.Most < y.Least || y.Most < x.Least => op == LoopOp.NotEqual,
        _ => null,
    };

    private static void Demand(LoopValue x, LoopValue y)
    {
        if (x.Type != y.Type)
        {
            throw new InvalidOperationException($"An instruction has operands {x.Type.Name()} and {y.Type.Name()}.");
        }
    }
}
