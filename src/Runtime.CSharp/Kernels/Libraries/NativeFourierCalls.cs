using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>What a library is asked to transform: <c>adj_fourier</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NativeFourierShape(int IsDouble, int InPlace, long Length, long Lines, long Element, long Line);

/// <summary>The Fourier transforms of the C boundary.</summary>
internal sealed unsafe class NativeFourierCalls
{
    private readonly NativeLibraryCalls calls;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeFourierShape*, nint*, int> make;
    private readonly delegate* unmanaged[Cdecl]<nint, int, void*, void*, int> run;
    private readonly delegate* unmanaged[Cdecl]<nint, void> destroy;

    private NativeFourierCalls(NativeLibraryCalls calls, nint make, nint run, nint destroy)
    {
        this.calls = calls;
        this.make = (delegate* unmanaged[Cdecl]<nint, NativeFourierShape*, nint*, int>)make;
        this.run = (delegate* unmanaged[Cdecl]<nint, int, void*, void*, int>)run;
        this.destroy = (delegate* unmanaged[Cdecl]<nint, void>)destroy;
    }

    /// <summary>The functions of a loaded library; null where it has none.</summary>
    internal static NativeFourierCalls? Of(NativeLibraryCalls calls, nint library) =>
        NativeLibrary.TryGetExport(library, "adj_fourier_make", out nint make)
        && NativeLibrary.TryGetExport(library, "adj_fourier_run", out nint run)
        && NativeLibrary.TryGetExport(library, "adj_fourier_destroy", out nint destroy)
            ? new(calls, make, run, destroy)
            : null;

    /// <summary>Makes a transform ready; null where the library has none.</summary>
    internal NativeFourierPlan? Plan(nint library, NativeFourierShape shape)
    {
        nint made = 0;
        int status = make(library, &shape, &made);
        if (status == NativeLibraryCalls.Unsupported)
        {
            return null;
        }

        calls.Check(status);
        return new(this, made);
    }

    internal void Run(NativeFourierPlan plan, bool inverse, void* x, void* y)
    {
        bool held = false;
        try
        {
            plan.DangerousAddRef(ref held);
            calls.Check(run(plan.DangerousGetHandle(), inverse ? 1 : 0, x, y));
        }
        finally
        {
            if (held)
            {
                plan.DangerousRelease();
            }
        }
    }

    internal void Destroy(nint plan) => destroy(plan);
}

/// <summary>A transform that a library has made ready to run, from any number of threads at once; <c>adj_fourier_plan</c>.</summary>
internal sealed class NativeFourierPlan : SafeHandle
{
    private readonly NativeFourierCalls calls;

    internal NativeFourierPlan(NativeFourierCalls calls, nint plan)
        : base(0, ownsHandle: true)
    {
        this.calls = calls;
        SetHandle(plan);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        calls.Destroy(handle);
        return true;
    }
}
