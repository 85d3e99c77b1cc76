using Adjoint.Core;
using Adjoint.Front;
using Adjoint.Ir;
using Figures.Report;

namespace Figures.Rows;

/// <summary>Products of small matrices: in the steps of loops, and many at once.</summary>
internal static class Products
{
    private const int Steps = 1000;

    private const int Many = 4096;

    private static readonly Goal[] Goals = [new(PeerKind.Compiler, 1.25)];

    /// <summary>The group.</summary>
    public static Group Group { get; } = Group.Of(
        "products",
        "Small products",
        "A thousand steps of X ← A X + C, v ← v A + c and v ← A v + c of n rows and columns, a long short-term memory of 32 numbers, a Kalman "
        + "filter of two measured numbers, a network of 16, 32, 32 and 1 numbers; and 4096 products A B or A v at once.",
        All());

    private static IEnumerable<(string, Func<Kernel>)> All()
    {
        foreach (DType type in new[] { DType.F32, DType.F64 })
        {
            foreach (int n in new[] { 3, 4, 6, 8, 16, 32, 64 })
            {
                yield return Loop($"A X + C, {n}", $"powers{n}", type, n, [n, n], (a, x) => a.MatMul(x));
                yield return Loop($"v A + c, {n}", $"row{n}", type, n, [n], (a, v) => v.MatMul(a));
                yield return Loop($"A v + c, {n}", $"column{n}", type, n, [n], (a, v) => a.MatMul(v));
            }

            foreach (int n in new[] { 3, 4, 8, 16 })
            {
                yield return AtOnce($"many A B, {n}", $"many{n}", type, n, [Many, n, n], (a, b) => a.MatMul(b));
                yield return AtOnce($"many A v, {n}", $"columns{n}", type, n, [Many, n], (a, v) => a.MatMul(v.ExpandDims(2)).Reshape(Many, n));
            }
        }

        yield return Row("long short-term memory, 32", DType.F32, "cells", Cells, [Steps, 1, 128], [1, 32], [1, 32], [32, 128]);
        yield return Row("Kalman filter, 4", DType.F64, "filter4", Filter, Filtered(4));
        yield return Row("Kalman filter, 6", DType.F64, "filter6", Filter, Filtered(6));
        yield return Row("network 16-32-32-1", DType.F32, "network", Network, [1, 16], [16, 32], [32], [32, 32], [32], [32, 1], [1]);
    }

    private static (string, Func<Kernel>) Loop(string name, string entry, DType type, int n, int[] state, Func<Expr, Expr, Expr> product) => Row(
        name, type, entry, x => [Flow.Fori(0, Steps, (_, s) => product(x[0], s) + x[2], x[1])], [n, n], state, state);

    private static (string, Func<Kernel>) AtOnce(string name, string entry, DType type, int n, int[] right, Func<Expr, Expr, Expr> product)
    {
        (string Name, Func<Kernel> Make) row = Row(name, type, entry, x => [product(x[0], x[1])], [Many, n, n], right);
        return (row.Name, () => row.Make() with { Work = Many, Sizes = [Many], OneThread = false });
    }

    private static Expr[] Cells(Expr[] x)
    {
        (Expr[] last, _) = Flow.Scan(
            (held, slice) =>
            {
                Expr[] all = (held[0].MatMul(x[3]) + slice[0]).Split(4, -1);
                Expr c = (all[1].Sigmoid() * held[1]) + (all[0].Sigmoid() * all[2].Tanh());
                return ([all[3].Sigmoid() * c.Tanh(), c], []);
            },
            [x[1], x[2]],
            [x[0]]);
        return last;
    }

    private static int[][] Filtered(int n) => [[n, n], [n, n], [2, n], [2, 2], [n], [n, n], [Steps, 2]];

    private static Expr[] Filter(Expr[] x)
    {
        (Expr f, Expr q, Expr h, Expr r) = (x[0], x[1], x[2], x[3]);
        (Expr[] last, _) = Flow.Scan(
            (held, slice) =>
            {
                Expr ahead = f.MatMul(held[0]);
                Expr p = f.MatMul(held[1]).MatMul(f.Transpose()) + q;
                Expr hp = h.MatMul(p);
                Expr s = hp.MatMul(h.Transpose()) + r;
                Expr gain = hp.Transpose().MatMul(Inverse(s));
                return ([ahead + gain.MatMul(slice[0] - h.MatMul(ahead)), p - gain.MatMul(hp)], []);
            },
            [x[4], x[5]],
            [x[6]]);
        return last;
    }

    private static Expr Inverse(Expr s)
    {
        Expr determinant = (s[0, 0] * s[1, 1]) - (s[0, 1] * s[1, 0]);
        return Tensors.Stack([s[1, 1], -s[0, 1], -s[1, 0], s[0, 0]]).Reshape(2, 2) / determinant;
    }

    private static Expr[] Network(Expr[] x) =>
    [
        Flow.Fori(
            0,
            Steps,
            (_, question) =>
            {
                Expr first = (question.MatMul(x[1]) + x[2]).Tanh();
                Expr second = (first.MatMul(x[3]) + x[4]).Tanh();
                Expr answer = second.MatMul(x[5]) + x[6];
                return (0.9 * question) + (0.1 * answer);
            },
            x[0]),
    ];

    /// <summary>A row of arguments below 1/2 in size, of which the first is small enough that powers of it stay so.</summary>
    private static (string, Func<Kernel>) Row(string name, DType type, string entry, Func<Expr[], Expr[]> function, params int[][] shapes)
    {
        string full = $"{name} {type.Name()}";
        double least = entry.StartsWith("filter", StringComparison.Ordinal) ? 0.05 : -0.4;
        return (full, () => new Kernel
        {
            Name = full,
            Source = "products",
            Entry = $"{entry}_{type.Name()}",
            Function = function,
            Inputs = [.. shapes.Select((shape, i) => Data.Uniform(type, Shape.Of(shape), least / shape[^1], 0.5 / shape[^1], i + 1))],
            Sizes = [Steps],
            Work = 1,
            Tolerance = type == DType.F32 ? 1e-4 : 1e-11, // Sums in the same order; contractions and functions differ in the last bits.
            Goals = Goals,
            HasTraffic = false,
            OneThread = true,
        });
    }
}
