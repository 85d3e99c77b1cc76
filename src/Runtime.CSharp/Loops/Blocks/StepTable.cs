using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>The step of an instruction.</summary>
internal static class StepTable
{
    /// <summary>The step of an instruction on operands that lie in these places; all of them blocks, but for one of two, where the result is.</summary>
    internal static BlockStep Of(LoopValue value, Place[] x, Place z)
    {
        DType type = value.Op == LoopOp.Select ? value.Type : value.Operands[0].Type;
        return value.Op switch
        {
            LoopOp.Convert => Conversion(type, value.Type, x[0], z),
            LoopOp.ThroughStorage => Through(value.Storage, x[0], z),
            LoopOp.Select => Select(type, x[0], x[1], x[2], z),
            LoopOp.Bitcast => new MoveStep(x[0], z, type.Size()),
            LoopOp.Call => Call(value, x, z),
            LoopOp.Function => type == DType.F32
                ? new FunctionStep<float>(FunctionForms.Single(value.Function!.Name)!, x[0], x[^1], z)
                : new FunctionStep<double>(FunctionForms.Double(value.Function!.Name)!, x[0], x[^1], z),
            _ => type switch
            {
                DType.Bool => OfBools(value.Op, x, z),
                DType.I32 => OfWhole<int>(value.Op, x, z),
                DType.U32 => OfWhole<uint>(value.Op, x, z),
                DType.I64 => OfWhole<long>(value.Op, x, z),
                DType.U64 => OfWhole<ulong>(value.Op, x, z),
                DType.F32 => OfFloating<float>(value.Op, x, z),
                _ => OfFloating<double>(value.Op, x, z),
            },
        };
    }

    /// <summary>z = test ? x : y of a type.</summary>
    internal static BlockStep Select(DType type, Place test, Place x, Place y, Place z) => type.Size() switch
    {
        1 => new SelectStep<byte>(test, x, y, z),
        4 => new SelectStep<int>(test, x, y, z),
        _ => new SelectStep<long>(test, x, y, z),
    };

    /// <summary>Whether one operand of two may be the same for all lanes.</summary>
    internal static bool TakesSame(LoopOp op, DType type) => op switch
    {
        LoopOp.Add or LoopOp.Subtract or LoopOp.Multiply or LoopOp.Minimum or LoopOp.Maximum or LoopOp.MinimumNative or LoopOp.MaximumNative => true,
        LoopOp.And or LoopOp.Or or LoopOp.Xor => true,
        LoopOp.Divide => type.IsFloating(),
        LoopOp.Equal or LoopOp.NotEqual or LoopOp.Less or LoopOp.LessOrEqual => type == DType.Bool,
        _ => false,
    };

    private static BlockStep OfNumber<T>(LoopOp op, Place[] x, Place z)
        where T : unmanaged, INumber<T> => op switch
        {
            LoopOp.Add => new BinaryStep<T, Add<T>>(x[0], x[1], z),
            LoopOp.Subtract => new BinaryStep<T, Subtract<T>>(x[0], x[1], z),
            LoopOp.Multiply => new BinaryStep<T, Multiply<T>>(x[0], x[1], z),
            LoopOp.Negate => new UnaryStep<T, Negate<T>>(x[0], z),
            LoopOp.Minimum => new BinaryStep<T, Minimum<T>>(x[0], x[1], z),
            LoopOp.Maximum => new BinaryStep<T, Maximum<T>>(x[0], x[1], z),
            LoopOp.MinimumNative => new BinaryStep<T, NativeMinimum<T>>(x[0], x[1], z),
            LoopOp.MaximumNative => new BinaryStep<T, NativeMaximum<T>>(x[0], x[1], z),
            LoopOp.Equal => new CompareStep<T, Equal<T>>(x[0], x[1], z),
            LoopOp.NotEqual => new CompareStep<T, NotEqual<T>>(x[0], x[1], z),
            LoopOp.Less => new CompareStep<T, Less<T>>(x[0], x[1], z),
            LoopOp.LessOrEqual => new CompareStep<T, LessOrEqual<T>>(x[0], x[1], z),
            _ => throw new InvalidOperationException($"{op} of {typeof(T).Name} is no instruction."),
        };

    private static BlockStep OfWhole<T>(LoopOp op, Place[] x, Place z)
        where T : unmanaged, IBinaryInteger<T> => op switch
        {
            LoopOp.Divide => new EachPairStep<T, WholeQuotient<T>>(x[0], x[1], z),
            LoopOp.Remainder => new EachPairStep<T, WholeRemainder<T>>(x[0], x[1], z),
            LoopOp.Absolute => new EachStep<T, T, WholeAbsolute<T>>(x[0], z),
            LoopOp.And => new BinaryStep<T, BitAnd<T>>(x[0], x[1], z),
            LoopOp.Or => new BinaryStep<T, BitOr<T>>(x[0], x[1], z),
            LoopOp.Xor => new BinaryStep<T, BitXor<T>>(x[0], x[1], z),
            LoopOp.Not => new UnaryStep<T, BitNot<T>>(x[0], z),
            LoopOp.ShiftLeft => new EachPairStep<T, LeftShift<T>>(x[0], x[1], z),
            LoopOp.ShiftRight => new EachPairStep<T, RightShift<T>>(x[0], x[1], z),
            LoopOp.ShiftRightLogical => new EachPairStep<T, RightShiftLogical<T>>(x[0], x[1], z),
            _ => OfNumber<T>(op, x, z),
        };

