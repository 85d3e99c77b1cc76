using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Runs a function and tries the rules of each operation that its derivative uses, at the operands it has there.</summary>
internal sealed class RuleWatch(HashSet<Node> onTheWay) : Watch
{
    private readonly List<RuleFinding> findings = [];
    private readonly HashSet<Node> seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>What is not right, in the order in which it ran.</summary>
    internal IReadOnlyList<RuleFinding> Findings => findings;

    /// <summary>How many operations were tried.</summary>
    internal int Checked => seen.Count;

    /// <summary>The size of the largest number that was met: what rounding is to be measured by.</summary>
    internal double Largest { get; private set; }

    /// <inheritdoc/>
    protected override void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results)
    {
        foreach (HostValue result in results)
        {
            Largest = Numbers.Flatten(result).Where(double.IsFinite).Select(Math.Abs).Append(Largest).Max();
        }

        if (!IsTried(node))
        {
            return;
        }

        seen.Add(node);
        HostValue[] at = operands.ToArray();
        Graph graph = Graph.Of(node.Operands.Select(operand => operand.Type), x => Node.Make(node.Primitive, [.. x], node.Origin).Results);
        var active = new ParameterMask(node.Operands.Select(operand => operand.Type.HasTangent));
        (string mode, RuleVerdict verdict, double given, double expected, double error, string reason) =
            new RuleCheck(graph, at, active, seen.Count).Run();
        if (verdict != RuleVerdict.Right)
        {
            // Where only a reverse rule was given, the forward one is its transpose.
            mode = node.Primitive is CustomFunction { JvpRule.Count: 0, VjpRule.Count: 2 } ? mode.Replace("forward", "reverse", StringComparison.Ordinal) : mode;
            Origin origin = node.Origin;
            findings.Add(new(
                NodeText.Typed(node),
                origin.Scope,
                origin.File,
                origin.Line,
                [.. Place.Outwards(Here).Select(place => place.Text)],
                mode,
                verdict,
                given,
                expected,
                error,
                reason));
        }
    }

    /// <summary>
    /// Operations on the way to the results, and those in bodies, in steps 0, 1, 2, 4, 8 … of loops. What is inside a function that has
    /// rules of its own isn't differentiated.
    /// </summary>
    private bool IsTried(Node node) =>
        node.Primitive is not StopGradient
        && (Here is not null || onTheWay.Contains(node))
        && node.Operands.Any(operand => operand.Type.HasTangent)
        && node.Results.Any(result => result.Type.HasTangent)
        && !node.Operands.Concat(node.Results).Any(value => value.Type is StackType)
        && Place.Outwards(Here).All(place => (place.Step & (place.Step - 1)) == 0
            && place.Holder.Primitive is not (CustomRoot or CustomLinearSolve or CustomPullback)
            && !(place.Holder.Primitive is CustomFunction custom && custom.JvpRule.Count + custom.VjpRule.Count > 0));
}
