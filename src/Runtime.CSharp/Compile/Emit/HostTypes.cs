using Adjoint.Core;

namespace Adjoint.Compile.Emit;

/// <summary>The types of emitted code for computed types.</summary>
internal static class HostTypes
{
    /// <summary>Of a single number; bools are 0 and 1.</summary>
    internal static Type Number(DType type) => type switch
    {
        DType.F32 => typeof(float),
        DType.F64 => typeof(double),
        DType.I64 => typeof(long),
        DType.U64 => typeof(ulong),
        DType.U32 => typeof(uint),
        _ => typeof(int),
    };

    /// <summary>Of a lane of so many bytes; bools are masks.</summary>
    internal static Type Lane(DType type, int size) => type == DType.Bool ? Mask(size) : Number(type);

    /// <summary>Of a lane of a mask.</summary>
    internal static Type Mask(int size) => size == 4 ? typeof(int) : typeof(long);
}
