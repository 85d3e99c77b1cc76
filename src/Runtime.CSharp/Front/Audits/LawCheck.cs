using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>Tries the laws on a function.</summary>
/// <remarks>
/// Tolerances, all relative to the largest number on either side, all in f64: 1e-9 where both sides do the same products in another order
/// (rounding grows with the number of terms, 1e-16 each; a million of them stay below), 1e-7 for second derivatives, whose terms cancel
/// more; beside differences, twenty times the error that their extrapolation states and 1e-8.
/// </remarks>
internal sealed class LawCheck(Subject subject)
{
    private const double Exact = 1e-9;
    private const double Second = 1e-7;

    private static readonly double[] Steps = [0, 0.01, -0.02];

    private readonly Point point = new(subject);
    private readonly List<LawResult> results = [];

    internal LawReport Run()
    {
        List<string> notes = [];
        NDArray[] v = point.Directions(new(1));
        NDArray[] w = point.Directions(new(2));
        NDArray[] u = point.Cotangents(new(3));
        Try("the forward derivative is that of differences", () => Differences(v));
        Try("the reverse derivative is that of differences", () => ReverseDifferences(u, v));
        Try("the forward derivative is linear: J(a v + w) = a J v + J w", () => Gap(
            Exact, point.Push(Mixed(v, w)), Mixed(point.Push(v), point.Push(w))));
        Try("the reverse derivative is linear: Jᵀ(a u + w) = a Jᵀu + Jᵀw", () => point.Cotangents(new(4)) is var other
            ? Gap(Exact, point.Pull(Mixed(u, other)), Mixed(point.Pull(u), point.Pull(other))) : default);
        Try("reverse is the adjoint of forward: ⟨u, J v⟩ = ⟨Jᵀu, v⟩", () => Adjoint(u, v));
        Try("linearize gives the forward derivative", () => Gap(Exact, Linearized(v), point.Push(v)));
        Try("vmap is stacking", Stacking);
        Try("derivative and vmap commute", () => Batches(point.Pulled(), v, u));
        new SecondOrderLaws(point, Second).Run(Try);
        Try("passes keep the results", Passes);
        Try("the text form reads back", Text);
        return new(results, notes);
    }

    private void Try(string law, Func<(double Gap, double Allowed, string? Reason)> sides)
    {
        try
        {
            (double gap, double allowed, string? reason) = sides();
            LawVerdict verdict = gap <= allowed ? LawVerdict.Holds : double.IsNaN(allowed) ? LawVerdict.Skipped : LawVerdict.Broken;
            results.Add(new(law, verdict, gap, allowed, reason));
        }
        catch (AdjointException error)
        {
            results.Add(new(law, LawVerdict.Skipped, double.NaN, double.NaN, error.Message));
        }
    }

    /// <summary>Two lists of arrays, compared.</summary>
    internal static (double Gap, double Allowed, string? Reason) Gap(double allowed, NDArray[] left, NDArray[] right) =>
        Gap(allowed, Numbers.Flatten(left), Numbers.Flatten(right));

    private static (double Gap, double Allowed, string? Reason) Gap(double allowed, double[] x, double[] y)
    {
        if (x.Length != y.Length)
        {
            return (double.PositiveInfinity, allowed, $"{x.Length} numbers stand against {y.Length}");
        }

        double scale = x.Concat(y).Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        double gap = 0;
        int where = -1;
        for (int i = 0; i < x.Length; i++)
        {
            double apart = x[i].Equals(y[i]) ? 0 : Math.Abs(x[i] - y[i]) / (scale == 0 ? 1 : scale);
            if (!(apart <= gap))
            {
                (gap, where) = (double.IsNaN(apart) ? double.PositiveInfinity : apart, i);
            }
        }

        return (gap, allowed, gap <= allowed ? null : $"{Finite.Number(x[where])} stands against {Finite.Number(y[where])}");
    }

    private static NDArray[] Mixed(NDArray[] x, NDArray[] y) => [.. x.Zip(y, (a, b) => Numbers.Combine(Numbers.Far, a, b))];

    private (double Gap, double Allowed, string? Reason) Differences(NDArray[] v)
    {
        double[] given = Numbers.Flatten(point.Push(v));
        Slope[]? slopes = Slopes.Along(step => Numbers.Flatten(Runner.Run(point.Graph, point.Moved(v, step))));
        if (slopes is null)
        {
            return (double.NaN, double.NaN, "the number of results depends on the argument.");
        }

        double scale = slopes.Select(slope => Math.Abs(slope.Middle)).Where(double.IsFinite).DefaultIfEmpty(0).Max();
        RuleVerdict[] verdicts = [.. slopes.Select((slope, i) => slope.Judge(given[i], scale))];
        int wrong = Array.IndexOf(verdicts, RuleVerdict.Wrong);
        if (wrong >= 0)
        {
            return (Math.Abs(given[wrong] - slopes[wrong].Value), slopes[wrong].Error,
                $"along a direction the rule gives {Finite.Number(given[wrong])}, differences {Finite.Number(slopes[wrong].Value)} within {Finite.Number(slopes[wrong].Error)}");
        }

        int rough = verdicts.Count(verdict => verdict != RuleVerdict.Right);
        return rough == 0 ? (0, Exact, null)
            : (double.NaN, double.NaN, $"{rough} of {verdicts.Length} numbers are not smooth here: a kink, a jump or a pole is near.");
    }

