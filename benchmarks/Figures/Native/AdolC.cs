namespace Figures.Native;

/// <summary>
/// ADOL-C as a peer (Walther and Griewank 2012), where the machine's package manager has it: its packages are unpacked into a folder of
/// scratch, nothing is installed.
/// </summary>
internal static class AdolC
{
    private static readonly string[] Packages = ["libadolc-dev", "libadolc2"];

    /// <summary>What a compiler is told beside to use it, or null, said in a line, if it can't be had.</summary>
    public static string[]? Find(string scratch, Action<string> log)
    {
        string folder = Path.Combine(scratch, "adolc");
        string include = Path.Combine(folder, "usr", "include");
        try
        {
            if (!Directory.Exists(include))
            {
                Unpack(folder);
            }
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            log($"ADOL-C can't be had, so its column is left out: {error.Message.Split('\n')[0]}");
            return null;
        }

        string library = Path.GetDirectoryName(Directory.GetFiles(folder, "libadolc.so", SearchOption.AllDirectories)[0])!;
        return [$"-I{include}", $"-L{library}", "-ladolc", $"-Wl,-rpath,{library}"];
    }

    private static void Unpack(string folder)
    {
        string packages = Path.Combine(folder, "packages");
        Directory.CreateDirectory(packages);
        Shell.Demand(packages, "apt-get", ["download", .. Packages]);
        foreach (string package in Directory.GetFiles(packages, "*.deb"))
        {
            Shell.Demand(packages, "dpkg-deb", ["-x", package, folder]);
        }
    }
}
