using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Figures.Native;

/// <summary>A C++ compiler of this machine: its name stands above a column.</summary>
internal sealed record Compiler(string Name, string Program, string Version)
{
    /// <summary>
    /// As a user would compile: contraction is off, since the sources say fma where our compiler places one, and square
    /// roots need set no errno nor comparisons a flag, as in .NET.
    /// </summary>
    public static readonly string[] Options =
        ["-std=c++17", "-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-fPIC", "-shared"];

    private static readonly (string Name, string[] Programs)[] Known =
    [
        ("g++", ["g++"]),
        ("clang++", ["clang++", .. Enumerable.Range(0, 12).Select(i => $"clang++-{24 - i}"), "clang++-14"]),
    ];

    /// <summary>Those that can be started, the first of each kind.</summary>
    public static IReadOnlyList<Compiler> Find() =>
        [.. Known.Select(kind => kind.Programs.Select(program => Ask(kind.Name, program)).FirstOrDefault(c => c is not null)).OfType<Compiler>()];

    /// <summary>Compiles a source into a library in a folder, unless it lies there already. Gives the library's path.</summary>
    public string Build(string source, string folder, params string[] more)
    {
        string library = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(source)}-{Name}-{Key(source)}.so");
        if (!File.Exists(library))
        {
            Directory.CreateDirectory(folder);
            string fresh = $"{library}.{Environment.ProcessId}";
            (int code, string output) = Shell.Run(Program, [.. Options, source, .. more, "-o", fresh]);
            if (code != 0)
            {
                throw new InvalidOperationException($"{Program} could not compile {source}:\n{output}");
            }

            File.Move(fresh, library, overwrite: true);
        }

        return library;
    }

    /// <summary>Changes with the compiler, the machine, and the text of the source and what lies beside it for inclusion.</summary>
    private string Key(string source)
    {
        string[] headers = [.. Directory.GetFiles(Path.GetDirectoryName(source)!, "*.hpp").Order()];
        string all = string.Join('\n', [Version, Machine.Processor, .. Options, .. headers.Append(source).Select(File.ReadAllText)]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..12];
    }

    private static Compiler? Ask(string name, string program)
    {
        try
        {
            (int code, string output) = Shell.Run(program, ["--version"]);
            return code == 0 ? new(name, program, output.Split('\n')[0].Trim()) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

/// <summary>Programs of the machine.</summary>
internal static class Shell
{
    /// <summary>Runs a program in a folder; it must end well.</summary>
    public static void Demand(string folder, string program, IReadOnlyList<string> arguments)
    {
        (int code, string output) = Run(program, arguments, folder);
        if (code != 0)
        {
            throw new InvalidOperationException($"{program} {arguments[0]} ended with code {code}: {output}");
        }
    }

    /// <summary>Runs a program to its end: its exit code and what it printed.</summary>
    public static (int Code, string Output) Run(string program, IReadOnlyList<string> arguments, string folder = "")
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        using Process job = Process.Start(start)!;
        Task<string> errors = job.StandardError.ReadToEndAsync();
        string output = job.StandardOutput.ReadToEnd();
        job.WaitForExit();
        return (job.ExitCode, output + errors.Result);
    }
}
