using System.Runtime.InteropServices;

namespace Figures.Native;

/// <summary>The compiled counterparts: sources in benchmarks/Native, compiled when they are first asked for.</summary>
internal sealed class Workshop(string sources, string outputs, IReadOnlyList<Compiler> compilers)
{
    private readonly Dictionary<(string, Compiler), nint> loaded = [];

    /// <summary>What compiles.</summary>
    public IReadOnlyList<Compiler> Compilers { get; } = compilers;

    /// <summary>A function of a source by each compiler; none if there is no such function.</summary>
    public IEnumerable<(Compiler Compiler, nint Entry)> Entries(string source, string name)
    {
        foreach (Compiler compiler in Compilers)
        {
            if (NativeLibrary.TryGetExport(Load(source, compiler), name, out nint entry))
            {
                yield return (compiler, entry);
            }
        }
    }

    /// <summary>Compiles text made by the program itself, and gives a function of it.</summary>
    public nint Compile(Compiler compiler, string name, string text, string entry)
    {
        Directory.CreateDirectory(outputs);
        string path = Path.Combine(outputs, $"{name}.cpp");
        File.WriteAllText(path, text);
        return NativeLibrary.GetExport(NativeLibrary.Load(compiler.Build(path, outputs)), entry);
    }

    /// <summary>A function of a source that uses another library, by the first compiler, if there are both and there is such a function.</summary>
    public nint? Library(string source, string name, IReadOnlyList<string> options)
    {
        if (Compilers.Count == 0)
        {
            return null;
        }

        string path = Compilers[0].Build(Path.Combine(sources, $"{source}.cpp"), outputs, [.. options]);
        return NativeLibrary.TryGetExport(NativeLibrary.Load(path), name, out nint entry) ? entry : null;
    }

    private nint Load(string source, Compiler compiler)
    {
        if (!loaded.TryGetValue((source, compiler), out nint handle))
        {
            handle = NativeLibrary.Load(compiler.Build(Path.Combine(sources, $"{source}.cpp"), outputs));
            loaded[(source, compiler)] = handle;
        }

        return handle;
    }
}
