using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>A file of named arrays that is open: the names are known, an array is read when it is asked for, and the others are not.</summary>
/// <remarks>It may be used from any number of threads; arrays are read one after the other. The file must not change meanwhile.</remarks>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class ArrayArchive : IDisposable
{
    private protected ArrayArchive(string format, string name)
    {
        Format = format;
        FileName = name;
    }

    /// <summary>The names, in the file's order.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>The format's name, for messages.</summary>
    internal string Format { get; }

    /// <summary>The file's name, for messages.</summary>
    internal string FileName { get; }

    /// <summary>Held while the file is read.</summary>
    private protected Lock Gate { get; } = new();

    /// <summary>Whether the file has an array of this name.</summary>
    public abstract bool Contains(string name);

    /// <summary>Dtype and shape of an array, whose elements are not read.</summary>
    /// <exception cref="Core.FormatException">The file has no such array, or it is damaged.</exception>
    public abstract TensorType TypeOf(string name);

    /// <summary>Reads an array.</summary>
    /// <exception cref="Core.FormatException">The file has no such array, or it is damaged.</exception>
    public abstract NDArray Read(string name, ReadOptions? options = null);

    /// <summary>Reads all arrays, each of which may cost what the options say.</summary>
    /// <exception cref="Core.FormatException">The file is damaged.</exception>
    public IReadOnlyDictionary<string, NDArray> ReadAll(ReadOptions? options = null) =>
        Names.ToDictionary(name => name, name => Read(name, options), StringComparer.Ordinal);

    /// <summary>The file's name and how many arrays it has.</summary>
    public override string ToString() => $"{FileName}: {Names.Count} {(Names.Count == 1 ? "array" : "arrays")}";

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    protected abstract void Dispose(bool disposing);

    /// <summary>There is no array of a name.</summary>
    private protected Core.FormatException Missing(string name)
    {
        string[] known = [.. Names.Take(5)];
        string names = Names.Count == 0 ? "none" : string.Join(", ", known) + (Names.Count > known.Length ? "…" : "");
        return new($"{Format}: {FileName} has no array {name}. It has {Names.Count}: {names}.");
    }
}