    /// <summary>⟨Jᵀu, v⟩ against the slope of ⟨u, f⟩.</summary>
    private (double Gap, double Allowed, string? Reason) ReverseDifferences(NDArray[] u, NDArray[] v)
    {
        double given = Numbers.Inner(point.Pull(u), v).Sum;
        Slope[] slopes = Slopes.Along(step => [Numbers.Inner(u, point.Results(v, step)).Sum])!;
        double scale = Numbers.Inner(u, point.Results(v, 0)).Size;
        return slopes[0].Judge(given, scale) switch
        {
            RuleVerdict.Right => (0, Exact, null),
            RuleVerdict.Wrong => (Math.Abs(given - slopes[0].Value), slopes[0].Error,
                $"along a direction the rule gives {Finite.Number(given)}, differences {Finite.Number(slopes[0].Value)} within {Finite.Number(slopes[0].Error)}"),
            _ => (double.NaN, double.NaN, "the function is not smooth here: a kink, a jump or a pole is near."),
        };
    }

    private (double Gap, double Allowed, string? Reason) Adjoint(NDArray[] u, NDArray[] v)
    {
        (double left, double leftSize) = Numbers.Inner(u, point.Push(v));
        (double right, double rightSize) = Numbers.Inner(point.Pull(u), v);
        double size = leftSize + rightSize;
        return (size == 0 ? 0 : Math.Abs(left - right) / size, Exact, $"{Finite.Number(left)} stands against {Finite.Number(right)}");
    }

    private NDArray[] Linearized(NDArray[] v)
    {
        LinearizedBody split = Linearization.Apply(point.Graph, point.Active, point.Given);
        HostValue[] primal = Runner.Run(split.Primal, point.At);
        return [.. Runner.Run(split.Linear, [.. split.Forwarded.Choose(point.At), .. primal.Skip(point.Graph.Results.Length), .. v]).Cast<NDArray>()];
    }

    /// <summary>The function itself under vmap, in its own dtypes, against calls one by one.</summary>
    private (double Gap, double Allowed, string? Reason) Stacking()
    {
        NDArray?[] directions = subject.Active.Spread(subject.Active.Choose(subject.Values).Select((value, i) => Numbers.Direction(value, new(10 + i))));
        HostValue[][] lanes = [.. Steps.Select(step => subject.Values.Take(subject.Own)
            .Select((value, i) => Numbers.Move(value, step, directions[i])).ToArray())];
        HostValue[][] apart = [.. lanes.Select(subject.Call)];
        HostValue[] together = subject.CallLanes(
            [.. lanes[0].Select((value, i) => subject.Active[i] ? Stacked([.. lanes.Select(lane => (NDArray)lane[i])]) : value)], lanes.Length);
        double epsilon = together.OfType<NDArray>().Select(array => array.Type.Epsilon()).DefaultIfEmpty(0).Max();

        // The same products in another order, in the dtypes as they are: ten thousand roundings.
        return Gap(
            1e4 * Math.Max(epsilon, 2.2e-16),
            [.. together.Cast<NDArray>()],
            [.. together.Select((_, i) => Stacked([.. apart.Select(lane => (NDArray)lane[i])]))]);
    }

    /// <summary>Three lanes at once against one by one: the point and two that are moved.</summary>
    private (double Gap, double Allowed, string? Reason) Batches(Graph graph, NDArray[] v, NDArray[] more)
    {
        HostValue[][] lanes = [.. Steps.Select(step => point.Moved(v, step).Concat(more).ToArray())];
        ParameterMask batched = point.Active.Concat(ParameterMask.None(more.Length));
        BatchedBody body = Batching.Apply(graph, batched, ParameterMask.All(graph.Results.Length), lanes.Length);
        HostValue[] stacked = [.. lanes[0].Select((value, i) => batched[i] ? Stacked([.. lanes.Select(lane => (NDArray)lane[i])]) : value)];
        HostValue[] together = Runner.Run(body.Graph, stacked);
        HostValue[][] apart = [.. lanes.Select(lane => Runner.Run(graph, lane))];
        return Gap(
            Exact,
            [.. together.Cast<NDArray>()],
            [.. together.Select((_, i) => Stacked([.. apart.Select(lane => (NDArray)lane[i])]))]);
    }

    private static NDArray Stacked(NDArray[] lanes)
    {
        NDArray result = NDArray.New(lanes[0].Type, lanes[0].Shape.Insert(0, lanes.Length));
        for (int i = 0; i < lanes.Length; i++)
        {
            Array.Copy(lanes[i].Storage, lanes[i].Start, result.Storage, i * lanes[i].Size, lanes[i].Size);
        }

        return result;
    }

    private (double Gap, double Allowed, string? Reason) Passes()
    {
        Graph pulled = point.Pulled();
        HostValue[] arguments = [.. point.At, .. point.Cotangents(new(5))];
        return Gap(
            Exact,
            Numbers.Flatten(Runner.Run(Pipeline.Unfused.Run(pulled), arguments)),
            Numbers.Flatten(Runner.Run(pulled, arguments)));
    }

    private (double Gap, double Allowed, string? Reason) Text()
    {
        Graph pulled = point.Pulled();
        Graph read = GraphText.Parse(GraphText.Write(pulled), Catalogue.Core);
        return (new Body(read).Equals(new Body(pulled)) ? 0 : 1, 0, "another graph");
    }
}
