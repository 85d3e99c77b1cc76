using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>What a buffer is to its program.</summary>
public enum LoopBufferKind
{
    /// <summary>An operand: only read, and nothing that is written shares its memory.</summary>
    Input,

    /// <summary>A result: holds anything before, every element is written.</summary>
    Output,

    /// <summary>An operand and a result in one: the operand's memory, updated in place.</summary>
    InOut,

    /// <summary>Working memory of one run: holds anything before. In a phase with tiles each tile has its own.</summary>
    Scratch,

    /// <summary>Working memory shared by all phases and tiles of a run: holds anything before.</summary>
    Shared,

    /// <summary>Working memory of one run that grows by <see cref="GrowItem"/>; new elements are zero.</summary>
    Stack,
}

/// <summary>Elements of one dtype in row-major order, addressed by an offset.</summary>
/// <param name="Number">Its place among the program's buffers.</param>
/// <param name="Kind">What it is to the program.</param>
/// <param name="Type">The dtype that it stores; loads give, and stores take, <see cref="LoopTypes.Computed"/>.</param>
/// <param name="Length">How many elements; of a stack, how many to begin with.</param>
public sealed record LoopBuffer(int Number, LoopBufferKind Kind, DType Type, long Length)
{
    /// <summary>Kind and number: in0, out1, tmp2.</summary>
    public override string ToString() => Kind switch
    {
        LoopBufferKind.Input => "in",
        LoopBufferKind.Output => "out",
        LoopBufferKind.InOut => "io",
        LoopBufferKind.Scratch => "tmp",
        LoopBufferKind.Shared => "all",
        _ => "stack",
    } + Number;
}

/// <summary>The types in which instructions compute.</summary>
public static class LoopTypes
{
    /// <summary>The type in which elements of a dtype are computed: bool, i32, u32, i64, u64, f32 or f64.</summary>
    /// <exception cref="DTypeException">A complex number is two numbers.</exception>
    public static DType Computed(DType stored) => stored switch
    {
        DType.I8 or DType.I16 => DType.I32,
        DType.U8 or DType.U16 => DType.U32,
        DType.F16 or DType.BF16 => DType.F32,
        DType.C64 or DType.C128 => throw new DTypeException($"loops: {stored.Name()} is two numbers."),
        _ => stored,
    };

    /// <summary>Whether elements of a dtype can be loaded and stored.</summary>
    public static bool IsStored(DType type) => !type.IsComplex();

    /// <summary>How many partial results a reduction over lanes keeps: 256 bytes of them.</summary>
    public static int Partials(DType computed) => 256 / Math.Max(computed.Size(), 4);
}
