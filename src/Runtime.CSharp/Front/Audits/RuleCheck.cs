using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>Compares the rules of a function, mostly of one operation, with differences and with each other, at a point.</summary>
internal sealed class RuleCheck
{
    private const int Most = 512;
    private const int Blocks = 64;

    private readonly Graph graph;
    private readonly HostValue[] at;
    private readonly ParameterMask active;
    private readonly ParameterMask given;
    private readonly Random random;
    private readonly NDArray[] direction;
    private readonly NDArray[] cotangent;

    internal RuleCheck(Graph graph, HostValue[] at, ParameterMask active, int seed)
    {
        this.graph = graph;
        this.at = at;
        this.active = active;
        random = new(seed);
        given = new(graph.Results.Select(result => result.Type.HasTangent));
        direction = [.. active.Choose(at).Select(value => Numbers.Direction(value, random))];
        cotangent = [.. given.Choose(graph.ResultTypes).Select(type => Numbers.Cotangent((TensorType)type, random))];
    }

    /// <summary>What is found: the worst of what is compared.</summary>
    internal (string Mode, RuleVerdict Verdict, double Given, double Expected, double Error, string Reason) Run()
    {
        Slope[]? slopes = Slopes.Along(step => At(step, Sampled));
        NDArray[]? forward = Attempt(() => Push(direction));
        NDArray[]? reverse = Attempt(() => Pull(cotangent));
        (string, RuleVerdict, double, double, double, string)? worst = null;
        void Keep((string Mode, RuleVerdict Verdict, double Given, double Expected, double Error, string Reason)? found)
        {
            if (found is { } finding && (worst is null || finding.Verdict > worst.Value.Item2))
            {
                worst = finding;
            }
        }

        Keep(forward is null ? null : ForwardLinear(forward));
        Keep(reverse is null ? null : ReverseLinear(reverse));
        Keep(forward is null || slopes is null ? null : Forward(forward, slopes));
        Keep(reverse is null ? null : forward is not null ? Adjoint(forward, reverse) : Reverse(reverse));
        return worst ?? ("no rule", RuleVerdict.Unclear, 0, 0, 0, "nothing could be compared here.");
    }

    /// <summary>The numbers that the function gives at a step along the direction.</summary>
    private double[]? At(double step, Func<double[], double[]> sampled)
    {
        NDArray?[] moves = active.Spread(direction);
        HostValue[]? results = Attempt(() => Runner.Run(graph, [.. at.Select((value, i) => Numbers.Move(value, step, moves[i]))]));
        return results is null ? null : sampled(Numbers.Flatten(results));
    }

    /// <summary>Of very many numbers some, spread evenly, and then the sums of some blocks, so that none goes unseen.</summary>
    private static double[] Sampled(double[] numbers) => numbers.Length <= Most ? numbers :
    [
        .. Enumerable.Range(0, Most - Blocks).Select(i => numbers[(int)((long)i * numbers.Length / (Most - Blocks))]),
        .. Enumerable.Range(0, Blocks).Select(i => numbers.Where((_, k) => (long)k * Blocks / numbers.Length == i).Sum()),
    ];

    /// <summary>That a sum of many is near a kink of one says nothing.</summary>
    private static RuleVerdict Judged(RuleVerdict verdict, int number) =>
        number >= Most - Blocks && verdict != RuleVerdict.Wrong ? RuleVerdict.Right : verdict;

    /// <summary>The tangents of the results that have them, zeros included.</summary>
    private NDArray[] Push(NDArray[] tangents)
    {
        JvpBody body = Transforms.Forward.Apply(graph, active, given);
        HostValue[] results = Runner.Run(body.Graph, [.. at, .. tangents]);
        return [.. results.Skip(graph.Results.Length).Cast<NDArray>()];
    }

    /// <summary>The cotangents of the active operands.</summary>
    private NDArray[] Pull(NDArray[] cotangents)
    {
        HostValue[] results = Runner.Run(Backward.Apply(graph, active).Graph, [.. at, .. cotangents]);
        return [.. results.Skip(graph.Results.Length).Cast<NDArray>()];
    }

    private (string, RuleVerdict, double, double, double, string) Forward(NDArray[] tangents, Slope[] slopes)
    {
        double[] numbers = Sampled(Numbers.Flatten(tangents));
        double scale = slopes.Length == 0 ? 0 : slopes.Max(slope => double.IsFinite(slope.Middle) ? Math.Abs(slope.Middle) : 0);
        RuleVerdict[] verdicts = [.. slopes.Select((slope, i) => Judged(slope.Judge(numbers[i], scale), i))];
        RuleVerdict verdict = verdicts.Length == 0 ? RuleVerdict.Right : verdicts.Max();
        int where = Array.IndexOf(verdicts, verdict);
        if (verdict == RuleVerdict.Right)
        {
            return ("forward rule", verdict, 0, 0, 0, "it agrees with differences.");
        }

        Slope slope = slopes[where];
        int count = verdicts.Count(other => other == verdict);
        string place = numbers.Length == 1 ? "" : $" (number {where} of {numbers.Length}; {count} in all)";
        return ("forward rule", verdict, numbers[where], slope.Value, slope.Error, Reason(verdict, numbers[where], slope) + place + ".");
    }

