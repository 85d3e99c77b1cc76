using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops.Blocks;

/// <summary>The steps that move numbers between memory and blocks, by dtype.</summary>
internal static class MemoryTable
{
    internal static BlockStep Load(DType stored, Elements from, Place to) => stored switch
    {
        DType.Bool => new LoadStep<byte, byte, SameStorage<byte>>(from, to),
        DType.I32 => new LoadStep<int, int, SameStorage<int>>(from, to),
        DType.U32 => new LoadStep<uint, uint, SameStorage<uint>>(from, to),
        DType.I64 => new LoadStep<long, long, SameStorage<long>>(from, to),
        DType.U64 => new LoadStep<ulong, ulong, SameStorage<ulong>>(from, to),
        DType.F32 => new LoadStep<float, float, SameStorage<float>>(from, to),
        DType.F64 => new LoadStep<double, double, SameStorage<double>>(from, to),
        DType.I8 => new LoadStep<sbyte, int, SmallStorage<sbyte, int>>(from, to),
        DType.I16 => new LoadStep<short, int, SmallStorage<short, int>>(from, to),
        DType.U8 => new LoadStep<byte, uint, SmallStorage<byte, uint>>(from, to),
        DType.U16 => new LoadStep<ushort, uint, SmallStorage<ushort, uint>>(from, to),
        DType.F16 => new LoadStep<Half, float, HalfStorage>(from, to),
        DType.BF16 => new LoadStep<BFloat16, float, BFloat16Storage>(from, to),
        _ => throw new DTypeException($"loops: {stored.Name()} is two numbers."),
    };

    internal static BlockStep Store(DType stored, Place from, Elements to) => stored switch
    {
        DType.Bool => new StoreStep<byte, byte, SameStorage<byte>>(from, to),
        DType.I32 => new StoreStep<int, int, SameStorage<int>>(from, to),
        DType.U32 => new StoreStep<uint, uint, SameStorage<uint>>(from, to),
        DType.I64 => new StoreStep<long, long, SameStorage<long>>(from, to),
        DType.U64 => new StoreStep<ulong, ulong, SameStorage<ulong>>(from, to),
        DType.F32 => new StoreStep<float, float, SameStorage<float>>(from, to),
        DType.F64 => new StoreStep<double, double, SameStorage<double>>(from, to),
        DType.I8 => new StoreStep<sbyte, int, SmallStorage<sbyte, int>>(from, to),
        DType.I16 => new StoreStep<short, int, SmallStorage<short, int>>(from, to),
        DType.U8 => new StoreStep<byte, uint, SmallStorage<byte, uint>>(from, to),
        DType.U16 => new StoreStep<ushort, uint, SmallStorage<ushort, uint>>(from, to),
        DType.F16 => new StoreStep<Half, float, HalfStorage>(from, to),
        DType.BF16 => new StoreStep<BFloat16, float, BFloat16Storage>(from, to),
        _ => throw new DTypeException($"loops: {stored.Name()} is two numbers."),
    };

    internal static BlockStep Spread(DType type, Place from, long stride, Place to) => type.Size() switch
    {
        1 => new SpreadStep<byte>(from, stride, to),
        4 => new SpreadStep<int>(from, stride, to),
        _ => new SpreadStep<long>(from, stride, to),
    };

    internal static ReductionStep Reduce(LoopReduction reduction, Place element, Place partials, Place result)
    {
        DType type = reduction.Element.Type;
        return type switch
        {
            DType.Bool => Bools(reduction.Op, element, partials, result),
            DType.I32 => Whole<int>(reduction.Op, type, element, partials, result),
            DType.U32 => Whole<uint>(reduction.Op, type, element, partials, result),
            DType.I64 => Whole<long>(reduction.Op, type, element, partials, result),
            DType.U64 => Whole<ulong>(reduction.Op, type, element, partials, result),
            DType.F32 => Numbers<float>(reduction.Op, type, element, partials, result),
            _ => Numbers<double>(reduction.Op, type, element, partials, result),
        };
    }

    private static ReductionStep Bools(LoopOp op, Place element, Place partials, Place result)
    {
        byte identity = LoopIdentities.Of(op, DType.Bool).Bits != 0 ? (byte)1 : (byte)0;
        int count = LoopTypes.Partials(DType.Bool);
        return op switch
        {
            LoopOp.And or LoopOp.Minimum => new ReductionStep<byte, BitAnd<byte>>(element, partials, result, identity, identity, count),
            LoopOp.Or or LoopOp.Maximum => new ReductionStep<byte, BitOr<byte>>(element, partials, result, identity, identity, count),
            _ => new ReductionStep<byte, BitXor<byte>>(element, partials, result, identity, identity, count),
        };
    }

    private static ReductionStep Whole<T>(LoopOp op, DType type, Place element, Place partials, Place result)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T identity = T.CreateTruncating(LoopIdentities.Of(op, type).Bits);
        int count = LoopTypes.Partials(type);
        return op switch
        {
            LoopOp.And => new ReductionStep<T, BitAnd<T>>(element, partials, result, identity, identity, count),
            LoopOp.Or => new ReductionStep<T, BitOr<T>>(element, partials, result, identity, identity, count),
            LoopOp.Xor => new ReductionStep<T, BitXor<T>>(element, partials, result, identity, identity, count),
            _ => Numbers<T>(op, type, element, partials, result),
        };
    }

    private static ReductionStep Numbers<T>(LoopOp op, DType type, Place element, Place partials, Place result)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        Core.Scalar of = LoopIdentities.Of(op, type);
        T identity = type.IsFloating() ? T.CreateTruncating(of.AsDouble) : T.CreateTruncating(of.Bits);
        int count = LoopTypes.Partials(type);
        return op switch
        {
            LoopOp.Add => new ReductionStep<T, Add<T>>(element, partials, result, identity, T.Zero, count),
            LoopOp.Multiply => new ReductionStep<T, Multiply<T>>(element, partials, result, identity, identity, count),
            LoopOp.Minimum => new ReductionStep<T, Minimum<T>>(element, partials, result, identity, identity, count),
            _ => new ReductionStep<T, Maximum<T>>(element, partials, result, identity, identity, count),
        };
    }
}
