using Adjoint.Figures.Limits;
using Adjoint.Figures.Measure;
using Adjoint.Figures.Native;
using Adjoint.Figures.Report;
using Adjoint.Figures.Rows;

namespace Adjoint.Figures;

/// <summary>Measures the machine's limits, then every row beside its counterparts, and writes the page of results.</summary>
internal static class Program
{
    private static readonly Group[] Groups = [Chains.Group, Matrices.Group, Reductions.Group, Integration.Group, Overheads.Group];

    private static int Main(string[] arguments) => Run(arguments, Repository.Root, Console.Out);

    /// <summary>The whole program: 0 if all wanted rows have a figure.</summary>
    internal static int Run(string[] arguments, string root, TextWriter output)
    {
        if (Options.Parse(arguments) is not { } options)
        {
            output.WriteLine(Options.Help);
            return 1;
        }

        if (options.List)
        {
            foreach (Group group in Groups)
            {
                group.Rows.ToList().ForEach(row => output.WriteLine($"{group.Key} {row.Name}"));
            }

            return 0;
        }

        return Measure(options, root, output);
    }

    private static int Measure(Options options, string root, TextWriter output)
    {
        IReadOnlyList<Compiler> compilers = Compiler.Find();
        if (compilers.Count == 0)
        {
            output.WriteLine("There is no g++ and no clang++: compiled counterparts are left out.");
        }

        Effort effort = options.Quick ? Effort.Quick : Effort.Full;
        var limits = new Lazy<MachineLimits>(() => MachineLimits.Measure(effort));
        string scratch = Path.Combine(root, "out", "benchmarks");
        var workshop = new Workshop(Path.Combine(root, "benchmarks", "Native"), Path.Combine(scratch, "native"), compilers);
        var setting = new Setting(limits, workshop, effort, options.Best, options.Only, output.WriteLine);
        output.WriteLine("Measuring the machine ...");
        output.WriteLine(limits.Value.Describe());
        List<(Group, Table)> tables = [];
        foreach (Group group in Groups)
        {
            if (group.Measure(setting) is { } table)
            {
                tables.Add((group, table));
            }
        }

        Page page = new(limits.Value, [.. compilers.Select(compiler => compiler.Version)], options, tables);
        page.Write(options.IsWhole ? Path.Combine(root, "docs") : scratch, output);
        return tables.Count > 0 && tables.All(pair => pair.Item2.Rows.All(row => row.Failure is null)) ? 0 : 1;
    }
}
