using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Conversions of vectors.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>All but those that would round twice.</summary>
    private static bool IsVectorConversion(DType from, DType to) => !(from is DType.I64 or DType.U64 && to == DType.F32);

    private void WriteVectorConversion(LoopValue value, int size, int part)
    {
        LoopValue x = value.Operands[0];
        DType from = x.Type;
        DType to = value.Type;
        Type lane = HostTypes.Lane(to, size);
        if (to == DType.Bool)
        {
            PushPart(x, from.Size(), part);
            PushZero(HostTypes.Number(from));
            WriteVectorComparison(LoopOp.NotEqual, from, HostTypes.Number(from));
        }
        else if (from == DType.Bool)
        {
            PushPart(x, size, part);
            Reinterpret(HostTypes.Mask(size), lane);
            PushConstantVector(to, size, Scalar.One(to));
            Call(Vectors.Method("op_BitwiseAnd", lane, Vectors.Of(lane), Vectors.Of(lane)));
        }
        else if (from.Size() == size)
        {
            PushPart(x, size, part);
            ConvertInPlace(from, to);
        }
        else if (size == 8)
        {
            PushWide(x, 4, HostTypes.Number(from), part);
            DType wide = from switch { DType.F32 => DType.F64, DType.I32 => DType.I64, _ => DType.U64 };
            ConvertInPlace(wide == DType.U64 && to == DType.F64 ? ReinterpretUnsigned() : wide, to);
        }
        else
        {
            PushHalf(2 * part);
            PushHalf((2 * part) + 1);
            Type wide = HostTypes.Number(to switch { DType.F32 => DType.F64, DType.I32 => DType.I64, _ => DType.U64 });
            Call(Vectors.Method("Narrow", wide, Vectors.Of(wide), Vectors.Of(wide)));
        }

        // A u32 made wide is no negative i64.
        DType ReinterpretUnsigned()
        {
            Reinterpret(typeof(ulong), typeof(long));
            return DType.I64;
        }

        void PushHalf(int half)
        {
            PushPart(x, 8, half);
            if (from.IsFloating() && to != DType.F32)
            {
                ConvertInPlace(from, DType.I64);
                Clamp(to == DType.I32 ? int.MinValue : 0, to == DType.I32 ? int.MaxValue : uint.MaxValue);
                Reinterpret(typeof(long), to == DType.I32 ? typeof(long) : typeof(ulong));
            }
            else if (from != to && from.IsInteger())
            {
                Reinterpret(HostTypes.Number(from), to == DType.I32 ? typeof(long) : typeof(ulong));
            }
        }
    }

    /// <summary>The i64 on the stack within bounds.</summary>
    private void Clamp(long least, long most)
    {
        Type vector = Vectors.Of(typeof(long));
        il.Emit(OpCodes.Ldc_I8, least);
        Call(Vectors.Method("Create", typeof(long), typeof(long)));
        Call(Vectors.Method("Max", typeof(long), vector, vector));
        il.Emit(OpCodes.Ldc_I8, most);
        Call(Vectors.Method("Create", typeof(long), typeof(long)));
        Call(Vectors.Method("Min", typeof(long), vector, vector));
    }

    /// <summary>The vector on the stack in another type of the same size.</summary>
    private void ConvertInPlace(DType from, DType to)
    {
        Type lane = HostTypes.Number(from);
        if (from == to)
        {
            return;
        }

        if (from.IsInteger() && to.IsInteger())
        {
            Reinterpret(lane, HostTypes.Number(to));
        }
        else
        {
            Call(Vectors.Method("ConvertTo" + HostTypes.Number(to).Name, lane, Vectors.Of(lane)));
        }
    }
}
