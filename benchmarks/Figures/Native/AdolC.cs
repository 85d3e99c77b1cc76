namespace Figures.Native;

/// <summary>ADOL-C as a peer (Walther and Griewank 2012), where the machine's package manager has it.</summary>
internal static class AdolC
{
    /// <summary>What a compiler is told beside to use it, or null if it can't be had.</summary>
    public static string[]? Find(string scratch, Action<string> log)
    {
        string folder = Path.GetFullPath(Path.Combine(scratch, "adolc"));
        if (!DebianPackages.Have(folder, ["libadolc-dev", "libadolc2"], withDependencies: false, log))
        {
            return null;
        }

        string library = Path.GetDirectoryName(Directory.GetFiles(folder, "libadolc.so", SearchOption.AllDirectories)[0])!;
        return [$"-I{Path.Combine(folder, "usr", "include")}", $"-L{library}", "-ladolc", $"-Wl,-rpath,{library}"];
    }
}
