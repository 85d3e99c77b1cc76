using System.Runtime.InteropServices;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>One call of a library's convolution over aligned memory, its filter packed before, or the gradient by it left packed.</summary>
internal sealed unsafe class BareConvolution : IDisposable
{
    private const nuint Alignment = 64;

    private readonly ConvolutionCalls calls;
    private readonly NativePlan plan;
    private readonly ConvolutionKind kind;
    private readonly float* input;
    private readonly float* output;
    private readonly float* filter;
    private readonly float* packed;
    private readonly void* scratch;

    internal BareConvolution(ConvolutionCalls calls, NativePlan plan, long inputs, long filters, long outputs, ConvolutionKind kind)
    {
        this.calls = calls;
        this.plan = plan;
        this.kind = kind;
        input = Allocate(inputs);
        output = Allocate(outputs);
        filter = Allocate(filters);
        packed = Allocate(Math.Max(plan.Packed / sizeof(float), filters));
        scratch = NativeMemory.AlignedAlloc((nuint)plan.Scratch + Alignment, Alignment);
    }

    /// <summary>The convolution alone.</summary>
    internal void Run()
    {
        switch (kind)
        {
            case ConvolutionKind.Forward: calls.Run(plan, input, packed, output, scratch, isPacked: true); break;
            case ConvolutionKind.ByInput: calls.Run(plan, output, packed, input, scratch, isPacked: true); break;
            default: calls.Run(plan, input, output, packed, scratch, isPacked: true); break;
        }
    }

    /// <summary>The filter to its packed layout, or the gradient by it from there; nothing where they are the same.</summary>
    internal void Relay()
    {
        if (plan.Packed == 0)
        {
            return;
        }

        if (kind == ConvolutionKind.ByFilter)
        {
            calls.Unpack(plan, packed, filter, scratch);
        }
        else
        {
            calls.Pack(plan, filter, packed, scratch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(input);
        NativeMemory.AlignedFree(output);
        NativeMemory.AlignedFree(filter);
        NativeMemory.AlignedFree(packed);
        NativeMemory.AlignedFree(scratch);
    }

    private static float* Allocate(long count)
    {
        float* memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), Alignment);
        new Span<float>(memory, (int)count).Fill(0.25f);
        return memory;
    }
}
