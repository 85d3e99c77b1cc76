using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;
using Convert = Adjoint.Primitives.Convert;

namespace Adjoint.Front.Audits;

/// <summary>What types allow and is seldom meant.</summary>
internal static class Surprises
{
    internal static Found? Find(Node node, Func<Value, IReadOnlyList<Node>> users) => node.Primitive switch
    {
        Add or Sub or Mul or Div => Grown(node, users) ?? CutQuotient(node, users),
        Convert convert => LostDigits(node, convert),
        _ => null,
    };

    /// <summary>[n] beside [n, 1] gives [n, n]: meant for all pairs, but seldom in a loss.</summary>
    private static Found? Grown(Node node, Func<Value, IReadOnlyList<Node>> users)
    {
        Shape whole = node.Result.Tensor.Shape;
        if (whole.Rank != 2 || !whole[0].Equals(whole[1]) || whole[0].Value < 2 || !Own(node.Operands[0], out Value x) || !Own(node.Operands[1], out Value y))
        {
            return null;
        }

        int n = whole[0].Value;
        bool mixed = (x.Tensor.Rank, y.Tensor.Rank) is (1, 2) or (2, 1) && x.Tensor.Shape.Size == n && y.Tensor.Shape.Size == n;
        bool reduced = Reaches(node.Result, users, 4);
        return mixed && reduced && !Pattern.Same(x, y)
            ? new(
                "broadcast-to-square", LintSeverity.Warning,
                $"{x.Type} beside {y.Type} gives {node.Result.Type}: every element of one with every element of the other, and then they are summed.",
                "Reshape one to the other's shape, unless all pairs are meant.")
            : null;
    }

    /// <summary>The operand before it was repeated to the whole shape.</summary>
    private static bool Own(Value operand, out Value before)
    {
        before = operand;
        if (operand.Producer is not { Primitive: Broadcast } node || Pattern.Of<Constant>(operand) is not null)
        {
            return false;
        }

        before = node.Operands[0];
        if (before.Producer is { Primitive: Reshape } reshape && before.Tensor.Rank < 2 && reshape.Operands[0].Tensor is { Rank: 2 })
        {
            before = reshape.Operands[0];
        }

        return true;
    }

    /// <summary>Whether a value is summed up within some steps.</summary>
    private static bool Reaches(Value value, Func<Value, IReadOnlyList<Node>> users, int steps) => steps > 0 && users(value).Any(user =>
        user.Primitive is ReduceSum { Axes.Count: 2 } || (user.Primitive is ElementwisePrimitive && Reaches(user.Results[0], users, steps - 1)));

    private static Found? CutQuotient(Node node, Func<Value, IReadOnlyList<Node>> users) =>
        node.Primitive is Div && node.Result.Tensor.DType.IsInteger()
        && users(node.Result).Any(user => user.Primitive is Convert convert && convert.Target.IsFloating())
            ? new("integer-quotient", LintSeverity.Warning, "a quotient of integers is cut towards zero before it becomes a fraction.", "Cast first, then divide.")
            : null;

    private static Found? LostDigits(Node node, Convert convert) =>
        node.Operands[0].Producer is { Primitive: Convert } before && Pattern.IsUsers(before)
        && convert.Target.IsFloating() && before.Operands[0].Tensor.DType.IsFloating()
        && before.Result.Tensor.DType.IsFloating() && before.Result.Tensor.DType.Size() < Math.Min(convert.Target.Size(), before.Operands[0].Tensor.DType.Size())
            ? new(
                "narrow-and-back", LintSeverity.Warning,
                $"digits go lost: {before.Operands[0].Tensor.DType.Name()} becomes {before.Result.Tensor.DType.Name()} and then {convert.Target.Name()} again.",
                "Leave the first cast out, unless rounding is meant.")
            : null;
}
