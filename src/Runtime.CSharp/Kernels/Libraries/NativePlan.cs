using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>A convolution that a library has made ready to run, from any number of threads at once; <c>adj_plan</c>.</summary>
internal sealed class NativePlan : SafeHandle
{
    private readonly NativeLibraryCalls calls;

    internal NativePlan(NativeLibraryCalls calls, nint plan)
        : base(0, ownsHandle: true)
    {
        this.calls = calls;
        SetHandle(plan);
        Scratch = calls.Scratch(plan);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>Bytes of scratch memory that a run needs.</summary>
    internal int Scratch { get; }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        calls.Destroy(handle);
        return true;
    }
}
