using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Compile.Emit;

/// <summary>Machine code of a program.</summary>
internal sealed unsafe class IlCode(IlMethod[] methods) : LoopCode
{
    private const int Alignment = 64;
    private const int MostOnStack = 1 << 15;

    /// <inheritdoc/>
    [SkipLocalsInit]
    public override int Run(int phase, long first, long last, NDArray[] buffers, CancellationToken cancellation)
    {
        IlMethod method = methods[phase];
        if (method.FrameSize == 0)
        {
            return method.Entry(buffers, first, last, null, cancellation);
        }

        if (method.FrameSize > MostOnStack)
        {
            return RunInHeap(method, first, last, buffers, cancellation);
        }

        byte* memory = stackalloc byte[method.FrameSize + Alignment];
        byte* frame = (byte*)(((nuint)memory + (Alignment - 1)) & ~(nuint)(Alignment - 1));

        // The vectors that the method keeps on the stack lie at multiples of 64 bytes below its end: from there they do not straddle cache lines.
        byte* end = stackalloc byte[(int)((nuint)memory % Alignment)];
        *(nint*)frame = (nint)end;
        return method.Entry(buffers, first, last, frame, cancellation);
    }

    private static int RunInHeap(IlMethod method, long first, long last, NDArray[] buffers, CancellationToken cancellation)
    {
        byte* frame = (byte*)NativeMemory.AlignedAlloc((nuint)method.FrameSize, Alignment);
        try
        {
            return method.Entry(buffers, first, last, frame, cancellation);
        }
        finally
        {
            NativeMemory.AlignedFree(frame);
        }
    }
}
