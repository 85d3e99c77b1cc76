using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Makes machine code of programs by way of IL, with vectors of the machine's width or of a narrower one.</summary>
internal sealed unsafe class IlEngine : ILoopEngine
{
    private readonly IlTarget target;

    /// <summary>Vectors of so many bytes at most: 64, 32, 16, or 0 for none.</summary>
    internal IlEngine(int widest = 64)
    {
        int bytes = Math.Min(
            widest,
            Vector512.IsHardwareAccelerated ? 64 : Vector256.IsHardwareAccelerated ? 32 : Vector128.IsHardwareAccelerated ? 16 : 0);
        VectorTable[] tables = [.. new[] { 64, 32, 16 }.Where(width => width <= bytes).Select(width => new VectorTable(width))];
        target = new(tables.FirstOrDefault(), tables);
    }

    /// <inheritdoc/>
    public string Name => "il";

    /// <inheritdoc/>
    public LoopCode Compile(LoopProgram program)
    {
        LoopProgram expanded = LoopInliner.Expand(program);
        IlMethod[] methods = [.. expanded.Phases.Select(phase => Compile(expanded, phase))];
        return new IlCode(methods);
    }

    private IlMethod Compile(LoopProgram program, LoopPhase phase)
    {
        DynamicMethod method = MethodWriter.NewMethod(program.Name);
        var frame = new FrameLayout();
        new MethodWriter(method.GetILGenerator(), program, phase, target, frame).WritePhase(phase);
        var entry = method.CreateDelegate<IlEntry>();
        RuntimeHelpers.PrepareDelegate(entry);
        return new(entry, frame.Size);
    }
}

/// <summary>A phase from one tile up to another.</summary>
internal unsafe delegate int IlEntry(NDArray[] buffers, long first, long last, byte* frame, CancellationToken cancellation);

/// <summary>The code of a phase.</summary>
/// <param name="Entry">Where it begins.</param>
/// <param name="FrameSize">How many bytes it needs to work in, aligned to 64.</param>
internal sealed record IlMethod(IlEntry Entry, int FrameSize);