    private static BlockStep OfFloating<T>(LoopOp op, Place[] x, Place z)
        where T : unmanaged, IFloatingPointIeee754<T> => op switch
        {
            LoopOp.Divide => new BinaryStep<T, Divide<T>>(x[0], x[1], z),
            LoopOp.Absolute => new UnaryStep<T, Absolute<T>>(x[0], z),
            LoopOp.SquareRoot => new UnaryStep<T, SquareRoot<T>>(x[0], z),
            LoopOp.FusedMultiplyAdd => new FusedStep<T>(x[0], x[1], x[2], z),
            LoopOp.Floor => new EachStep<T, T, RoundDown<T>>(x[0], z),
            LoopOp.Ceiling => new EachStep<T, T, RoundUp<T>>(x[0], z),
            LoopOp.Truncate => new EachStep<T, T, CutOff<T>>(x[0], z),
            LoopOp.Round => new EachStep<T, T, RoundNear<T>>(x[0], z),
            _ => OfNumber<T>(op, x, z),
        };

    private static BlockStep OfBools(LoopOp op, Place[] x, Place z) => op switch
    {
        LoopOp.And or LoopOp.Minimum => new BinaryStep<byte, BitAnd<byte>>(x[0], x[1], z),
        LoopOp.Or or LoopOp.Maximum => new BinaryStep<byte, BitOr<byte>>(x[0], x[1], z),
        LoopOp.Xor or LoopOp.NotEqual => new BinaryStep<byte, BitXor<byte>>(x[0], x[1], z),
        LoopOp.Not => new UnaryStep<byte, BoolNot>(x[0], z),
        LoopOp.Equal => new BinaryStep<byte, BoolEqual>(x[0], x[1], z),
        LoopOp.Less => new BinaryStep<byte, BoolLess>(x[0], x[1], z),
        LoopOp.LessOrEqual => new BinaryStep<byte, BoolLessOrEqual>(x[0], x[1], z),
        _ => throw new InvalidOperationException($"{op} of bools is no instruction."),
    };

    private static BlockStep Conversion(DType from, DType to, Place x, Place z) => from switch
    {
        DType.Bool => From<byte>(to, x, z),
        DType.I32 => From<int>(to, x, z),
        DType.U32 => From<uint>(to, x, z),
        DType.I64 => From<long>(to, x, z),
        DType.U64 => From<ulong>(to, x, z),
        DType.F32 => From<float>(to, x, z),
        _ => From<double>(to, x, z),
    };

    private static BlockStep From<T>(DType to, Place x, Place z)
        where T : unmanaged, INumber<T> => to switch
        {
            DType.Bool => new EachStep<T, byte, Truth<T>>(x, z),
            DType.I32 => new EachStep<T, int, Cast<T, int>>(x, z),
            DType.U32 => new EachStep<T, uint, Cast<T, uint>>(x, z),
            DType.I64 => new EachStep<T, long, Cast<T, long>>(x, z),
            DType.U64 => new EachStep<T, ulong, Cast<T, ulong>>(x, z),
            DType.F32 => new EachStep<T, float, Cast<T, float>>(x, z),
            _ => new EachStep<T, double, Cast<T, double>>(x, z),
        };

    private static BlockStep Through(DType storage, Place x, Place z) => storage switch
    {
        DType.F16 => new EachStep<float, float, Through<Half, float, HalfStorage>>(x, z),
        DType.BF16 => new EachStep<float, float, Through<BFloat16, float, BFloat16Storage>>(x, z),
        DType.I8 => new EachStep<int, int, Through<sbyte, int, SmallStorage<sbyte, int>>>(x, z),
        DType.I16 => new EachStep<int, int, Through<short, int, SmallStorage<short, int>>>(x, z),
        DType.U8 => new EachStep<uint, uint, Through<byte, uint, SmallStorage<byte, uint>>>(x, z),
        DType.U16 => new EachStep<uint, uint, Through<ushort, uint, SmallStorage<ushort, uint>>>(x, z),
        _ => throw new InvalidOperationException($"{storage.Name()} is stored as it is computed with."),
    };

    private static BlockStep Call(LoopValue value, Place[] x, Place z)
    {
        DType[] types = [.. value.Operands.Select(operand => operand.Type)];
        bool alike = types.Length <= 2 && types.All(type => type == value.Type);
        return !alike ? new CallStep(value.Method!, x, types, z, value.Type) : value.Type switch
        {
            DType.F32 => Call<float>(value, x, z),
            DType.F64 => Call<double>(value, x, z),
            DType.I64 => Call<long>(value, x, z),
            DType.U64 => Call<ulong>(value, x, z),
            _ => new CallStep(value.Method!, x, types, z, value.Type),
        };
    }

    private static DelegateStep<T> Call<T>(LoopValue value, Place[] x, Place z)
        where T : unmanaged => x.Length == 1
        ? new(value.Method!.CreateDelegate<Func<T, T>>(), null, x[0], x[0], z)
        : new(null, value.Method!.CreateDelegate<Func<T, T, T>>(), x[0], x[1], z);
}
