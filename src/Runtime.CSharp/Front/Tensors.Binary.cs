using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Elementwise functions of two tensors and more. Operands broadcast.</content>
public static partial class Tensors
{
    /// <summary>The larger of two; NaN if either is. Where both are equal the gradient is split evenly.</summary>
    public static Expr Maximum(this Expr x, Expr y) => Expr.Binary("maximum", x, y, Ops.Max);

    /// <summary>The larger of an element and a literal.</summary>
    public static Expr Maximum(this Expr x, double y) => x.Maximum(Literals.Like("maximum", x, y));

    /// <summary>The smaller of two; NaN if either is. Where both are equal the gradient is split evenly.</summary>
    public static Expr Minimum(this Expr x, Expr y) => Expr.Binary("minimum", x, y, Ops.Min);

    /// <summary>The smaller of an element and a literal.</summary>
    public static Expr Minimum(this Expr x, double y) => x.Minimum(Literals.Like("minimum", x, y));

    /// <summary>Remainder of the division cut towards zero, as C's fmod; its sign is the dividend's. See <see cref="Mod(Expr, Expr)"/>.</summary>
    public static Expr Remainder(this Expr x, Expr y) => Expr.Binary("remainder", x, y, Ops.Rem);

    /// <summary>Remainder of the division by a literal.</summary>
    public static Expr Remainder(this Expr x, double y) => x.Remainder(Literals.Like("remainder", x, y));

    /// <summary>The angle of the point (x, y), from −π to π.</summary>
    public static Expr Atan2(this Expr y, Expr x) => Expr.Binary("atan2", y, x, Ops.Atan2);

    /// <summary>Power of floating numbers; see <see cref="Pow(Expr, double)"/> for a literal exponent.</summary>
    public static Expr Pow(this Expr x, Expr y) => Expr.Binary("pow", x, y, Ops.Pow);

    /// <summary>Power to a literal; small whole exponents are products, also of integers.</summary>
    public static Expr Pow(this Expr x, double exponent) => exponent switch
    {
        0 => Literals.Like("pow", x, 1.0),
        1 => x,
        2 => x * x,
        3 => x * x * x,
        4 => (x * x).Square(),
        0.5 when x.DType.IsDifferentiable() => x.Sqrt(),
        -0.5 when x.DType.IsDifferentiable() => x.Rsqrt(),
        -1 when x.DType.IsDifferentiable() => 1.0 / x,
        _ => x.Pow(Literals.Like("pow", x, exponent)),
    };

    /// <summary>x².</summary>
    public static Expr Square(this Expr x) => x * x;

    /// <summary>x y + z, rounded once.</summary>
    public static Expr Fma(this Expr x, Expr y, Expr z)
    {
        Broadcasting.SameDType("fma", x, y);
        Broadcasting.SameDType("fma", x, z);
        Shape shape = Broadcasting.Common("fma", Broadcasting.Common("fma", x.Shape, y.Shape), z.Shape);
        Expr[] operands = [.. new[] { x, y, z }.Select(operand => Broadcasting.To("fma", operand, shape))];
        return Building.Make(operands, values => Ops.Fma(values[0], values[1], values[2]));
    }

    /// <summary>Both, of bools; bit by bit, of integers.</summary>
    public static Expr And(this Expr x, Expr y) => Expr.Binary("and", x, y, Ops.And);

    /// <summary>Either, of bools; bit by bit, of integers.</summary>
    public static Expr Or(this Expr x, Expr y) => Expr.Binary("or", x, y, Ops.Or);

    /// <summary>One but not both, of bools; bit by bit, of integers.</summary>
    public static Expr Xor(this Expr x, Expr y) => Expr.Binary("xor", x, y, Ops.Xor);

    /// <summary>Bits moved up; zeros come in. 0 for a distance outside the width.</summary>
    public static Expr ShiftLeft(this Expr x, Expr distance) => Expr.Binary("shift_left", x, distance, Ops.ShiftLeft);

    /// <summary>Bits moved down; zeros come in.</summary>
    public static Expr ShiftRightLogical(this Expr x, Expr distance) =>
        Expr.Binary("shift_right_logical", x, distance, Ops.ShiftRightLogical);

    /// <summary>Bits moved down; the sign comes in.</summary>
    public static Expr ShiftRightArithmetic(this Expr x, Expr distance) =>
        Expr.Binary("shift_right_arithmetic", x, distance, Ops.ShiftRightArithmetic);

    /// <summary>A complex tensor of its parts.</summary>
    public static Expr Complex(this Expr real, Expr imaginary) => Expr.Binary("complex", real, imaginary, Ops.Complex);

    /// <summary>Elements of the first where the condition holds, of the second elsewhere.</summary>
    /// <remarks>
    /// Both are computed. The cotangent of what isn't chosen is 0, which an infinite derivative turns into NaN: choose the operands
    /// first.
    /// </remarks>
    public static Expr Where(this Expr condition, Expr x, Expr y)
    {
        if (condition.DType != DType.Bool)
        {
            throw new DTypeException($"where: the condition is {condition.Type}, not bool. Compare it with something?").Here();
        }

        (Expr left, Expr right) = Broadcasting.Meet("where", x, y);
        Shape shape = Broadcasting.Common("where", condition.Shape, left.Shape);
        Expr[] operands = [.. new[] { condition, left, right }.Select(operand => Broadcasting.To("where", operand, shape))];
        return Building.Make(operands, values => Ops.Select(values[0], values[1], values[2]));
    }

    /// <summary>Elements of the first where the condition holds, a literal elsewhere.</summary>
    public static Expr Where(this Expr condition, Expr x, double y) => condition.Where(x, Literals.Like("where", x, y));

    /// <summary>A literal where the condition holds, elements of the second elsewhere.</summary>
    public static Expr Where(this Expr condition, double x, Expr y) => condition.Where(Literals.Like("where", y, x), y);

    /// <summary>Elements moved into low … high; NaN stays.</summary>
    public static Expr Clip(this Expr x, double low, double high) => x.Maximum(low).Minimum(high);

    /// <summary>Elements moved into low … high; NaN stays.</summary>
    public static Expr Clip(this Expr x, Expr low, Expr high) => x.Maximum(low).Minimum(high);

    /// <summary>The same numbers in another dtype; floats to integers are cut towards zero and saturate, NaN gives 0.</summary>
    public static Expr Cast(this Expr x, DType type) => Building.Make(x, value => Ops.Convert(value, type));

    /// <summary>The same tensor; when it is computed, its elements go to the handler of diagnostics.</summary>
    public static Expr DebugPrint(this Expr x, string label) => Building.Make(x, value => Ops.DebugPrint(label, value));

    /// <summary>The same tensor; when it is computed and the condition fails anywhere, an error with this message.</summary>
    public static Expr Check(this Expr x, Expr condition, string message) =>
        Building.Make(condition, x, (holds, value) => Ops.Check(message, holds, value));
}
