using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>The ends of a dtype's numbers.</summary>
internal static class Limits
{
    /// <summary>The largest finite number.</summary>
    internal static Scalar Largest(DType type) => type switch
    {
        DType.Bool => Scalar.Of(true),
        DType.U8 => Scalar.Of(type, (long)byte.MaxValue),
        DType.U16 => Scalar.Of(type, (long)ushort.MaxValue),
        DType.U32 => Scalar.Of(type, (long)uint.MaxValue),
        DType.U64 => Scalar.Of(ulong.MaxValue),
        DType.I8 => Scalar.Of(type, (long)sbyte.MaxValue),
        DType.I16 => Scalar.Of(type, (long)short.MaxValue),
        DType.I32 => Scalar.Of(type, (long)int.MaxValue),
        DType.I64 => Scalar.Of(type, long.MaxValue),
        DType.F16 => Scalar.Of(type, (double)Half.MaxValue),
        DType.BF16 => Scalar.Of(type, 3.3895313892515355e38),
        DType.F32 or DType.C64 => Scalar.Of(type, float.MaxValue),
        _ => Scalar.Of(type, double.MaxValue),
    };

    /// <summary>The least finite number.</summary>
    internal static Scalar Least(DType type) => type switch
    {
        DType.I8 => Scalar.Of(type, (long)sbyte.MinValue),
        DType.I16 => Scalar.Of(type, (long)short.MinValue),
        DType.I32 => Scalar.Of(type, (long)int.MinValue),
        DType.I64 => Scalar.Of(type, long.MinValue),
        _ when type.IsDifferentiable() => Scalar.Of(type, -Largest(type).AsDouble),
        _ => Scalar.Zero(type),
    };

    /// <summary>What every number is at most: infinity, or the largest integer.</summary>
    internal static Scalar Top(DType type) => type.IsFloating() ? Scalar.Of(type, double.PositiveInfinity) : Largest(type);

    /// <summary>What every number is at least: minus infinity, or the least integer.</summary>
    internal static Scalar Bottom(DType type) => type.IsFloating() ? Scalar.Of(type, double.NegativeInfinity) : Least(type);
}
