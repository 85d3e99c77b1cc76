using Figures.Rows;

namespace Figures.Report;

/// <summary>The page of results and its drawings.</summary>
internal sealed record Page(
    Setting Setting, Options Options, IReadOnlyList<(Group Group, Table Table)> Tables)
{
    /// <summary>Writes the page into a folder, drawings into its folder images, and prints the tables.</summary>
    public void Write(string folder, TextWriter output)
    {
        string images = Path.Combine(folder, "images");
        Directory.CreateDirectory(images);
        List<string> parts = [Head(), Setting.Limits.Value.Describe()];
        foreach ((Group group, Table table) in Tables)
        {
            string text = Markdown.Of(table);
            output.WriteLine(text);
            if (Svg.Of(table) is { } drawing)
            {
                File.WriteAllText(Path.Combine(images, $"benchmarks-{group.Key}.svg"), drawing);
                text += $"\n![{table.Title}](images/benchmarks-{group.Key}.svg)\n";
            }

            parts.Add(text);
        }

        string path = Path.Combine(folder, "benchmarks.md");
        File.WriteAllText(path, string.Join('\n', parts));
        output.WriteLine($"written: {path}");
    }

    private IEnumerable<string> Flags() =>
        new[] { (Options.Quick, "--quick"), (Options.Best, "--best"), (Options.Peers, "--peers") }.Where(flag => flag.Item1).Select(flag => flag.Item2);

    private string Head()
    {
        string command = string.Join(' ', ["dotnet fsi build.fsx bench", .. Options.Only.Select(name => $"--only {name}"), .. Flags()]);
        string measure = Options.Best ? "the best" : "the median";
        return $"""
            # Benchmarks

            Written by `{command}`, {DateTime.UtcNow:yyyy-MM-dd}.

            {Machine.Describe(Setting.Workshop.Compilers.Select(compiler => compiler.Version))}
            All contenders of a row run in turn in one process on the same arguments, after their results were found to agree;
            a figure is {measure} of {(Options.Quick ? "a few" : "31")} samples (fewer where one call takes longer than a second). In brackets
            stands Adjoint's time over the counterpart's: below 1, Adjoint is faster. The C++ counterparts are in `benchmarks/Native`,
            compiled with `{string.Join(' ', Native.Compiler.Options[..^2])}`; they use the same formulas, with fused multiply-adds in the same
            places. "By hand" is C++ with vectors of the machine's width, interleaved by hand. "Bandwidth" is the time that reading
            each argument and writing each result once takes at the measured bandwidth of the smallest level that holds both.

            """;
    }
}
