using Figures.GradBench;
using Figures.Limits;
using Figures.Measure;
using Figures.Native;
using Figures.Peers;
using Figures.Report;
using Figures.Rows;

namespace Figures;

/// <summary>Measures the machine's limits, then every row beside its counterparts, and writes the page of results.</summary>
internal static class Program
{
    private static readonly Group[] Groups = [Chains.Group, Matrices.Group, Reductions.Group, Integration.Group, Products.Group, Overheads.Group, EvalRows.Group, CompileTimes.Group, NetworkRows.Group, Memory.Group, Sequences.Group];

    private static readonly string Scratch = Path.Combine("out", "benchmarks");

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
        Setting setting = Prepare(options, root, output);
        if (options.Child is { } child)
        {
            output.WriteLine(Child.Write(Groups.First(group => group.Key == child.Group).MeasureHere(child.Row, setting)));
            return 0;
        }

        if (setting.Workshop.Compilers.Count == 0)
        {
            output.WriteLine("There is no g++ and no clang++: compiled counterparts are left out.");
        }

        output.WriteLine("Measuring the machine ...");
        output.WriteLine(setting.Limits.Value.Describe());
        (Group Group, Table? Table)[] tables = [.. Groups.Select(group => (group, group.Measure(setting))).Where(pair => pair.Item2 is not null)];
        var page = new Page(setting, options, [.. tables.Select(pair => (pair.Group, pair.Table!))]);
        page.Write(Path.Combine(root, options.IsWhole ? "docs" : Scratch), output);
        return tables.Length > 0 && tables.All(pair => pair.Table!.Rows.All(row => row.Failure is null)) ? 0 : 1;
    }

    private static Setting Prepare(Options options, string root, TextWriter output)
    {
        Effort effort = options.Quick ? Effort.Quick : Effort.Full;
        var limits = new Lazy<MachineLimits>(() => MachineLimits.Measure(effort));
        var workshop = new Workshop(Path.Combine(root, "benchmarks", "Native"), Path.Combine(root, Scratch, "native"), Compiler.Find());
        return new(limits, workshop, effort, options.Best, options.Only, output.WriteLine)
        {
            OneDnn = OneDnn.Find(root),
            AdolC = options.Peers ? AdolC.Find(Path.Combine(root, Scratch), output.WriteLine) : null,
            Python = options.Peers
                ? PythonLibrary.Find(Path.Combine(root, "benchmarks", "Peers"), Path.Combine(root, Scratch), output.WriteLine)
                : [],
        };
    }
}
