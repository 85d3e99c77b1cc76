using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Execute;

/// <summary>Which operands evaluation only reads: they are free afterwards, if this was their last use.</summary>
internal static class Lending
{
    /// <summary>Whether there may be such operands.</summary>
    internal static bool Lends(Primitive primitive) => primitive is TensorPrimitive or DynamicWrite or While or Repeat or Scan or BranchPrimitive;

    /// <summary>Whether an operand is one: not what a loop carries, and not what a branch takes.</summary>
    internal static bool IsLent(Primitive primitive, int operand) => primitive switch
    {
        While loop => operand < loop.Constants,
        Repeat loop => operand <= loop.Constants,
        Scan loop => operand < loop.Constants || operand >= loop.Constants + loop.Carries,
        BranchPrimitive => operand == 0,
        _ => true,
    };
}
