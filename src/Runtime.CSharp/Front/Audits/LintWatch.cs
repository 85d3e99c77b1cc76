using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front.Audits;

/// <summary>Runs a function and remembers which operations met arguments where they have no finite derivative.</summary>
internal sealed class LintWatch : Watch
{
    private readonly Dictionary<Origin, string> singular = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Origin> nearZero = new(ReferenceEqualityComparer.Instance);

    /// <summary>The argument, in words, at which an operation has no finite derivative; null where it met none.</summary>
    internal string? SingularAt(Node node) => singular.GetValueOrDefault(node.Origin);

    /// <summary>Whether an operation met an argument so near 0 that half of the digits of exp x − 1 and the like are lost.</summary>
    internal bool IsNearZero(Node node) => nearZero.Contains(node.Origin);

    /// <inheritdoc/>
    protected override void Visit(Node node, ReadOnlySpan<HostValue> operands, ReadOnlySpan<HostValue> results)
    {
        int place = node.Primitive is Div ? 1 : 0;
        if (operands.Length <= place || operands[place] is not NDArray { Type: var type } x || !type.IsFloating() || node.Primitive is not ElementwisePrimitive)
        {
            return;
        }

        Func<double, bool>? bad = Singular(node, operands);
        double small = Math.Sqrt(type.Epsilon());
        foreach (double number in bad is null && node.Primitive is not (Exp or Cos or Add) ? [] : Numbers.Flatten(x))
        {
            if (bad?.Invoke(number) == true)
            {
                singular.TryAdd(node.Origin, Finite.Number(number));
            }

            if (number != 0 && Math.Abs(number) < small)
            {
                nearZero.Add(node.Origin);
            }
        }
    }

    private static Func<double, bool>? Singular(Node node, ReadOnlySpan<HostValue> operands) => node.Primitive switch
    {
        Sqrt or Rsqrt or Log => x => x <= 0,
        Div => x => x == 0,
        Log1p => x => x <= -1,
        Acos or Asin or Atanh => x => Math.Abs(x) >= 1,
        Acosh => x => x <= 1,
        Pow when operands[1] is NDArray { Size: > 0 } power && power.At(0).AsDouble is var exponent
            && Enumerable.Range(0, power.Size).All(i => power.At(i).AsDouble == exponent) =>
            exponent != Math.Truncate(exponent) ? x => x < 0 || (x == 0 && exponent < 1) : exponent < 0 ? x => x == 0 : null,
        _ => null,
    };
}