    private static string Reason(RuleVerdict verdict, double given, Slope slope) => verdict switch
    {
        RuleVerdict.Kink => $"the point is on a kink: the slopes to either side are {Finite.Number(slope.Left)} and "
            + $"{Finite.Number(slope.Right)}, the rule gives {Finite.Number(given)}",
        RuleVerdict.Unclear => $"the rule gives {Finite.Number(given)}; differences give {Finite.Number(slope.Value)} but are no better than "
            + $"{Finite.Number(slope.Error)}: a jump or a pole is near, or rounding takes the digits",
        _ => $"the rule gives {Finite.Number(given)} along a direction, differences give {Finite.Number(slope.Value)} "
            + $"within {Finite.Number(slope.Error)}",
    };

    /// <summary>J(a v + w) = a J v + J w.</summary>
    private (string, RuleVerdict, double, double, double, string)? ForwardLinear(NDArray[] forward)
    {
        NDArray[] other = [.. direction.Select(value => Numbers.Direction(value, random))];
        NDArray[] sum = [.. direction.Zip(other, (v, w) => Numbers.Combine(Numbers.Far, v, w))];
        NDArray[]? left = Attempt(() => Push(sum));
        NDArray[]? right = Attempt(() => Push(other));
        return left is null || right is null ? null : Linear(
            "linearity of the forward rule", "J(a v + w)", "a J v + J w", left, [.. forward.Zip(right, (v, w) => Numbers.Combine(Numbers.Far, v, w))]);
    }

    /// <summary>Jᵀ(a u + w) = a Jᵀu + Jᵀw.</summary>
    private (string, RuleVerdict, double, double, double, string)? ReverseLinear(NDArray[] reverse)
    {
        NDArray[] other = [.. cotangent.Select(value => Numbers.Cotangent(TensorType.Of(value), random))];
        NDArray[] sum = [.. cotangent.Zip(other, (u, w) => Numbers.Combine(Numbers.Far, u, w))];
        NDArray[]? left = Attempt(() => Pull(sum));
        NDArray[]? right = Attempt(() => Pull(other));
        return left is null || right is null ? null : Linear(
            "linearity of the reverse rule", "Jᵀ(a u + w)", "a Jᵀu + Jᵀw", left, [.. reverse.Zip(right, (u, w) => Numbers.Combine(Numbers.Far, u, w))]);
    }

    private static (string, RuleVerdict, double, double, double, string)? Linear(
        string mode, string left, string right, NDArray[] x, NDArray[] y)
    {
        double[] a = Numbers.Flatten(x);
        double[] b = Numbers.Flatten(y);
        double scale = a.Concat(b).Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();

        // Both sides are sums of the same products in another order: rounding of some thousands of terms stays below 1e-9.
        int where = Array.FindIndex([.. a.Zip(b, (p, q) => Math.Abs(p - q) > 1e-9 * scale)], wrong => wrong);
        return where < 0 ? null : (mode, RuleVerdict.Wrong, a[where], b[where], 1e-9 * scale,
            $"it is not linear: {left} is {Finite.Number(a[where])}, {right} is {Finite.Number(b[where])}.");
    }

    /// <summary>⟨u, J v⟩ = ⟨Jᵀu, v⟩.</summary>
    private (string, RuleVerdict, double, double, double, string)? Adjoint(NDArray[] forward, NDArray[] reverse)
    {
        (double left, double leftSize) = Numbers.Inner(cotangent, forward);
        (double right, double rightSize) = Numbers.Inner(reverse, direction);

        // The same products in another order: 1e-9 of their sizes is far above the rounding of sums of millions.
        double allowed = 1e-9 * (leftSize + rightSize);
        return !double.IsFinite(left) || !double.IsFinite(right) || Math.Abs(left - right) <= allowed ? null
            : ("reverse rule", RuleVerdict.Wrong, right, left, allowed,
                $"it gives {Finite.Number(right)} along a direction, the forward rule {Finite.Number(left)}.");
    }

    /// <summary>Where there is no forward rule, ⟨Jᵀu, v⟩ against differences.</summary>
    private (string, RuleVerdict, double, double, double, string)? Reverse(NDArray[] reverse)
    {
        double[] weights = Numbers.Flatten(cotangent.Select(Conjugated));
        Slope[]? slopes = Slopes.Along(step => At(step, numbers => [numbers.Zip(weights, (number, weight) => number * weight).Sum()]));
        if (slopes is null)
        {
            return null;
        }

        Slope whole = slopes[0];
        double scale = Math.Abs(whole.Middle);
        double own = Numbers.Inner(reverse, direction).Sum;
        RuleVerdict verdict = whole.Judge(own, scale);
        return ("reverse rule", verdict, own, whole.Value, whole.Error, verdict == RuleVerdict.Right ? "it agrees with differences." : $"{Reason(verdict, own, whole)}.");
    }

    /// <summary>The products of parts then sum up to the real part of the product without conjugation.</summary>
    private static NDArray Conjugated(NDArray x) => Numbers.Make(TensorType.Of(x), i => System.Numerics.Complex.Conjugate(x.At(i).AsComplex));

    /// <summary>Null where a rule does not exist, or the function refuses its arguments.</summary>
    private static T? Attempt<T>(Func<T> run)
        where T : class
    {
        try
        {
            return run();
        }
        catch (AdjointException)
        {
            return null;
        }
    }
}
