using System.Runtime.InteropServices;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>The functions of the C boundary, bound once; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
internal sealed unsafe class NativeLibraryCalls
{
    private const int Unsupported = 3;

    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint> message;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, uint, nint*, int> open;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint> describe;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeProduct*, float*, float*, float*, int> single;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeProduct*, double*, double*, double*, int> @double;

    private readonly delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint*, int> plan;
    private readonly delegate* unmanaged[Cdecl]<nint, nuint> scratch;
    private readonly delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int> convolve;
    private readonly delegate* unmanaged[Cdecl]<nint, void> destroy;

    /// <summary>Binds all functions of a loaded library.</summary>
    internal NativeLibraryCalls(nint library)
    {
        message = (delegate* unmanaged[Cdecl]<byte*, nuint, nuint>)NativeLibrary.GetExport(library, "adj_message");
        open = (delegate* unmanaged[Cdecl]<int, byte*, uint, nint*, int>)NativeLibrary.GetExport(library, "adj_library_open");
        describe = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "adj_library_describe");
        single = (delegate* unmanaged[Cdecl]<nint, NativeProduct*, float*, float*, float*, int>)NativeLibrary.GetExport(library, "adj_product_f32");
        @double = (delegate* unmanaged[Cdecl]<nint, NativeProduct*, double*, double*, double*, int>)NativeLibrary.GetExport(library, "adj_product_f64");
        plan = (delegate* unmanaged[Cdecl]<nint, NativeConvolution*, nint*, int>)NativeLibrary.GetExport(library, "adj_convolution_plan");
        scratch = (delegate* unmanaged[Cdecl]<nint, nuint>)NativeLibrary.GetExport(library, "adj_plan_scratch");
        convolve = (delegate* unmanaged[Cdecl]<nint, float*, float*, float*, void*, int>)NativeLibrary.GetExport(library, "adj_convolution_run");
        destroy = (delegate* unmanaged[Cdecl]<nint, void>)NativeLibrary.GetExport(library, "adj_plan_destroy");
    }

    /// <summary>Opens a provider's library beside the kernels or by the system's search; zero and a reason where there is none.</summary>
    internal (nint Library, string Description) Open(Provider provider, uint flags)
    {
        nint library = 0;
        int status = open((int)provider, null, flags, &library);
        return status == 0 ? (library, Text(library)) : (0, Message());
    }

    internal void Multiply(nint library, in NativeProduct shape, float* a, float* b, float* c)
    {
        fixed (NativeProduct* place = &shape)
        {
            Check(single(library, place, a, b, c));
        }
    }

    internal void Multiply(nint library, in NativeProduct shape, double* a, double* b, double* c)
    {
        fixed (NativeProduct* place = &shape)
        {
            Check(@double(library, place, a, b, c));
        }
    }

    /// <summary>Makes a convolution ready; null where the library has no fast way.</summary>
    internal NativePlan? Plan(nint library, in NativeConvolution shape)
    {
        nint made = 0;
        fixed (NativeConvolution* place = &shape)
        {
            int status = plan(library, place, &made);
            if (status == Unsupported)
            {
                return null;
            }

            Check(status);
        }

        return new(this, made);
    }

    internal int Scratch(nint made) => (int)Math.Min(scratch(made), int.MaxValue);

    internal void Destroy(nint made) => destroy(made);

    internal void Convolve(NativePlan made, float* left, float* right, float* result, void* space)
    {
        bool held = false;
        try
        {
            made.DangerousAddRef(ref held);
            Check(convolve(made.DangerousGetHandle(), left, right, result, space));
        }
        finally
        {
            if (held)
            {
                made.DangerousRelease();
            }
        }
    }

    private void Check(int status)
    {
        if (status != 0)
        {
            throw new NativeException($"native kernel: {Message()} (status {status})");
        }
    }

    private string Message() => Read((text, size) => message((byte*)text, size));

    private string Text(nint library) => Read((text, size) => describe(library, (byte*)text, size));

    private static string Read(Func<nint, nuint, nuint> copy)
    {
        const int Size = 1024;
        byte* text = stackalloc byte[Size];
        int length = (int)copy((nint)text, Size);
        return Encoding.UTF8.GetString(text, Math.Min(length, Size - 1));
    }
}
