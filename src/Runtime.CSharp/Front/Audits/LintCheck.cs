using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front.Audits;

/// <summary>Looks through a function for what is better written otherwise.</summary>
internal sealed class LintCheck(Subject subject)
{
    private readonly LintWatch watch = new();
    private readonly List<Lint> lints = [];
    private readonly HashSet<Body> seen = [];

    internal LintReport Run()
    {
        string? note = null;
        Graph graph = subject.WithNumbers();
        try
        {
            watch.Start(graph, subject.Values);
        }
        catch (AdjointException error)
        {
            note = $"the function did not run to its end, so nothing was tried at its values: {error.Message}";
        }

        Look(graph);
        Unused();
        Lint[] distinct = [.. lints.Distinct()];
        return new([.. distinct.OrderByDescending(lint => lint.Severity)], note);
    }

    private void Look(Graph graph)
    {
        var uses = new Dictionary<Value, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                if (!uses.TryGetValue(operand, out List<Node>? users))
                {
                    uses.Add(operand, users = []);
                }

                users.Add(node);
            }
        }

        foreach (Node node in graph.Nodes)
        {
            foreach ((_, Body body) in GraphSize.BodiesOf(node.Primitive))
            {
                if (seen.Add(body))
                {
                    Look(body.Graph);
                }
            }

            if (!Pattern.IsUsers(node))
            {
                continue;
            }

            Keep(node, HiddenNaN.Find(node, watch) ?? SingularPoints.Find(node, watch));
            Keep(node, Cancellation.Find(node, watch));
            Keep(node, HandWritten.Find(node));
            Keep(node, Surprises.Find(node, value => uses.GetValueOrDefault(value) ?? []));
        }
    }

    private void Keep(Node node, Found? found)
    {
        if (found is { } lint)
        {
            Origin origin = (lint.At ?? node).Origin;
            lints.Add(new(lint.Name, lint.Severity, origin.Scope, origin.File, origin.Line, lint.Reason, lint.Cure));
        }
    }

    private void Unused()
    {
        var read = new HashSet<Value>(subject.Graph.Nodes.SelectMany(node => node.Operands).Concat(subject.Graph.Results), ReferenceEqualityComparer.Instance);
        for (int i = 0; i < subject.Own; i++)
        {
            if (subject.Graph.Parameters[i] is var parameter && parameter.Type.HasTangent && !read.Contains(parameter))
            {
                lints.Add(new(
                    "unused-argument", LintSeverity.Warning, "", null, 0,
                    $"{subject.NameOf(i)}, {parameter.Type}, has no influence on the results.", "Use it, or leave it out."));
            }
        }
    }
}

/// <summary>A lint before its place is known.</summary>
/// <param name="Name">The lint's name.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Reason">What is wrong.</param>
/// <param name="Cure">What to write instead.</param>
/// <param name="At">The node that is to be changed, where it isn't the one that was looked at.</param>
internal readonly record struct Found(string Name, LintSeverity Severity, string Reason, string Cure, Node? At = null);
