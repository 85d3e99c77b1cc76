using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Formats;

/// <summary>Named arrays in a file whose name tells the format: .npz or .safetensors. Models and states are kept so: a leaf's name is its path.</summary>
public static class ArrayFiles
{
    /// <summary>What a leaf is named that is the whole structure, and has no path.</summary>
    public const string WholeName = "value";

    private const int MostFaults = 5;

    /// <summary>Writes named arrays to a file, whole or not at all.</summary>
    /// <exception cref="Core.FormatException">The file's name tells no format.</exception>
    /// <exception cref="DTypeException">An array is c128 and the file a .safetensors.</exception>
    /// <exception cref="StructureException">A name is there twice.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, NDArray>> arrays, CancellationToken cancellation = default)
    {
        if (IsNpz(path))
        {
            Npz.Save(path, arrays, cancellation: cancellation);
        }
        else
        {
            Safetensors.Save(path, arrays, cancellation: cancellation);
        }
    }

    /// <summary>Reads the named arrays of a file.</summary>
    /// <exception cref="Core.FormatException">The file's name tells no format, or the file is not of it.</exception>
    public static IReadOnlyDictionary<string, NDArray> Load(string path, ReadOptions? options = null)
    {
        using ArrayArchive archive = Open(path);
        return archive.ReadAll(options);
    }

    /// <summary>Opens a file, to read some of its arrays.</summary>
    /// <exception cref="Core.FormatException">The file's name tells no format, or the file is not of it.</exception>
    public static ArrayArchive Open(string path) => IsNpz(path) ? Npz.Open(path) : Safetensors.Open(path);

    /// <summary>Writes the leaves of a structure, each named by its path.</summary>
    /// <exception cref="Core.FormatException">The file's name tells no format.</exception>
    /// <exception cref="StructureException">Two leaves have one path, or there are not as many paths as leaves.</exception>
    public static void SaveLeaves(string path, IReadOnlyList<string> paths, IReadOnlyList<NDArray> leaves, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(leaves);
        if (paths.Count != leaves.Count)
        {
            throw new StructureException($"save: {paths.Count} paths are given for {leaves.Count} leaves.");
        }

        Save(path, paths.Zip(leaves, (name, leaf) => KeyValuePair.Create(NameOf(name), leaf)), cancellation);
    }

    /// <summary>Reads the leaves of a structure: the file must have these, of these types, and no others.</summary>
    /// <exception cref="Core.FormatException">
    /// The file's name tells no format, the file is not of it, or a leaf is missing, superfluous, or of another type; the message names it.
    /// </exception>
    public static NDArray[] LoadLeaves(string path, IReadOnlyList<string> paths, IReadOnlyList<TensorType> types, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        ArgumentNullException.ThrowIfNull(types);
        using ArrayArchive archive = Open(path);
        string[] names = [.. paths.Select(NameOf)];
        string[] faults = [.. Faults(archive, names, types)];
        return faults.Length == 0
            ? [.. names.Select(name => archive.Read(name, options))]
            : throw new Core.FormatException($"load: {archive.FileName} does not fit the structure. {string.Join(" ", faults.Take(MostFaults))}"
                + (faults.Length > MostFaults ? $" And {faults.Length - MostFaults} more." : ""));
    }

    private static IEnumerable<string> Faults(ArrayArchive archive, string[] names, IReadOnlyList<TensorType> types)
    {
        for (int i = 0; i < names.Length; i++)
        {
            if (!archive.Contains(names[i]))
            {
                yield return $"The file has no {names[i]}, which is {types[i]} in the structure.";
            }
            else if (!archive.TypeOf(names[i]).Equals(types[i]))
            {
                yield return $"{names[i]} is {archive.TypeOf(names[i])} in the file, {types[i]} in the structure.";
            }
        }

        foreach (string other in archive.Names.Except(names, StringComparer.Ordinal))
        {
            yield return $"The file has {other}, which the structure has not.";
        }
    }

    private static string NameOf(string path) => path.Length == 0 ? WholeName : path;

    private static bool IsNpz(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".NPZ" => true,
            ".SAFETENSORS" => false,
            _ => throw new Core.FormatException($"{Path.GetFileName(path)}: the name tells no format. Named arrays are kept in .npz and .safetensors."),
        };
    }
}
