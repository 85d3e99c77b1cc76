using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Choices that a literal makes, and loops of no step or one.</summary>
/// <remarks>What a body brings is made simpler where it now reads something else: a choice may hang on the choice before.</remarks>
internal static class Branches
{
    /// <summary>The largest body that is put in a node's place, in nodes; a larger one is called, since other nodes may hold it too.</summary>
    private const int Small = 64;

    internal static ImmutableArray<Value>? Of(Node node) => node.Primitive switch
    {
        Cond cond when Uniform.Of(node.Operands[0]) is { } known =>
            Run(known.Bits != 0 ? cond.Then : cond.Else, node.Operands[1..]),
        Switch choice when Uniform.Of(node.Operands[0]) is { } known =>
            Run(choice.Branches[(int)Math.Clamp(known.AsLong, 0, choice.Branches.Count - 1)], node.Operands[1..]),
        Switch { Branches.Count: 1 } choice => Run(choice.Branches[0], node.Operands[1..]),
        Repeat loop when Uniform.Of(node.Operands[0]) is { AsLong: <= 1 } steps => OfRepeat(node, loop, steps.AsLong),
        Scan { Length: <= 1 } scan => OfScan(node, scan),
        While loop when Uniform.Of(loop.Condition.Graph.Results[0]) is { Bits: 0 } => node.Operands[loop.Constants..],
        _ => null,
    };

    private static ImmutableArray<Value> OfRepeat(Node node, Repeat loop, long steps) => steps < 1
        ? node.Operands[(1 + loop.Constants)..]
        : Run(loop.Step, [Ops.Constant(Scalar.Of(DType.I64, 0L)), .. node.Operands[1..]]);

    private static ImmutableArray<Value> OfScan(Node node, Scan scan)
    {
        ImmutableArray<Value> start = node.Operands.Slice(scan.Constants, scan.Carries);
        if (scan.Length == 0)
        {
            return [.. start, .. node.Results.Skip(scan.Carries).Select(result => Ops.Zeros(result.Tensor))];
        }

        int first = scan.Constants + scan.Carries;
        ImmutableArray<Value> results = Run(
            scan.Step,
            [
                .. node.Operands[..first],
                .. node.Operands.Skip(first).Select(x => Simplify.Whole(Ops.Reshape(x, x.Tensor.Shape.Remove(0)))),
            ]);
        return [.. results.Select((y, i) => i < scan.Carries ? y : Ops.Reshape(y, y.Tensor.Shape.Insert(0, 1)))];
    }

    private static ImmutableArray<Value> Run(Body body, ImmutableArray<Value> arguments) => body.Graph.Nodes.Length <= Small
        ? Opened(body.Graph, arguments)
        : Node.Make(new Call(body), arguments).Results;

    private static ImmutableArray<Value> Opened(Graph body, ImmutableArray<Value> arguments)
    {
        var substitution = new Substitution();
        for (int i = 0; i < arguments.Length; i++)
        {
            substitution[body.Parameters[i]] = arguments[i];
        }

        foreach (Node node in body.Nodes)
        {
            Node changed = substitution.Apply(node);
            if (changed != node)
            {
                ImmutableArray<Value> simpler = Of(changed) ?? [.. changed.Results.Select(Simplify.Whole)];
                for (int i = 0; i < simpler.Length; i++)
                {
                    substitution[node.Results[i]] = simpler[i];
                }
            }
        }

        return substitution.Of(body.Results);
    }
}
