using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>A tensor in a safetensors header, checked.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Code">The code of its dtype.</param>
/// <param name="Type">Dtype and shape; null where the dtype is one that the library doesn't have.</param>
/// <param name="Start">Where its first byte is, from the end of the header.</param>
/// <param name="End">Where its last byte ends.</param>
internal sealed record SafetensorsEntry(string Name, string Code, TensorType? Type, long Start, long End);

/// <summary>The dtypes of safetensors, smallest alignment first: the file has the others before it (safetensors/src/tensor.rs).</summary>
internal static class SafetensorsTypes
{
    private static readonly (string Code, int Bits, DType? Type)[] All =
    [
        ("BOOL", 8, DType.Bool), ("F4", 4, null), ("F6_E2M3", 6, null), ("F6_E3M2", 6, null), ("U8", 8, DType.U8), ("I8", 8, DType.I8),
        ("F8_E5M2", 8, null), ("F8_E4M3", 8, null), ("F8_E8M0", 8, null), ("F8_E4M3FNUZ", 8, null), ("F8_E5M2FNUZ", 8, null),
        ("I16", 16, DType.I16), ("U16", 16, DType.U16), ("F16", 16, DType.F16), ("BF16", 16, DType.BF16), ("I32", 32, DType.I32),
        ("U32", 32, DType.U32), ("F32", 32, DType.F32), ("C64", 64, DType.C64), ("F64", 64, DType.F64), ("I64", 64, DType.I64),
        ("U64", 64, DType.U64),
    ];

    /// <summary>Bits of an element and the dtype, where the library has it; null if no dtype has this code.</summary>
    internal static (int Bits, DType? Type)? Of(string code)
    {
        int index = Array.FindIndex(All, entry => entry.Code == code);
        return index < 0 ? null : (All[index].Bits, All[index].Type);
    }

    /// <summary>A dtype's code and its place in the order of a file.</summary>
    /// <exception cref="DTypeException">The format has no such dtype.</exception>
    internal static (string Code, int Order) Of(DType type, string name)
    {
        int index = Array.FindIndex(All, entry => entry.Type == type);
        return index >= 0
            ? (All[index].Code, -index)
            : throw new DTypeException($"safetensors: {name} is {type.Name()}, which the format doesn't have. Save its real and imaginary parts?");
    }
}
