using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Operations that met an argument at which they have no finite derivative.</summary>
internal static class SingularPoints
{
    internal static Found? Find(Node node, LintWatch watch)
    {
        if (!node.Result.Type.HasTangent || watch.SingularAt(node) is not { } met)
        {
            return null;
        }

        Value argument = node.Operands[node.Primitive is Div ? 1 : 0];
        return node.Primitive is Sqrt && Pattern.Of<ReduceSum>(argument) is { } sum && Pattern.Squared(sum.Operands[0]) is not null
            ? new(
                "norm-at-zero", LintSeverity.Error, "the norm of zeros has no derivative: its slope is infinite or NaN.",
                "Add a small positive number under the root, or choose before it: sqrt(where(s > 0, s, 1)).")
            : new(
                "no-finite-slope", LintSeverity.Error,
                $"{node.Primitive.Name} of {met} has no finite derivative.",
                Advice.ForNonFinite(node, default) ?? "Make its argument safe before.");
    }
}
