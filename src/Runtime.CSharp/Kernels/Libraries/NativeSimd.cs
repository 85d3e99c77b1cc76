using System.Runtime.InteropServices;
using System.Text;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Our own native kernels, written with Highway; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
internal sealed unsafe class NativeSimd
{
    private readonly delegate* unmanaged[Cdecl]<uint*, nuint, int> sortSingle;
    private readonly delegate* unmanaged[Cdecl]<ulong*, nuint, int> sortDouble;
    private readonly delegate* unmanaged[Cdecl]<ulong*, nuint, int> sortPairs;

    private NativeSimd(nint library, string instructionSet)
    {
        InstructionSet = instructionSet;
        sortSingle = (delegate* unmanaged[Cdecl]<uint*, nuint, int>)NativeLibrary.GetExport(library, "adj_sort_u32");
        sortDouble = (delegate* unmanaged[Cdecl]<ulong*, nuint, int>)NativeLibrary.GetExport(library, "adj_sort_u64");
        sortPairs = (delegate* unmanaged[Cdecl]<ulong*, nuint, int>)NativeLibrary.GetExport(library, "adj_sort_u128");
    }

    /// <summary>What they use of this processor.</summary>
    internal string InstructionSet { get; }

    /// <summary>The kernels of a library; null where it was built without Highway, or this processor has no instruction set that they know.</summary>
    internal static NativeSimd? Of(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "adj_simd_describe", out nint describe)
            || !NativeLibrary.TryGetExport(library, "adj_sort_u128", out _))
        {
            return null;
        }

        byte* text = stackalloc byte[64];
        int length = (int)((delegate* unmanaged[Cdecl]<byte*, nuint, nuint>)describe)(text, 64);
        return length == 0 ? null : new(library, Encoding.UTF8.GetString(text, Math.Min(length, 63)));
    }

    /// <summary>Sorts words, ascending.</summary>
    internal void Sort(Span<uint> words)
    {
        fixed (uint* place = words)
        {
            Check(sortSingle(place, (nuint)words.Length));
        }
    }

    /// <summary>Sorts words, ascending.</summary>
    internal void Sort(Span<ulong> words)
    {
        fixed (ulong* place = words)
        {
            Check(sortDouble(place, (nuint)words.Length));
        }
    }

    /// <summary>Sorts keys with their places, ascending, by key and then by place.</summary>
    internal void Sort(Span<PlacedKey> pairs)
    {
        fixed (PlacedKey* place = pairs)
        {
            Check(sortPairs((ulong*)place, (nuint)pairs.Length));
        }
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new NativeException($"native kernel: a kernel of our own gave status {status}.");
        }
    }
}
