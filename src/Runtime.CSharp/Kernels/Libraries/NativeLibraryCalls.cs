using System.Runtime.InteropServices;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>The functions of the C boundary, bound once; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
internal sealed unsafe class NativeLibraryCalls
{
    /// <summary>The status of what a library, a processor or a build lacks.</summary>
    internal const int Unsupported = 3;

    private readonly delegate* unmanaged[Cdecl]<byte*, nuint, nuint> message;
    private readonly delegate* unmanaged[Cdecl]<int, byte*, uint, nint*, int> open;
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint> describe;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeProduct*, float*, float*, float*, int> single;
    private readonly delegate* unmanaged[Cdecl]<nint, NativeProduct*, double*, double*, double*, int> @double;

    /// <summary>Binds all functions of a loaded library.</summary>
    internal NativeLibraryCalls(nint library)
    {
        message = (delegate* unmanaged[Cdecl]<byte*, nuint, nuint>)NativeLibrary.GetExport(library, "adj_message");
        open = (delegate* unmanaged[Cdecl]<int, byte*, uint, nint*, int>)NativeLibrary.GetExport(library, "adj_library_open");
        describe = (delegate* unmanaged[Cdecl]<nint, byte*, nuint, nuint>)NativeLibrary.GetExport(library, "adj_library_describe");
        single = (delegate* unmanaged[Cdecl]<nint, NativeProduct*, float*, float*, float*, int>)NativeLibrary.GetExport(library, "adj_product_f32");
        @double = (delegate* unmanaged[Cdecl]<nint, NativeProduct*, double*, double*, double*, int>)NativeLibrary.GetExport(library, "adj_product_f64");
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

    /// <summary>Throws what a status that is none of success says.</summary>
    internal void Check(int status)
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
