using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <content>Shifts to both sides that make a rotation, which processors with AVX-512 do at once.</content>
internal sealed partial class MethodWriter
{
    /// <summary>How far left the disjunction of two shifts of one value rotates it; null where it is something else.</summary>
    private static int? RotationOf(LoopValue value)
    {
        if (value.Op != LoopOp.Or || value.Type is not (DType.U32 or DType.U64)
            || value.Operands is not [{ Op: LoopOp.ShiftLeft } left, { Op: LoopOp.ShiftRight or LoopOp.ShiftRightLogical } right]
            || !ReferenceEquals(left.Operands[0], right.Operands[0])
            || left.Operands[1].Op != LoopOp.Constant
            || right.Operands[1].Op != LoopOp.Constant)
        {
            return null;
        }

        long by = left.Operands[1].Constant.AsLong;
        return by + right.Operands[1].Constant.AsLong == 8 * value.Type.Size() ? (int)by : null;
    }

    private MethodInfo? RotationMethod(DType type)
    {
        Type vector = Vectors.Of(HostTypes.Number(type));
        Type? set = Vectors.Bytes == Vector512<byte>.Count && Avx512F.IsSupported ? typeof(Avx512F)
            : Vectors.Bytes <= Vector256<byte>.Count && Avx512F.VL.IsSupported ? typeof(Avx512F.VL) : null;
        return set?.GetMethod(nameof(Avx512F.RotateLeft), BindingFlags.Public | BindingFlags.Static, [vector, typeof(byte)]);
    }

    /// <summary>Writes a rotation at once; false where it is none, or where what it rotates is no longer at hand.</summary>
    private bool TryWriteRotation(LoopValue value, int size, int part)
    {
        if (RotationOf(value) is not { } by
            || value.Operands[0].Operands[0] is not { } rotated
            || !vectors.ContainsKey((rotated, size))
            || RotationMethod(value.Type) is not { } method)
        {
            return false;
        }

        PushPart(rotated, size, part);
        il.Emit(OpCodes.Ldc_I4, by);
        Call(method);
        return true;
    }
}
