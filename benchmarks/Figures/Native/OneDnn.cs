namespace Figures.Native;

/// <summary>The oneDNN that `build.fsx native` fetched and put beside the native kernels.</summary>
internal static class OneDnn
{
    /// <summary>What a compiler is told beside to use it, or null where it is not there.</summary>
    public static string[]? Find(string root)
    {
        string headers = Path.Combine(root, "artifacts", "libraries", "root", "usr", "include");
        string built = Path.Combine(root, "artifacts", "native");
        string? library = Directory.Exists(built) ? Directory.GetFiles(built, "libdnnl.so.*", SearchOption.AllDirectories).FirstOrDefault() : null;
        return library is null || !Directory.Exists(headers)
            ? null
            : ["-fopenmp", $"-I{headers}", $"-L{Path.GetDirectoryName(library)}", $"-l:{Path.GetFileName(library)}", $"-Wl,-rpath,{Path.GetDirectoryName(library)}"];
    }
}
