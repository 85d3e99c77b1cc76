using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Adjoint.Transforms;

namespace Adjoint.Front.Audits;

/// <summary>Audits the derivative of a function: each rule on the way, then the whole.</summary>
internal sealed class GradientCheck(Subject subject)
{
    private readonly Graph wide = Widening.Apply(subject.Graph);
    private readonly HostValue[] at = [.. subject.Values.Select(Widening.Apply)];

    internal GradientAudit Run()
    {
        var sources = new Dependence(wide.Results, subject.Active.Choose(wide.Parameters));
        var watch = new RuleWatch(new(sources.Nodes, ReferenceEqualityComparer.Instance));
        watch.Start(wide, at);
        List<string> notes = [];
        bool observes = Observes();
        ArgumentFinding[] arguments = Arguments(notes, observes);
        if (observes)
        {
            notes.Add("at a point nearby the function computes something else than it did here: it looks at values (value x, if ... then), "
                + "and what it looked at counts as constant in its derivative.");
        }
        else if (arguments.Any(argument => argument.Verdict == RuleVerdict.Wrong) && StopIn(wide) is { } stop)
        {
            notes.Add($"the function asks for a derivative that differences do not have: {NodeText.Placed(stop)}.");
        }
        else if (!watch.Findings.Any(finding => finding.Verdict == RuleVerdict.Wrong))
        {
            arguments = [.. arguments.Select(argument => Forgiven(argument, watch.Largest))];
        }

        return new(watch.Checked, watch.Findings, arguments, notes);
    }

    /// <summary>A disagreement that the rounding of the largest numbers on the way explains, over the smallest step, says nothing.</summary>
    private static ArgumentFinding Forgiven(ArgumentFinding argument, double largest) =>
        argument.Verdict == RuleVerdict.Wrong && Math.Abs(argument.Given - argument.Expected) < 1e-10 * largest
            ? argument with { Verdict = RuleVerdict.Unclear }
            : argument;

    private static Node? StopIn(Graph graph) => graph.Nodes
        .Select(node => node.Primitive is StopGradient ? node : GraphSize.BodiesOf(node.Primitive).Select(body => StopIn(body.Body.Graph)).FirstOrDefault(found => found is not null))
        .FirstOrDefault(found => found is not null);

    /// <summary>Whether the function, called at a point nearby, computes something else than the graph that was traced here.</summary>
    private bool Observes()
    {
        HostValue[] moved = [.. subject.Values.Select((value, i) =>
            subject.Active[i] ? Numbers.Move(value, 0.01, Numbers.Direction(value, new Random(i))) : value)];
        double[] traced = Numbers.Flatten(Runner.Run(subject.Graph, moved));
        double[] called = Numbers.Flatten(subject.Call(moved));
        double scale = traced.Select(Math.Abs).Where(double.IsFinite).DefaultIfEmpty(0).Max();

        // The same operations, in another order at most: 1e-5 is above the rounding of f32, and below what a step of 0.01 changes.
        return traced.Length != called.Length || traced.Zip(called).Any(pair => Math.Abs(pair.First - pair.Second) > 1e-5 * scale);
    }

    private ArgumentFinding[] Arguments(List<string> notes, bool observes)
    {
        HostValue[] gradients;
        HostValue[] own;
        try
        {
            gradients = Gradients(wide, at);
            own = Gradients(subject.Graph, subject.Values);
        }
        catch (DerivativeException error)
        {
            notes.Add($"the derivative of the whole could not be taken: {error.Message}");
            return [];
        }

        return [.. subject.Active.Indices.Select((place, i) => Argument(place, (NDArray)gradients[i], (NDArray)own[i], i, observes))];
    }

    /// <summary>The derivative of the sum of all results.</summary>
    private HostValue[] Gradients(Graph graph, IReadOnlyList<HostValue> values)
    {
        Graph backward = Backward.Apply(graph, subject.Active).Graph;
        IEnumerable<HostValue> seeds = graph.ResultTypes.OfType<TensorType>().Where(type => type.HasTangent)
            .Select(type => NDArray.Full(type.Shape, Scalar.One(type.DType)));
        return Runner.Run(backward, [.. values, .. seeds])[graph.Results.Length..];
    }

    private ArgumentFinding Argument(int place, NDArray gradient, NDArray own, int seed, bool observes)
    {
        NDArray direction = Numbers.Direction(at[place], new Random(seed));
        double given = Numbers.Inner([gradient], [direction]).Sum;
        double scale = 0;
        Slope[]? slopes = Slopes.Along(step =>
        {
            HostValue[] moved = observes ? [.. subject.Values] : [.. at];
            moved[place] = Numbers.Move(moved[place], step, direction);
            double[] results = RealParts(observes ? subject.Call(moved) : Runner.Run(wide, moved));
            scale = Math.Max(scale, results.Sum(Math.Abs));
            return [results.Sum()];
        });
        Slope slope = slopes![0];
        double norm = Math.Sqrt(Numbers.Flatten(gradient).Sum(number => number * number));
        double apart = Math.Sqrt(Numbers.Flatten(gradient).Zip(Numbers.Flatten(own), (x, y) => (x - y) * (x - y)).Sum());
        return new(subject.NameOf(place), slope.Judge(given, scale), given, slope.Value, slope.Error, norm == 0 ? 0 : apart / norm);
    }

    private static double[] RealParts(HostValue[] results) =>
        [.. results.OfType<NDArray>().Where(array => array.Type.IsDifferentiable()).SelectMany(array => array.ToDoubles())];
}
