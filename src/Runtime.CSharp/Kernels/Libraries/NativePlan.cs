using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution that a library has made ready to run, from any number of threads at once; <c>adj_plan</c>. Released when nobody holds it.</summary>
internal sealed class NativePlan : SafeHandle
{
    private readonly ConvolutionCalls calls;

    internal NativePlan(ConvolutionCalls calls, nint plan)
        : base(0, ownsHandle: true)
    {
        this.calls = calls;
        SetHandle(plan);
        Scratch = calls.Scratch(plan);
        Packed = calls.Packed(plan);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes of scratch memory that a run needs.</summary>
    internal int Scratch { get; }

    /// <summary>Bytes of the packed filter; 0 where it is taken as it lies.</summary>
    internal int Packed { get; }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        calls.Destroy(handle);
        return true;
    }
}
