using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>The library of native kernels: looked for once; everything runs on managed kernels where it is missing.</summary>
/// <remarks>
/// It is looked for in the folder that the environment variable <c>ADJOINT_NATIVE</c> names (<c>off</c>: nowhere), then in the one that the
/// program's runtime configuration names as <c>Adjoint.Native.Folder</c>, then beside the program, as the package Adjoint.Native puts it.
/// </remarks>
public sealed class KernelLibrary
{
    /// <summary>The version of the C boundary that this runtime speaks; see src/Kernels.Native/include/adjoint_kernels.h.</summary>
    public const int AbiVersion = 4;

    /// <summary>The environment variable that names the folder of the native kernels, or is <c>off</c>.</summary>
    internal const string Variable = "ADJOINT_NATIVE";

    private const string FileName = "adjoint_kernels";
    private const string FolderProperty = "Adjoint.Native.Folder";

    private static readonly Lazy<KernelLibrary> Found = new(
        () => Find(Environment.GetEnvironmentVariable(Variable), AppContext.GetData(FolderProperty) as string));

    private readonly string name;

    private KernelLibrary(nint handle, string name, string description)
    {
        Handle = handle;
        this.name = name;
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

    /// <summary>A file beside the library; null where there is none, or where the library was found by name alone.</summary>
    internal string? Beside(string file)
    {
        string path = Path.Combine(Path.GetDirectoryName(name) ?? "", file);
        return IsAvailable && Path.IsPathRooted(path) && File.Exists(path) ? path : null;
    }

    /// <summary>Looks where the user said, else where the program was told, else beside it; never throws.</summary>
    internal static KernelLibrary Find(string? asked, string? configured)
    {
        if (asked == "off")
        {
            return new(0, "", $"native kernels: {Variable} is off; managed kernels run.");
        }

        if (!string.IsNullOrEmpty(asked))
        {
            return Look(Path.Combine(asked, PlatformName));
        }

        string file = Path.Combine(configured ?? "", PlatformName);
        return Look(configured is not null && File.Exists(file) ? file : FileName);
    }

    /// <summary>Looks for a library by name or path; never throws.</summary>
    internal static KernelLibrary Look(string name)
    {
        if (CutBeside(name) is { } cut)
        {
            return new(0, name, $"native kernels: {cut} is cut short; managed kernels run. Copy or build it again.");
        }

        if (!NativeLibrary.TryLoad(name, typeof(KernelLibrary).Assembly, null, out nint handle))
        {
            return new(
                0,
                name,
                $"native kernels: no library {name}; managed kernels run. Add the package Adjoint.Native to the program, or set {Variable} to the folder that `build.fsx native` fills.");
        }

        if (!NativeLibrary.TryGetExport(handle, "adj_abi_version", out nint entry))
        {
            NativeLibrary.Free(handle);
            return new(0, name, $"native kernels: {name} has no adj_abi_version; managed kernels run. Is it another library?");
        }

        int version = Version(entry);
        if (version != AbiVersion)
        {
            NativeLibrary.Free(handle);
            return new(0, name, $"native kernels: {name} speaks version {version}, not {AbiVersion}; managed kernels run. Build both from one source.");
        }

        return new(handle, name, $"native kernels: {name}, version {version}.");
    }

    /// <summary>A library that is cut short where a path leads, or beside it.</summary>
    private static string? CutBeside(string name)
    {
        try
        {
            return File.Exists(name) ? LibraryFile.FirstCut(Path.GetDirectoryName(Path.GetFullPath(name))!) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string PlatformName =>
        OperatingSystem.IsWindows() ? $"{FileName}.dll" : OperatingSystem.IsMacOS() ? $"lib{FileName}.dylib" : $"lib{FileName}.so";

    private static unsafe int Version(nint entry) => ((delegate* unmanaged[Cdecl]<int>)entry)();
}
