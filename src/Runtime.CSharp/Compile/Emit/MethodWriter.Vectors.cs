using System.Reflection;
using System.Reflection.Emit;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Instructions on vectors: each for all parts in turn, so that chains of different parts interleave.</summary>
internal sealed partial class MethodWriter
{
    /// <summary>A varying instruction, in the sizes in which it is needed.</summary>
    private void WriteVector(LoopValue value)
    {
        int natural = Demands.NaturalSize(value);
        bool isNative = value.Type != DType.Bool || Demands.KeepsSize(value.Op) || (value.Op == LoopOp.Load && kinds[value.Operands[0]].IsAffine);
        foreach (int size in natural == 4 ? (ReadOnlySpan<int>)[4, 8] : [8, 4])
        {
            if (!demands.AsVector(value, size))
            {
                continue;
            }

            if (isNative || size == natural)
            {
                WriteVector(value, size);
            }
            else
            {
                ConvertMask(value, natural, size);
            }
        }
    }

    private void WriteVector(LoopValue value, int size)
    {
        if (kinds[value].IsAffine)
        {
            WriteSteps(value);
        }
        else if (value.Op == LoopOp.Load)
        {
            WriteLoad(value, size);
        }
        else if (!HasVectorForm(value))
        {
            WriteEach(value, size);
        }
        else
        {
            LocalBuilder[] parts = PartsOf(value, size);
            for (int part = 0; part < parts.Length; part++)
            {
                WritePart(value, size, part);
                il.Emit(OpCodes.Stloc, parts[part]);
            }
        }
    }

    /// <summary>A value that grows by a stride, from its first lane.</summary>
    private void WriteSteps(LoopValue value)
    {
        LocalBuilder[] parts = PartsOf(value, 8);
        long stride = kinds[value].Stride;
        for (int part = 0; part < parts.Length; part++)
        {
            PushNumber(value);
            il.Emit(OpCodes.Ldc_I8, unchecked(part * (Vectors.Bytes / 8) * stride));
            il.Emit(OpCodes.Add);
            Call(Vectors.Method("Create", typeof(long), typeof(long)));
            il.Emit(OpCodes.Ldc_I8, 0L);
            il.Emit(OpCodes.Ldc_I8, stride);
            Call(Vectors.Method("CreateSequence", typeof(long), typeof(long), typeof(long)));
            Call(Vectors.Method("op_Addition", typeof(long), Vectors.Of(typeof(long)), Vectors.Of(typeof(long))));
            il.Emit(OpCodes.Stloc, parts[part]);
        }
    }

    private void ConvertMask(LoopValue value, int from, int to)
    {
        LocalBuilder[] parts = PartsOf(value, to);
        for (int part = 0; part < parts.Length; part++)
        {
            PushMaskOf(value, from, to, part);
            il.Emit(OpCodes.Stloc, parts[part]);
        }
    }

    /// <summary>Part of a mask whose lanes have another size.</summary>
    private void PushMaskOf(LoopValue value, int from, int to, int part)
    {
        if (from == to)
        {
            PushPart(value, from, part);
        }
        else if (to == 8)
        {
            PushWide(value, 4, typeof(int), part);
        }
        else
        {
            PushPart(value, 8, 2 * part);
            PushPart(value, 8, (2 * part) + 1);
            Call(Vectors.Method("Narrow", typeof(long), Vectors.Of(typeof(long)), Vectors.Of(typeof(long))));
        }
    }

    /// <summary>Half of a vector of lanes of 4 bytes, as lanes of 8.</summary>
    private void PushWide(LoopValue value, int size, Type lane, int part)
    {
        PushPart(value, size, part / 2);
        Call(Vectors.Method(part % 2 == 0 ? "WidenLower" : "WidenUpper", lane, Vectors.Of(lane)));
    }

