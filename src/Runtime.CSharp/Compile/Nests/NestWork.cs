using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Nests;

/// <summary>How much computing an element of a result takes.</summary>
internal static class NestWork
{
    /// <summary>Whether an element costs more than reading it back.</summary>
    internal static bool IsDear(Primitive primitive) => OfElement(primitive) > 8;

    /// <summary>Instructions an element, about.</summary>
    internal static int OfElement(Primitive primitive) => primitive switch
    {
        Div or Sqrt or Rsqrt or Select or Compare or Fma or Rem => 4,
        Neg or Abs or Add or Sub or Mul or Max or Min or And or Or or Xor or Not or Sign or Floor or Ceil or Round or Truncate => 1,
        Primitives.Convert or IsFinite or ShiftLeft or ShiftRightLogical or ShiftRightArithmetic or Bitcast => 1,
        ElementwisePrimitive => 20,
        Threefry or RandomBits => 100,
        _ => 1,
    };
}
