using Adjoint.Compile;
using Adjoint.Core;
using Figures.Native;
using Figures.Report;
using Adjoint.Front;
using Adjoint.Ir;

namespace Figures.Rows;

/// <summary>Whole loops of small state.</summary>
internal static class Integration
{
    private const int Steps = 1000;

    private static readonly double[] Start = [1.1, 0.4, 0.1, 0.4, 10, 5];

    /// <summary>The group.</summary>
    public static Group Group { get; } = Group.Of(
        "loops",
        "Loops of small state",
        "A thousand steps of fourth-order Runge–Kutta for Lotka and Volterra's equations: u + v at the end, and its gradient in four parameters "
        + "and the first state. g++ and clang++ compile the graph that Adjoint runs, operation by operation; by hand: a loop as one "
        + "writes it, and reverse mode by hand, which recomputes within a step.",
        [
            ("Lotka–Volterra", () => Make("Lotka–Volterra", "lotka", x => [Value(x)], [new(PeerKind.Compiler, 1.2), new(PeerKind.Hand, 1.4)])),
            ("Lotka–Volterra with gradient", () => Make("Lotka–Volterra with gradient", "lotka_grad", WithGradient, [new(PeerKind.Hand, 2)])),
        ]);

    private static Expr Value(Expr[] x)
    {
        Expr[] end = Flow.Fori(0, Steps, (_, state) => Step(x[..4], state), x[4..]);
        return end[0] + end[1];
    }

    private static Expr[] WithGradient(Expr[] x)
    {
        (Expr value, Expr[] gradient) = Differential.ValueAndGrad(Value)(x);
        return [value, .. gradient];
    }

    private static Expr[] Step(Expr[] p, Expr[] s)
    {
        const double H = 0.01;
        Expr[] Along(double h, Expr[] k) => [s[0] + (h * k[0]), s[1] + (h * k[1])];
        Expr[] k1 = Rate(p, s);
        Expr[] k2 = Rate(p, Along(H / 2, k1));
        Expr[] k3 = Rate(p, Along(H / 2, k2));
        Expr[] k4 = Rate(p, Along(H, k3));
        Expr End(int i) => s[i] + (H / 6 * (k1[i] + (2.0 * k2[i]) + (2.0 * k3[i]) + k4[i]));
        return [End(0), End(1)];
    }

    private static Expr[] Rate(Expr[] p, Expr[] s) => [(p[0] * s[0]) - (p[1] * s[0] * s[1]), (p[2] * s[0] * s[1]) - (p[3] * s[1])];

    private static Kernel Make(string name, string entry, Func<Expr[], Expr[]> function, IReadOnlyList<Goal> goals) => new()
    {
        Name = name,
        Source = "lotka",
        Entry = entry,
        Function = function,
        Inputs = [.. Start.Select(number => Data.Uniform(DType.F64, Shape.Scalar, number, number))],
        Sizes = [Steps],
        Work = 1,
        Tolerance = 1e-10, // A thousand steps whose roundings differ by contraction; the equations amplify them a thousandfold at most.
        Goals = goals,
        HasTraffic = false,
        OneThread = true,
        Made = graph => GraphSource.Of(Plain.Run(graph), entry),
    };

    /// <summary>What comes before kernels are formed: the graph as a compiler of C++ gets it.</summary>
    private static Pipeline Plain { get; } = new(
        [.. Pipeline.Default.Passes.TakeWhile(pass => !pass.Name.StartsWith("fuse", StringComparison.Ordinal))]);
}
