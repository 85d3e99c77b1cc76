using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>What changes nothing when it is joined to another number.</summary>
internal static class LoopIdentities
{
    internal static Scalar Of(LoopOp op, DType type) => op switch
    {
        LoopOp.Add => type.IsFloating() ? Scalar.Of(type, -0.0) : Scalar.Zero(type),
        LoopOp.Multiply => Scalar.One(type),
        LoopOp.Minimum => Highest(type),
        LoopOp.Maximum => Lowest(type),
        LoopOp.And => type switch
        {
            DType.Bool => Scalar.Of(true),
            DType.U32 => Scalar.Of(type, (long)uint.MaxValue),
            DType.U64 => Scalar.Of(ulong.MaxValue),
            _ => Scalar.Of(type, -1L),
        },
        LoopOp.Or or LoopOp.Xor => Scalar.Zero(type),
        _ => throw new InvalidOperationException($"{op} joins nothing."),
    };

    private static Scalar Highest(DType type) => type switch
    {
        DType.Bool => Scalar.Of(true),
        DType.I32 => Scalar.Of(type, (long)int.MaxValue),
        DType.I64 => Scalar.Of(type, long.MaxValue),
        DType.U32 => Scalar.Of(type, (long)uint.MaxValue),
        DType.U64 => Scalar.Of(ulong.MaxValue),
        _ => Scalar.Of(type, double.PositiveInfinity),
    };

    private static Scalar Lowest(DType type) => type switch
    {
        DType.Bool => Scalar.Of(false),
        DType.I32 => Scalar.Of(type, (long)int.MinValue),
        DType.I64 => Scalar.Of(type, long.MinValue),
        DType.U32 or DType.U64 => Scalar.Zero(type),
        _ => Scalar.Of(type, double.NegativeInfinity),
    };
}