    private bool HasVectorForm(LoopValue value)
    {
        DType type = value.Operands[0].Type;
        return value.Op switch
        {
            LoopOp.Call => false,
            LoopOp.Divide => type.IsFloating() || Reciprocal.Of(value) is not null,
            LoopOp.Remainder => Reciprocal.Of(value) is not null,
            LoopOp.MinimumNative or LoopOp.MaximumNative => target.HasProcessorMinimum,
            LoopOp.ShiftLeft or LoopOp.ShiftRight or LoopOp.ShiftRightLogical =>
                !kinds[value.Operands[1]].Varies || VariableShift(value) is not null,
            LoopOp.Convert => IsVectorConversion(type, value.Type),
            _ => true,
        };
    }

    private void WritePart(LoopValue value, int size, int part)
    {
        DType type = value.Operands[0].Type;
        if (value.Op == LoopOp.Convert)
        {
            WriteVectorConversion(value, size, part);
        }
        else if (Demands.IsShift(value.Op))
        {
            WriteVectorShift(value, size, part);
        }
        else if (value.Op is LoopOp.Divide or LoopOp.Remainder && Reciprocal.Of(value) is { } reciprocal)
        {
            WriteVectorQuotient(value, reciprocal, part);
        }
        else if (TryWriteRotation(value, size, part))
        {
            return;
        }
        else if (value.Op == LoopOp.Select)
        {
            Type lane = HostTypes.Lane(value.Type, size);
            PushPart(value.Operands[0], size, part);
            Reinterpret(HostTypes.Mask(size), lane);
            PushPart(value.Operands[1], size, part);
            PushPart(value.Operands[2], size, part);
            Call(Vectors.Method("ConditionalSelect", lane, Vectors.Of(lane), Vectors.Of(lane), Vectors.Of(lane)));
        }
        else
        {
            foreach (LoopValue operand in value.Operands)
            {
                PushPart(operand, Demands.OperandSize(value, operand, size), part);
            }

            WriteVectorOperation(value, type, HostTypes.Lane(type, type == DType.Bool ? size : type.Size()));
        }
    }

    private void WriteVectorOperation(LoopValue value, DType type, Type lane)
    {
        switch (value.Op)
        {
            case LoopOp.Equal or LoopOp.NotEqual or LoopOp.Less or LoopOp.LessOrEqual:
                WriteVectorComparison(value.Op, type, lane);
                break;
            case LoopOp.Bitcast:
                Reinterpret(lane, HostTypes.Number(value.Type));
                break;
            case LoopOp.ThroughStorage:
                WriteVectorThrough(value.Storage, lane);
                break;
            case LoopOp.Floor or LoopOp.Ceiling or LoopOp.Truncate or LoopOp.Round when !type.IsFloating():
                break;
            default:
                Join(value.Op, type, lane, Vectors, value.Operands.Length);
                break;
        }
    }

    /// <summary>An operation of vectors on the stack.</summary>
    private void Join(LoopOp op, DType type, Type lane, VectorTable table, int operands)
    {
        string name = (op, type == DType.Bool) switch
        {
            (LoopOp.Add, _) => "op_Addition",
            (LoopOp.Subtract, _) => "op_Subtraction",
            (LoopOp.Multiply, _) => "op_Multiply",
            (LoopOp.Divide, _) => "op_Division",
            (LoopOp.And, _) or (LoopOp.Minimum, true) => "op_BitwiseAnd",
            (LoopOp.Or, _) or (LoopOp.Maximum, true) => "op_BitwiseOr",
            (LoopOp.Xor, _) => "op_ExclusiveOr",
            (LoopOp.Not, _) => "op_OnesComplement",
            (LoopOp.Absolute, _) => "Abs",
            (LoopOp.Minimum, _) => "Min",
            (LoopOp.Maximum, _) => "Max",
            (LoopOp.MinimumNative, _) => "MinNative",
            (LoopOp.MaximumNative, _) => "MaxNative",
            (LoopOp.SquareRoot, _) => "Sqrt",
            _ => op.ToString(),
        };
        Type vector = table.Of(lane);
        Call(operands == 1 ? table.Method(name, lane, vector)
            : operands == 2 ? table.Method(name, lane, vector, vector)
            : table.Method(name, lane, vector, vector, vector));
    }

