using System.Diagnostics;
using Figures.Native;

namespace Figures.Peers;

/// <summary>A library of Python that rows are measured in: benchmarks/Peers/MODULE.py run with this environment.</summary>
/// <param name="Sources">The folder benchmarks/Peers.</param>
/// <param name="Module">The module there.</param>
/// <param name="Environment">Where Python finds what is not installed.</param>
internal sealed record PythonLibrary(string Sources, string Module, IReadOnlyDictionary<string, string> Environment)
{
    // About 50 µs: its threads wake quickly within a sample, and do not spin into that of the next contender.
    private const string SpinCount = "10000";

    private static readonly string[] Modules = ["torch_eager", "torch_compiled", "jax_jit", "onnx_runtime"];

    /// <summary>
    /// PyTorch, JAX and ONNX Runtime where they are installed; PyTorch otherwise from the machine's package manager, unpacked into a folder of scratch.
    /// </summary>
    public static IReadOnlyList<PythonLibrary> Find(string sources, string scratch, Action<string> log)
    {
        PythonLibrary[] installed = [.. Modules.Select(module => new PythonLibrary(sources, module, new Dictionary<string, string>())).Where(Works)];
        if (installed.Any(library => library.Module == Modules[0]))
        {
            return installed;
        }

        string root = Path.GetFullPath(Path.Combine(scratch, "pytorch"));
        if (!DebianPackages.Have(root, ["python3-torch", "libopenblas0-pthread"], withDependencies: true, log))
        {
            return installed;
        }

        PythonLibrary[] fetched = [.. Modules[..2].Select(module => new PythonLibrary(sources, module, Unpacked(root))).Where(Works)];
        if (fetched.Length == 0)
        {
            log("PyTorch can't be loaded, so its column is left out.");
        }

        return [.. installed, .. fetched];
    }

    /// <summary>A process that has loaded it, for so many threads; null if it can't be loaded.</summary>
    public Process? Start(int threads)
    {
        var start = new ProcessStartInfo("python3", [Path.Combine(Sources, "peer.py"), Module, $"{threads}"])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OMP_NUM_THREADS"] = $"{threads}";
        start.Environment["GOMP_SPINCOUNT"] = SpinCount;
        foreach ((string name, string value) in Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            Process process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            return process;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static bool Works(PythonLibrary library)
    {
        using Process? process = library.Start(1);
        if (process is null)
        {
            return false;
        }

        process.StandardInput.Close();
        string? name = process.StandardOutput.ReadLine();
        process.WaitForExit();
        return name is not null;
    }

    private static Dictionary<string, string> Unpacked(string root)
    {
        string[] libraries =
        [
            .. Directory.GetFiles(root, "lib*.so*", SearchOption.AllDirectories)
                .Where(path => !path.Contains("dist-packages", StringComparison.Ordinal))
                .Select(path => Path.GetDirectoryName(path)!)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return new()
        {
            ["PYTHONPATH"] = Path.Combine(root, "usr", "lib", "python3", "dist-packages"),
            ["LD_LIBRARY_PATH"] = string.Join(':', libraries),
        };
    }
}
