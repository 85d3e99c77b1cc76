namespace Figures.Native;

/// <summary>Packages of the machine's package manager, unpacked into a folder of scratch: nothing is installed.</summary>
internal static class DebianPackages
{
    private const string Done = "unpacked";

    /// <summary>Fetches and unpacks packages into a folder, unless they lie there already. Gives whether they do; if not, a line says why.</summary>
    /// <param name="folder">Where they go: its usr is what would be /usr.</param>
    /// <param name="packages">Their names.</param>
    /// <param name="withDependencies">Whether what they need, and is not installed, comes along.</param>
    /// <param name="log">Takes the line.</param>
    public static bool Have(string folder, IReadOnlyList<string> packages, bool withDependencies, Action<string> log)
    {
        string done = Path.Combine(folder, Done);
        if (File.Exists(done))
        {
            return true;
        }

        try
        {
            string archives = Path.Combine(folder, "packages");
            Directory.CreateDirectory(archives);
            Shell.Demand(archives, "apt-get", ["download", .. withDependencies ? Missing(packages) : packages]);
            foreach (string archive in Directory.GetFiles(archives, "*.deb"))
            {
                Shell.Demand(archives, "dpkg-deb", ["-x", archive, Path.GetFullPath(folder)]);
            }

            Directory.Delete(archives, recursive: true);
            File.WriteAllText(done, string.Join('\n', packages));
            return true;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            log($"{packages[0]} can't be had, so its column is left out: {error.Message.Split('\n')[0]}");
            return false;
        }
    }

    /// <summary>What an installation would bring, by a rehearsal of one.</summary>
    private static IEnumerable<string> Missing(IReadOnlyList<string> packages)
    {
        (int code, string output) = Shell.Run("apt-get", ["install", "--simulate", "--no-install-recommends", .. packages]);
        return code == 0
            ? output.Split('\n').Where(line => line.StartsWith("Inst ")).Select(line => line.Split(' ')[1])
            : throw new InvalidOperationException($"apt-get can't say what {packages[0]} needs: {output}");
    }
}