    private void WriteVectorComparison(LoopOp op, DType type, Type lane)
    {
        Type vector = Vectors.Of(lane);
        if (type == DType.Bool && op is LoopOp.Less or LoopOp.LessOrEqual)
        {
            // Of masks, true is −1: x < y as truths is y < x as numbers.
            Call(Vectors.Method(op == LoopOp.Less ? "GreaterThan" : "GreaterThanOrEqual", lane, vector, vector));
            return;
        }

        string name = op switch
        {
            LoopOp.Less => "LessThan",
            LoopOp.LessOrEqual => "LessThanOrEqual",
            _ => "Equals",
        };
        Call(Vectors.Method(name, lane, vector, vector));
        Type mask = HostTypes.Mask(lane == typeof(double) || lane == typeof(long) || lane == typeof(ulong) ? 8 : 4);
        Reinterpret(lane, mask);
        if (op == LoopOp.NotEqual)
        {
            Call(Vectors.Method("op_OnesComplement", mask, Vectors.Of(mask)));
        }
    }

    private void WriteVectorThrough(DType storage, Type lane)
    {
        int shift = 32 - (8 * storage.Size());
        il.Emit(OpCodes.Ldc_I4, shift);
        Call(Vectors.Method("op_LeftShift", lane, Vectors.Of(lane), typeof(int)));
        il.Emit(OpCodes.Ldc_I4, shift);
        Call(Vectors.Method("op_RightShift", lane, Vectors.Of(lane), typeof(int)));
    }

    /// <summary>A quotient or remainder of an index by a known number.</summary>
    private void WriteVectorQuotient(LoopValue value, Reciprocal reciprocal, int part)
    {
        Type vector = Vectors.Of(typeof(long));
        PushPart(value.Operands[0], 8, part);
        if (value.Op == LoopOp.Remainder)
        {
            il.Emit(OpCodes.Dup);
        }

        Times(reciprocal.Factor);
        il.Emit(OpCodes.Ldc_I4, reciprocal.Shift);
        Call(Vectors.Method("op_UnsignedRightShift", typeof(long), vector, typeof(int)));
        if (value.Op == LoopOp.Remainder)
        {
            Times(value.Operands[1].Constant.AsLong);
            Call(Vectors.Method("op_Subtraction", typeof(long), vector, vector));
        }

        void Times(long factor)
        {
            il.Emit(OpCodes.Ldc_I8, factor);
            Call(Vectors.Method("Create", typeof(long), typeof(long)));
            Call(Vectors.Method("op_Multiply", typeof(long), vector, vector));
        }
    }

    private MethodInfo? VariableShift(LoopValue value) => Vectors.VariableShift(
        value.Op == LoopOp.ShiftLeft ? "ShiftLeftLogicalVariable"
        : value.Op == LoopOp.ShiftRight && !value.Type.IsUnsigned() ? "ShiftRightArithmeticVariable" : "ShiftRightLogicalVariable",
        HostTypes.Number(value.Type));

    private void WriteVectorShift(LoopValue value, int size, int part)
    {
        Type lane = HostTypes.Number(value.Type);
        LoopValue count = value.Operands[1];
        PushPart(value.Operands[0], size, part);
        if (kinds[count].Varies)
        {
            PushPart(count, size, part);
            Reinterpret(lane, size == 4 ? typeof(uint) : typeof(ulong));
            Call(VariableShift(value)!);
            return;
        }

        PushNumber(count);
        if (size == 8)
        {
            il.Emit(OpCodes.Conv_I4);
        }

        string name = value.Op switch
        {
            LoopOp.ShiftLeft => "op_LeftShift",
            LoopOp.ShiftRight => "op_RightShift",
            _ => "op_UnsignedRightShift",
        };
        Call(Vectors.Method(name, lane, Vectors.Of(lane), typeof(int)));
    }
}
