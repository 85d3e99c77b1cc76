using Adjoint.Core;

namespace Figures.Measure;

/// <summary>A contender gave something else than the others, so that its time means nothing.</summary>
internal sealed class DisagreementException(string message) : Exception(message)
{
    /// <summary>Throws unless the results agree to a share of their largest element.</summary>
    public static void ThrowUnless(string name, IReadOnlyList<NDArray> actual, IReadOnlyList<NDArray> expected, double tolerance)
    {
        for (int i = 0; i < expected.Count; i++)
        {
            double gap = Agreement.Gap(actual[i], expected[i]);
            if (!(gap <= tolerance))
            {
                throw new DisagreementException(
                    $"result {i} of {name} is off by {gap:0.0e0} of the largest element, {tolerance:0.0e0} is allowed");
            }
        }
    }
}
