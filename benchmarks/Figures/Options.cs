namespace Figures;

/// <summary>What the command line says.</summary>
internal sealed record Options
{
    /// <summary>The text that explains them.</summary>
    public const string Help = """
        dotnet fsi build.fsx bench [arguments]
          --only NAME   rows whose group and name contain NAME; may stand several times
          --quick       fewer repetitions
          --best        the best sample instead of the median, on a machine that does other work too
          --peers       other libraries too: PyTorch, JAX and ONNX Runtime where Python has them; PyTorch and ADOL-C otherwise
                        fetched by the machine's package manager into out/benchmarks
          --list        names of rows, without measuring
          --calls       overhead of calls and their allocations by BenchmarkDotNet
        All rows together are written into docs/benchmarks.md, with drawings in docs/images; a choice into out/benchmarks.
        """;

    /// <summary>Parts of names of rows; none for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Fewer repetitions.</summary>
    public bool Quick { get; init; }

    /// <summary>The best sample instead of the median.</summary>
    public bool Best { get; init; }

    /// <summary>Other libraries too.</summary>
    public bool Peers { get; init; }

    /// <summary>Names alone.</summary>
    public bool List { get; init; }

    /// <summary>The group and the row that this process measures for another, which reads the rows that it prints.</summary>
    public (string Group, string Row)? Child { get; init; }

    /// <summary>Whether this run gives the page of the repository.</summary>
    public bool IsWhole => Only.Count == 0 && !Quick;

    /// <summary>Reads a command line; null if it asks for help or says what there is not.</summary>
    public static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options();
        for (int i = 0; i < arguments.Count; i++)
        {
            Options? next = arguments[i] switch
            {
                "--only" when i + 1 < arguments.Count => options with { Only = [.. options.Only, arguments[++i]] },
                "--child" when i + 2 < arguments.Count => options with { Child = (arguments[++i], arguments[++i]) },
                "--quick" => options with { Quick = true },
                "--best" => options with { Best = true },
                "--peers" => options with { Peers = true },
                "--list" => options with { List = true },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            options = next;
        }

        return options;
    }
}
