using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>Our own convolutions of few channels, behind the C boundary; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
internal sealed unsafe class NativeDirect
{
    private readonly NativeLibraryCalls calls;
    private readonly delegate* unmanaged[Cdecl]<NativeConvolution*, nuint*, int> scratch;
    private readonly delegate* unmanaged[Cdecl]<NativeConvolution*, float*, float*, float*, void*, int> run;

    private NativeDirect(NativeLibraryCalls calls, nint library)
    {
        this.calls = calls;
        scratch = (delegate* unmanaged[Cdecl]<NativeConvolution*, nuint*, int>)NativeLibrary.GetExport(library, "adj_direct_scratch");
        run = (delegate* unmanaged[Cdecl]<NativeConvolution*, float*, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_direct_run");
    }

    /// <summary>Binds the family; null where the kernels are too old to have it, or were built without Highway.</summary>
    internal static NativeDirect? Of(NativeLibraryCalls calls, nint library) =>
        NativeLibrary.TryGetExport(library, "adj_direct_run", out _) ? new(calls, library) : null;

    /// <summary>Bytes of scratch memory that a run needs; null where there is no way for the shape, or on this processor.</summary>
    internal int? Scratch(in NativeConvolution shape)
    {
        nuint bytes = 0;
        fixed (NativeConvolution* place = &shape)
        {
            int status = scratch(place, &bytes);
            if (status == NativeLibraryCalls.Unsupported)
            {
                return null;
            }

            calls.Check(status);
        }

        return (int)bytes;
    }

    /// <summary>Runs on the caller's thread.</summary>
    internal void Run(in NativeConvolution shape, float* left, float* right, float* result, void* space)
    {
        fixed (NativeConvolution* place = &shape)
        {
            calls.Check(run(place, left, right, result, space));
        }
    }
}
