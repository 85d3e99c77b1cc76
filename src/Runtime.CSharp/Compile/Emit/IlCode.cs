using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Machine code of a program.</summary>
internal sealed unsafe class IlCode(IlMethod[] methods) : LoopCode
{
    /// <summary>Bytes of the longest vector, and of a line of the cache.</summary>
    internal const int Alignment = 64;

    /// <summary>
    /// Bytes that are taken from the stack to see where it ends. Of up to 32 the compiler of machine code makes a local, which lies somewhere else
    /// (DEFAULT_MAX_LOCALLOC_TO_LOCAL_SIZE in compiler.h of dotnet/runtime).
    /// </summary>
    internal const int Probe = 64;

    private const int MostOnStack = 1 << 15;

    /// <inheritdoc/>
    /// <remarks>
    /// The stack ends at a multiple of a vector's length when the method is called: vectors that it keeps on the stack would lie across lines of
    /// the cache otherwise, in half of all runs, and take 1.5 times as long to write and read.
    /// </remarks>
    [SkipLocalsInit]
    public override int Run(int phase, long first, long last, NDArray[] buffers, CancellationToken cancellation)
    {
        IlMethod method = methods[phase];
        bool isOnStack = method.FrameSize <= MostOnStack;
        byte* end = stackalloc byte[Probe];
        int size = (int)((nuint)end & (Alignment - 1)) + Alignment + (isOnStack ? (method.FrameSize + Alignment - 1) & -Alignment : 0);
        byte* memory = stackalloc byte[size];
        return isOnStack
            ? method.Entry(buffers, first, last, (byte*)(((nuint)memory + Alignment - 1) & ~(nuint)(Alignment - 1)), cancellation)
            : RunInHeap(method, first, last, buffers, cancellation);
    }

    private static int RunInHeap(IlMethod method, long first, long last, NDArray[] buffers, CancellationToken cancellation)
    {
        byte* frame = (byte*)NativeMemory.AlignedAlloc((nuint)method.FrameSize, Alignment);
        try
        {
            return RunAligned(method, first, last, buffers, frame, cancellation);
        }
        finally
        {
            NativeMemory.AlignedFree(frame);
        }
    }

    [SkipLocalsInit]
    private static int RunAligned(IlMethod method, long first, long last, NDArray[] buffers, byte* frame, CancellationToken cancellation)
    {
        byte* end = stackalloc byte[Probe];
        _ = stackalloc byte[(int)((nuint)end & (Alignment - 1))];
        return method.Entry(buffers, first, last, frame, cancellation);
    }
}
