using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Sums of run-time values of one type, where null is zero.</summary>
internal static class HostSums
{
    /// <summary>The stack's type itself, if its numbers have sums.</summary>
    /// <exception cref="TypeRuleException">They are bools.</exception>
    internal static StackType Summable(string name, StackType stack)
    {
        ValueType entry = stack.Element;
        while (entry is StackType inner)
        {
            entry = inner.Element;
        }

        return entry is TensorType { DType: DType.Bool }
            ? throw new TypeRuleException($"{name}: bools have no sum; {stack} was given. Convert them?")
            : stack;
    }

    internal static HostValue Add(HostValue? left, HostValue right, EvaluationContext context)
    {
        switch (left)
        {
            case null:
                return right;
            case NDArray array:
                return new Add().Evaluate([new(array, false), new(right, false)], context)[0].Value;
            default:
                HostStack sum = ((HostStack)left).Copy();
                var other = (HostStack)right;
                for (int k = 0; k < other.Count; k++)
                {
                    if (other[k] is { } entry)
                    {
                        sum.Put(k, Add(sum[k], entry, context));
                    }
                }

                return sum;
        }
    }
}
