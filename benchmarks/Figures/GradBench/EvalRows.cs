using Adjoint.Core;
using Adjoint.Examples.GradBench;
using Figures.Measure;
using Figures.Native;
using Figures.Report;
using Figures.Rows;
using Microsoft.FSharp.Core;
using Unit = Figures.Report.Unit;
using Nothing = Microsoft.FSharp.Core.Unit;

namespace Figures.GradBench;

/// <summary>Rows of GradBench: each function and its gradient beside hand-derived C++, on one core.</summary>
internal static class EvalRows
{
    private const double Tolerance = 1e-9; // That of GradBench.
    private const string ForGradient = ": gradient";
    private const string ForValue = ": function";

    /// <summary>Those whose gradients count for the geometric mean; the others are shown.</summary>
    private static readonly string[] Counted = ["ba", "det", "gmm", "ht", "kmeans", "llsq", "lse", "lstm"];

    /// <summary>The group.</summary>
    public static Group Group { get; } = new(
        "gradbench",
        "GradBench",
        "The functions of examples/GradBench as a user runs them, results allocated each time, in a process with one core; beside them the function and "
        + "its gradient, derived by hand, in C++ (benchmarks/Native), with the same expansion by minors in det. ht moves only the vertices that points belong to, in both. "
        + "The last columns are GradBench's hand-derived C++ and CoDiPack at these sizes on the same type of processor in another run; there ht moves all vertices.",
        [.. Evals.All.Select(eval => (eval.Name, (Func<Setting, IEnumerable<Row>>)(setting => Measure(eval.Make(), setting))))])
    {
        Processors = 1,
        Summary = Summarize,
    };

    private static Row[] Measure(Eval eval, Setting setting)
    {
        EvalFunction[] functions = [eval.Value, eval.Gradient];
        List<Contender> contenders = [];
        foreach (EvalFunction function in functions)
        {
            FSharpFunc<Nothing, FSharpFunc<Nothing, Output>> ready = eval.Ready(function);
            contenders.Add(new("Adjoint", () => ready.Invoke(null!)));
        }

        NDArray[] answers = [.. functions.Select(function => Numbers.Array(Eval.Flatten(eval.Ready(function).Invoke(null!).Invoke(null!))))];
        List<string> peers = [];
        foreach (Compiler compiler in setting.Workshop.Compilers)
        {
            for (int i = 0; i < functions.Length; i++)
            {
                contenders.Add(Counterpart(eval, functions[i], i == 0 ? "value" : "gradient", compiler, answers[i], setting));
            }

            peers.Add(compiler.Name);
        }

        double[] times = setting.Time(contenders);
        Row Of(string name, int i, IEnumerable<Peer> others) => new(
            name, 1, Unit.Time, times[i], [.. peers.Select((peer, k) => new Peer($"{peer}, by hand", PeerKind.Hand, times[(2 * (k + 1)) + i])), .. others], []);
        return [Of(eval.Name + ForValue, 0, []), Of(eval.Name + ForGradient, 1, Reference.Of(eval.Name))];
    }

    private static Contender Counterpart(Eval eval, EvalFunction function, string suffix, Compiler compiler, NDArray answer, Setting setting)
    {
        string name = $"{eval.Module}_{suffix}";
        nint entry = setting.Workshop.Entries(eval.Source, name).First(pair => pair.Compiler == compiler).Entry;
        NDArray[] theirs = Eval.Fresh(function);
        Action run = Entry.Bind(entry, 0, eval.Arguments, theirs, eval.Sizes, 1, 1);
        run();
        double[] chosen = function.Choose([.. theirs.Select(array => array.ToDoubles())]);
        DisagreementException.ThrowUnless($"{name} by {compiler.Name}", [Numbers.Array(chosen)], [answer], Tolerance);
        return new(name, run);
    }

    private static IEnumerable<Row> Summarize(IReadOnlyList<Row> rows)
    {
        Dictionary<string, Row> known = rows.Where(row => row.Failure is null).ToDictionary(row => row.Name);
        Row[] gradients = [.. known.Values.Where(row => row.Name.EndsWith(ForGradient))];
        double[] costs = [.. gradients.Select(row => row.Amount / known[row.Name.Replace(ForGradient, ForValue)].Amount)];
        double[] ratios =
        [
            .. gradients.Where(row => Counted.Contains(row.Name.Split(' ')[0])).Select(row => row.Ratio(PeerKind.Hand)).OfType<double>(),
        ];
        if (costs.Length > 0)
        {
            yield return Bounded("gradient ÷ function, median", Statistics.Of(costs).Median, 3);
        }

        if (ratios.Length > 0)
        {
            yield return Bounded("gradient ÷ by hand, geometric mean without ode", Math.Exp(ratios.Average(Math.Log)), 1);
        }

        foreach (Row row in OfOtherRuns(gradients))
        {
            yield return row;
        }
    }

    private static IEnumerable<Row> OfOtherRuns(Row[] gradients)
    {
        double[] others = [.. Reference.Ratios(gradients, "GradBench")];
        if (others.Length > 0)
        {
            yield return Bounded("gradient ÷ GradBench's by hand, another run, geometric mean without ode", Math.Exp(others.Average(Math.Log)), 1);
        }

        double[] libraries = [.. Reference.Ratios(gradients, "CoDiPack")];
        if (libraries.Length > 0)
        {
            yield return Bounded("gradient ÷ CoDiPack, another run, the largest", libraries.Max(), 1);
        }
    }

    private static Row Bounded(string name, double number, double bound) =>
        new(name, 1, Unit.Number, number, [new("bound", PeerKind.Bound, bound)], [new(PeerKind.Bound, 1)]);
}
