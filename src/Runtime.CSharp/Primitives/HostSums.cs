using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Sums of run-time values of one type, where null is zero.</summary>
internal static class HostSums
{
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
