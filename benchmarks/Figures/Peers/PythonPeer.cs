using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Adjoint.Core;
using Figures.Measure;

namespace Figures.Peers;

/// <summary>A running process of a library of Python, which takes rows and times itself (the protocol is told in benchmarks/Peers/peer.py).</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process process;

    private PythonPeer(Process process, string name)
    {
        this.process = process;
        Name = name;
    }

    /// <summary>The library and its version.</summary>
    public string Name { get; }

    /// <summary>Starts one; null if the library can't be loaded.</summary>
    public static PythonPeer? Start(PythonLibrary library, int threads)
    {
        Process? started = library.Start(threads);
        if (started?.StandardOutput.ReadLine() is { } line)
        {
            return new(started, (string)JsonNode.Parse(line)!["name"]!);
        }

        started?.Dispose();
        return null;
    }

    /// <summary>Runs a row once: its results, written into these arrays. False if the library has no such row.</summary>
    public bool Prepare(string row, DType type, IReadOnlyList<NDArray> inputs, IReadOnlyList<NDArray> results)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("adjoint-figures-");
        try
        {
            var arguments = new JsonArray();
            for (int i = 0; i < inputs.Count; i++)
            {
                string path = Path.Combine(folder.FullName, $"x{i}");
                File.WriteAllBytes(path, Bytes(inputs[i]));
                arguments.Add(new JsonObject { ["path"] = path, ["shape"] = JsonSerializer.SerializeToNode(inputs[i].Shape.ToArray()) });
            }

            JsonNode reply = Ask(new() { ["row"] = row, ["dtype"] = type.Name(), ["inputs"] = arguments, ["outputs"] = folder.FullName });
            if (reply["results"] is not { } count)
            {
                return false;
            }

            for (int i = 0; i < (int)count; i++)
            {
                File.ReadAllBytes(Path.Combine(folder.FullName, $"{i}")).CopyTo(Bytes(results[i]));
            }

            return true;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The prepared row as a contender, timed over there.</summary>
    public Contender Contender() => new(Name, () => Time(1)) { Time = Time };

    /// <summary>Ends the process.</summary>
    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private static Span<byte> Bytes(NDArray array) => array.Storage switch
    {
        float[] singles => MemoryMarshal.AsBytes(singles.AsSpan()),
        double[] doubles => MemoryMarshal.AsBytes(doubles.AsSpan()),
        _ => throw new InvalidOperationException($"Rows of other libraries know no {array.Type}."),
    };

    private double Time(int calls) => (double)Ask(new() { ["calls"] = calls })["seconds"]! * 1e9 / calls;

    private JsonNode Ask(JsonObject request)
    {
        process.StandardInput.WriteLine(request.ToJsonString());
        process.StandardInput.Flush();
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{Name} stopped");
        return JsonNode.Parse(line)!;
    }
}
