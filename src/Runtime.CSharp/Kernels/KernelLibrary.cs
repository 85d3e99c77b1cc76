using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>The library of native kernels: looked for once; everything runs on managed kernels where it is missing.</summary>
public sealed class KernelLibrary
{
    /// <summary>The version of the C boundary that this runtime speaks; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
    public const int AbiVersion = 1;

    private const string FileName = "adjoint_kernels";

    private static readonly Lazy<KernelLibrary> Found = new(() => Look(FileName));

    private KernelLibrary(nint handle, string description)
    {
        Handle = handle;
        Description = description;
    }

    /// <summary>What was found on this machine.</summary>
    public static KernelLibrary Default => Found.Value;

    /// <summary>Whether native kernels can be called.</summary>
    public bool IsAvailable => Handle != 0;

    /// <summary>What was found, or what is missing and how to get it, in one line.</summary>
    public string Description { get; }

    /// <summary>The loaded library; zero where there is none.</summary>
    internal nint Handle { get; }

    /// <summary>What was found, in one line.</summary>
    public override string ToString() => Description;

    /// <summary>Looks for a library by name or path; never throws.</summary>
    internal static KernelLibrary Look(string name)
    {
        if (!NativeLibrary.TryLoad(name, typeof(KernelLibrary).Assembly, null, out nint handle))
        {
            return new(0, $"native kernels: no library {name} beside the program; managed kernels run. Build src/Kernels.Native and put it there.");
        }

        if (!NativeLibrary.TryGetExport(handle, "adj_abi_version", out nint entry))
        {
            NativeLibrary.Free(handle);
            return new(0, $"native kernels: {name} has no adj_abi_version; managed kernels run. Is it another library?");
        }

        int version = Version(entry);
        if (version != AbiVersion)
        {
            NativeLibrary.Free(handle);
            return new(0, $"native kernels: {name} speaks version {version}, not {AbiVersion}; managed kernels run. Build both from one source.");
        }

        return new(handle, $"native kernels: {name}, version {version}.");
    }

    private static unsafe int Version(nint entry) => ((delegate* unmanaged[Cdecl]<int>)entry)();
}
