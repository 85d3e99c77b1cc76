using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>A where that chooses away a NaN or an infinity, which comes back in the derivative: 0 times what is not finite is NaN.</summary>
internal static class HiddenNaN
{
    private const int Most = 64;

    internal static Found? Find(Node node, LintWatch watch)
    {
        if (node.Primitive is not Select || !node.Result.Type.HasTangent)
        {
            return null;
        }

        HashSet<Value> tested = Behind(node.Operands[0]);
        foreach (Value branch in node.Operands.Skip(1))
        {
            foreach (Node risky in Chain(branch))
            {
                Value argument = risky.Operands[risky.Primitive is Div ? 1 : 0];
                string? met = watch.SingularAt(risky);
                if (Pattern.IsGuarded(argument) || Pattern.Of<Constant>(argument) is not null || (met is null && !Behind(argument).Overlaps(tested)))
                {
                    continue;
                }

                return new(
                    "where-hides-nan",
                    met is null ? LintSeverity.Warning : LintSeverity.Error,
                    $"where chooses between values, but the derivative of {risky.Primitive.Name} on the side that is not chosen is still "
                        + $"computed and multiplied by 0: NaN wherever it is not finite{(met is null ? "" : $" (here its argument is {met})")}.",
                    $"Make its argument safe first: {risky.Primitive.Name} of where(condition, x, 1), then choose.");
            }
        }

        return null;
    }

    /// <summary>The operations with poles that lead element by element to a value.</summary>
    private static IEnumerable<Node> Chain(Value end)
    {
        var pending = new Queue<Value>([end]);
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        while (pending.TryDequeue(out Value? value) && seen.Count < Most)
        {
            if (!seen.Add(value) || value.Producer is not { } node
                || node.Primitive is not (ElementwisePrimitive or Broadcast or Reshape or ReduceSum) || node.Primitive is Select)
            {
                continue;
            }

            if (HasPole(node))
            {
                yield return node;
            }

            foreach (Value operand in node.Operands)
            {
                pending.Enqueue(operand);
            }
        }
    }

    private static bool HasPole(Node node) => node.Primitive is Sqrt or Rsqrt or Log or Log1p or Acos or Asin or Acosh or Atanh
        || (node.Primitive is Div && node.Operands[1].Type.HasTangent)
        || (node.Primitive is Pow && Pattern.Of<Constant>(node.Operands[1]) is { Primitive: Constant { Value: var power } }
            && (power.AsDouble < 0 || power.AsDouble != Math.Truncate(power.AsDouble)));

    /// <summary>What a value is made of, some steps back; literals don't count.</summary>
    private static HashSet<Value> Behind(Value value)
    {
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var pending = new Queue<Value>([value]);
        while (seen.Count < Most && pending.TryDequeue(out Value? next))
        {
            if (next.Producer?.Primitive is Constant || !seen.Add(next))
            {
                continue;
            }

            foreach (Value operand in next.Producer?.Operands ?? [])
            {
                pending.Enqueue(operand);
            }
        }

        return seen;
    }
}
