using System.Reflection;
using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Instructions on single numbers.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>Computes an instruction from numbers that a way of pushing operands gives, and leaves it on the stack.</summary>
    private void WriteNumber(LoopValue value, Action<LoopValue> push)
    {
        if (value.Op == LoopOp.Select)
        {
            WriteChoice(value, push);
            return;
        }

        if (value.Op == LoopOp.Load)
        {
            PushAddress(value.Buffer!, value.Operands[0], push);
            LoadStored(value.Buffer!.Type);
            return;
        }

        for (int i = 0; i < value.Operands.Length; i++)
        {
            push(value.Operands[i]);
            if (i == 1 && Demands.IsShift(value.Op) && value.Type.Size() == 8)
            {
                il.Emit(OpCodes.Conv_I4);
            }
        }

        WriteOperation(value);
    }

    private void WriteOperation(LoopValue value)
    {
        DType type = value.Operands[0].Type;
        switch (value.Op)
        {
            case LoopOp.Add: il.Emit(OpCodes.Add); break;
            case LoopOp.Subtract: il.Emit(OpCodes.Sub); break;
            case LoopOp.Multiply: il.Emit(OpCodes.Mul); break;
            case LoopOp.Divide or LoopOp.Remainder: WriteQuotient(value, type); break;
            case LoopOp.Negate: il.Emit(OpCodes.Neg); break;
            case LoopOp.Minimum when type == DType.Bool: il.Emit(OpCodes.And); break;
            case LoopOp.Maximum when type == DType.Bool: il.Emit(OpCodes.Or); break;
            case LoopOp.Absolute: WriteAbsolute(type); break;
            case LoopOp.FusedMultiplyAdd or LoopOp.SquareRoot or LoopOp.Minimum or LoopOp.Maximum: WriteMath(value.Op, type); break;
            case LoopOp.MinimumNative or LoopOp.MaximumNative: WriteNative(value.Op, type); break;
            case LoopOp.Floor or LoopOp.Ceiling or LoopOp.Truncate or LoopOp.Round:
                if (type.IsFloating())
                {
                    WriteMath(value.Op, type);
                }

                break;
            case LoopOp.And: il.Emit(OpCodes.And); break;
            case LoopOp.Or: il.Emit(OpCodes.Or); break;
            case LoopOp.Xor: il.Emit(OpCodes.Xor); break;
            case LoopOp.Not: WriteNot(type); break;
            case LoopOp.ShiftLeft: il.Emit(OpCodes.Shl); break;
            case LoopOp.ShiftRight: il.Emit(type.IsUnsigned() ? OpCodes.Shr_Un : OpCodes.Shr); break;
            case LoopOp.ShiftRightLogical: il.Emit(OpCodes.Shr_Un); break;
            case LoopOp.Equal or LoopOp.NotEqual or LoopOp.Less or LoopOp.LessOrEqual: WriteComparison(value.Op, type); break;
            case LoopOp.Convert: WriteConversion(type, value.Type); break;
            case LoopOp.Bitcast: WriteBitcast(type, value.Type); break;
            case LoopOp.ThroughStorage: WriteThrough(value.Storage); break;
            case LoopOp.Call: Call(value.Method!); break;
            default: throw new InvalidOperationException($"No code for {value.Op}.");
        }
    }

    private void WriteChoice(LoopValue value, Action<LoopValue> push)
    {
        if (IsFloatComparison(value.Operands[0], value.Type) && target.Tables.Count > 0)
        {
            WriteBlend(value, push);
            return;
        }

        Label yes = il.DefineLabel();
        Label end = il.DefineLabel();
        push(value.Operands[0]);
        il.Emit(OpCodes.Brtrue, yes);
        push(value.Operands[2]);
        il.Emit(OpCodes.Br, end);
        il.MarkLabel(yes);
        push(value.Operands[1]);
        il.MarkLabel(end);
    }

    /// <summary>Whether a test compares floats of a type's size, so that its mask is found where it chooses.</summary>
    private bool IsFloatComparison(LoopValue test, DType type) =>
        type.IsFloating()
        && test.Op is LoopOp.Less or LoopOp.LessOrEqual or LoopOp.Equal or LoopOp.NotEqual
        && test.Operands.All(operand => operand.Type == type && (operand.IsConstant || numbers.ContainsKey(operand)));

    /// <summary>A choice without a branch, which might be foretold wrongly: with operands in the lowest lanes of vectors.</summary>
    private void WriteBlend(LoopValue value, Action<LoopValue> push)
    {
        VectorTable table = target.Tables[^1];
        Type lane = HostTypes.Number(value.Type);
        Type vector = table.Of(lane);
        LoopValue test = value.Operands[0];
        PushLow(test.Operands[0]);
        PushLow(test.Operands[1]);
        Call(table.Method(
            test.Op switch { LoopOp.Less => "LessThan", LoopOp.LessOrEqual => "LessThanOrEqual", _ => "Equals" }, lane, vector, vector));
        bool isTurned = test.Op == LoopOp.NotEqual;
        PushLow(value.Operands[isTurned ? 2 : 1]);
        PushLow(value.Operands[isTurned ? 1 : 2]);
        Call(table.Method("ConditionalSelect", lane, vector, vector, vector));
        Call(table.Method("ToScalar", lane, vector));

        void PushLow(LoopValue x)
        {
            push(x);
            Call(table.Method("CreateScalarUnsafe", lane, lane));
        }
    }

    private void WriteQuotient(LoopValue value, DType type)
    {
        bool divides = value.Op == LoopOp.Divide;
        bool isSafe = type.IsFloating() || (value.Operands[1].IsConstant && value.Operands[1].Constant.AsLong is not 0 and not -1);
        if (!isSafe)
        {
            Call(Number(divides ? nameof(Numbers.Divide) : nameof(Numbers.Remainder), type, type));
        }
        else if (type.IsUnsigned())
        {
            il.Emit(divides ? OpCodes.Div_Un : OpCodes.Rem_Un);
        }
        else
        {
            il.Emit(divides ? OpCodes.Div : OpCodes.Rem);
        }
    }

    private void WriteAbsolute(DType type)
    {
        if (type.IsFloating())
        {
            Call(MathOf(type, "Abs", 1));
        }
        else if (!type.IsUnsigned() && type != DType.Bool)
        {
            Call(Number(nameof(Numbers.Absolute), type));
        }
    }

    private void WriteMath(LoopOp op, DType type) => Call(op switch
    {
        LoopOp.FusedMultiplyAdd => MathOf(type, "FusedMultiplyAdd", 3),
        LoopOp.SquareRoot => MathOf(type, "Sqrt", 1),
        LoopOp.Minimum => MathOf(type, "Min", 2),
        LoopOp.Maximum => MathOf(type, "Max", 2),
        _ => MathOf(type, op.ToString(), 1),
    });

    private void WriteNative(LoopOp op, DType type)
    {
        if (type.IsFloating())
        {
            Call(Number(op.ToString(), type, type));
        }
        else
        {
            WriteMath(op == LoopOp.MinimumNative ? LoopOp.Minimum : LoopOp.Maximum, type);
        }
    }

    private void WriteNot(DType type)
    {
        if (type == DType.Bool)
        {
            WriteInverse();
        }
        else
        {
            il.Emit(OpCodes.Not);
        }
    }

    private void WriteInverse()
    {
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Ceq);
    }

    /// <summary>A comparison that holds for unordered floats is made of its opposite.</summary>
    private void WriteComparison(LoopOp op, DType type)
    {
        switch (op)
        {
            case LoopOp.Equal:
                il.Emit(OpCodes.Ceq);
                break;
            case LoopOp.NotEqual:
                il.Emit(OpCodes.Ceq);
                WriteInverse();
                break;
            case LoopOp.Less:
                il.Emit(type.IsUnsigned() ? OpCodes.Clt_Un : OpCodes.Clt);
                break;
            default:
                il.Emit(type.IsUnsigned() || type.IsFloating() ? OpCodes.Cgt_Un : OpCodes.Cgt);
                WriteInverse();
                break;
        }
    }

    private void WriteConversion(DType from, DType to)
    {
        if (to == DType.Bool)
        {
            PushConstant(from, Scalar.Zero(from));
            WriteComparison(LoopOp.NotEqual, from);
            return;
        }

        if (from.IsFloating() && to.IsInteger())
        {
            il.Emit(OpCodes.Conv_R8);
            Call(Number("To" + HostTypes.Number(to).Name, DType.F64));
            return;
        }

        if (to.IsFloating() && from is DType.U32 or DType.U64)
        {
            Call(Number("To" + HostTypes.Number(to).Name, from));
            return;
        }

        il.Emit(to switch
        {
            DType.F32 => OpCodes.Conv_R4,
            DType.F64 => OpCodes.Conv_R8,
            DType.I64 or DType.U64 => from is DType.U32 or DType.Bool ? OpCodes.Conv_U8 : OpCodes.Conv_I8,
            _ => OpCodes.Conv_I4,
        });
    }

    private void WriteBitcast(DType from, DType to)
    {
        if (from.IsFloating() != to.IsFloating())
        {
            string name = from == DType.F32 ? nameof(BitConverter.SingleToInt32Bits)
                : from == DType.F64 ? nameof(BitConverter.DoubleToInt64Bits)
                : to == DType.F32 ? nameof(BitConverter.Int32BitsToSingle)
                : nameof(BitConverter.Int64BitsToDouble);
            Call(typeof(BitConverter).GetMethod(name)!);
        }
    }

    private void WriteThrough(DType storage) => il.Emit(storage switch
    {
        DType.U8 => OpCodes.Conv_U1,
        DType.U16 => OpCodes.Conv_U2,
        DType.I8 => OpCodes.Conv_I1,
        DType.I16 => OpCodes.Conv_I2,
        _ => throw new InvalidOperationException($"{storage.Name()} is written out before."),
    });

    private static MethodInfo Number(string name, params DType[] operands) => typeof(Numbers).GetMethod(
        name, BindingFlags.NonPublic | BindingFlags.Static, [.. operands.Select(HostTypes.Number)])!;

    private static MethodInfo MathOf(DType type, string name, int operands) => (type == DType.F32 ? typeof(MathF) : typeof(Math)).GetMethod(
        name, [.. Enumerable.Repeat(HostTypes.Number(type), operands)])!;
}
