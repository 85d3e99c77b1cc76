namespace Adjoint.Loops;

/// <summary>What an instruction of the loop language computes. Each is defined bit for bit, so that all engines agree.</summary>
/// <remarks>
/// Instructions compute in bool, i32, u32, i64, u64, f32 and f64; other dtypes are storage, converted when loaded and stored.
/// Floating arithmetic is IEEE 754's to nearest; integers wrap.
/// </remarks>
public enum LoopOp
{
    /// <summary>A loop's index, a value that it carries, or a result of a loop or branch: it has no operands and stands in no block.</summary>
    Parameter,

    /// <summary>A number.</summary>
    Constant,

    /// <summary>x + y.</summary>
    Add,

    /// <summary>x − y.</summary>
    Subtract,

    /// <summary>x · y.</summary>
    Multiply,

    /// <summary>x / y; integers are cut towards zero, y ≠ 0, and the least integer over −1 is itself.</summary>
    Divide,

    /// <summary>What is left of the integer quotient, with the sign of x; y ≠ 0.</summary>
    Remainder,

    /// <summary>−x.</summary>
    Negate,

    /// <summary>|x|; the least integer is its own.</summary>
    Absolute,

    /// <summary>x · y + z, rounded once.</summary>
    FusedMultiplyAdd,

    /// <summary>The lesser; NaN if one is NaN; −0 is less than 0.</summary>
    Minimum,

    /// <summary>The greater; NaN if one is NaN; 0 is greater than −0.</summary>
    Maximum,

    /// <summary>x &lt; y ? x : y, as the processor does it: y where one is NaN or both are zeros.</summary>
    MinimumNative,

    /// <summary>x &gt; y ? x : y, as the processor does it: y where one is NaN or both are zeros.</summary>
    MaximumNative,

    /// <summary>√x.</summary>
    SquareRoot,

    /// <summary>The nearest integer below.</summary>
    Floor,

    /// <summary>The nearest integer above.</summary>
    Ceiling,

    /// <summary>The integer part.</summary>
    Truncate,

    /// <summary>The nearest integer, ties to even.</summary>
    Round,

    /// <summary>Bits in both; for bools and integers.</summary>
    And,

    /// <summary>Bits in one; for bools and integers.</summary>
    Or,

    /// <summary>Bits in one alone; for bools and integers.</summary>
    Xor,

    /// <summary>The bits not in x; for bools and integers.</summary>
    Not,

    /// <summary>x shifted left by y of x's type, 0 ≤ y &lt; width.</summary>
    ShiftLeft,

    /// <summary>x shifted right by y of x's type, 0 ≤ y &lt; width: signed integers keep their sign, others fill with zeros.</summary>
    ShiftRight,

    /// <summary>x shifted right by y of x's type, 0 ≤ y &lt; width, filled with zeros.</summary>
    ShiftRightLogical,

    /// <summary>x = y; false where one is NaN.</summary>
    Equal,

    /// <summary>x ≠ y; true where one is NaN.</summary>
    NotEqual,

    /// <summary>x &lt; y.</summary>
    Less,

    /// <summary>x ≤ y.</summary>
    LessOrEqual,

    /// <summary>The second operand where the first, a bool, is true; otherwise the third. Both are computed.</summary>
    Select,

    /// <summary>
    /// x in another type: integers wrap, numbers are rounded to nearest, floating to integer is cut towards zero, saturates, and takes NaN to 0;
    /// bool to number is 0 or 1; to bool: whether it is not zero.
    /// </summary>
    Convert,

    /// <summary>The same bits as another type of the same size.</summary>
    Bitcast,

    /// <summary>x as it comes back from being stored as <see cref="LoopValue.Storage"/>: f32 through f16 or bf16, i32 and u32 through 8 and 16 bits.</summary>
    ThroughStorage,

    /// <summary>The element of a buffer at an offset (i64), which must lie inside.</summary>
    Load,

    /// <summary>A <see cref="LoopFunction"/> of its operands, all of its type.</summary>
    Function,

    /// <summary>A function of single numbers, called for each lane.</summary>
    Call,
}
