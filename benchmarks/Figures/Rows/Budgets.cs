using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Figures.Report;

namespace Figures.Rows;

/// <summary>A gradient through 10,000 steps on 10,000 numbers within budgets of memory.</summary>
internal static class Budgets
{
    private const int Steps = 10_000;
    private const int Width = 10_000;
    private const int Times = 3;

    /// <summary>A row for the memory and one for the time of each budget, which are parts of what the states of all steps take.</summary>
    public static IEnumerable<Row> Rows()
    {
        Graph graph = GraphBuilder.Build([TensorType.Of(DType.F64, Width)], x => Differential.ValueAndGrad(Loss)(x[0]) is var (value, slope) ? [value, slope] : []);
        double whole = Time(Executable.Compile(graph)).Nanoseconds;
        foreach (int part in new[] { 4, 16, 64 })
        {
            long budget = 8L * Steps * Width / part;
            (double time, double bytes) = Time(Executable.Compile(graph, new CompileOptions { MemoryBudget = budget }));
            yield return new($"scan within 1/{part} of its states", 1, Unit.Bytes, bytes, [new("budget", PeerKind.Bound, budget)], [new(PeerKind.Bound, 1)]);
            yield return new($"scan within 1/{part} of its states, time", 1, Unit.Time, time, [new("kept whole", PeerKind.Bound, whole)], []);
        }
    }

    private static Expr Loss(Expr w)
    {
        (Expr[] last, _) = Flow.Scan(
            (state, slices) => ([((state[0] * w) + slices[0]).Sin()], Array.Empty<Expr>()),
            [Tensors.Zeros(DType.F64, [Width])],
            [Tensors.Full(DType.F64, Shape.Of(Steps), 0.1)]);
        return last[0].Square().Sum();
    }

    private static (double Nanoseconds, double Bytes) Time(Executable executable)
    {
        NDArray[] arguments = [NDArray.Of<double>(Shape.Of(Width), [.. Enumerable.Range(0, Width).Select(i => 0.5 + (1e-5 * i))])];
        executable.Run(arguments);
        double best = double.MaxValue;
        for (int i = 0; i < Times; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            executable.Run(arguments);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalNanoseconds);
        }

        return (best, executable.Kept);
    }
}
