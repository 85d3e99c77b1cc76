using System.Runtime.InteropServices;

namespace Adjoint.Kernels.Libraries;

/// <summary>The functions of the C boundary for convolutions; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
internal sealed unsafe class ConvolutionCalls
{
    private readonly NativeLibraryCalls calls;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint*, int> plan;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint, nint*, int> planLike;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> scratch;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> packed;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, float*, void*, int> pack;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, float*, void*, int> unpack;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int> run;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int> runPacked;
    private readonly delegate* unmanaged[Cdecl]<nint, void> destroy;

    private ConvolutionCalls(NativeLibraryCalls calls, nint library)
    {
        this.calls = calls;
        plan = (delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint*, int>)NativeLibrary.GetExport(library, "adj_convolution_plan");
        planLike = (delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint, nint*, int>)NativeLibrary.GetExport(library, "adj_convolution_plan_like");
        scratch = (delegate* unmanaged[Cdecl]<nint, nuint>)NativeLibrary.GetExport(library, "adj_plan_scratch");
        packed = (delegate* unmanaged[Cdecl]<nint, nuint>)NativeLibrary.GetExport(library, "adj_plan_packed");
        pack = (delegate* unmanaged[Cdecl]<nint, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_filter_pack");
        unpack = (delegate* unmanaged[Cdecl]<nint, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_filter_unpack");
        run = (delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_convolution_run");
        runPacked = (delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_convolution_run_packed");
        destroy = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "adj_plan_destroy");
    }

    /// <summary>Binds the family; null where the kernels are too old to have it.</summary>
    internal static ConvolutionCalls? Of(NativeLibraryCalls calls, nint library) =>
        NativeLibrary.TryGetExport(library, "adj_convolution_run_packed", out _) ? new(calls, library) : null;

    /// <summary>Makes a convolution ready; null where the library has no fast way.</summary>
    /// <param name="library">The library.</param>
    /// <param name="shape">What to compute.</param>
    /// <param name="like">A plan whose packed filter it shall take.</param>
    internal NativePlan? Plan(nint library, in NativeConvolution shape, NativePlan? like = null)
    {
        nint made = 0;
        fixed (NativeConvolution* place = &shape)
        {
            int status = like is null ? plan(library, place, &made) : planLike(library, place, like.DangerousGetHandle(), &made);
            GC.KeepAlive(like);
            if (status == NativeLibraryCalls.Unsupported)
            {
                return null;
            }

            calls.Check(status);
        }

        return new(this, made);
    }

    internal int Scratch(nint made) => (int)Math.Min(scratch(made), int.MaxValue);

    internal int Packed(nint made) => (int)Math.Min(packed(made), int.MaxValue);

    internal void Destroy(nint made) => destroy(made);

    internal void Pack(NativePlan made, float* filter, float* target, void* space)
    {
        calls.Check(pack(made.DangerousGetHandle(), filter, target, space));
        GC.KeepAlive(made);
    }

    internal void Unpack(NativePlan made, float* gradient, float* filter, void* space)
    {
        calls.Check(unpack(made.DangerousGetHandle(), gradient, filter, space));
        GC.KeepAlive(made);
    }

    /// <summary>Runs; the filter, or the gradient by it, lies packed if so asked.</summary>
    internal void Run(NativePlan made, float* left, float* right, float* result, void* space, bool isPacked)
    {
        nint handle = made.DangerousGetHandle();
        calls.Check(isPacked ? runPacked(handle, left, right, result, space) : run(handle, left, right, result, space));
        GC.KeepAlive(made);
    }
}
