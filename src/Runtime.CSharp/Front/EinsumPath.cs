using System.Globalization;
using System.Text;

namespace Adjoint.Front;

/// <summary>In which order the operands of an einsum are joined, and what that costs.</summary>
/// <param name="Steps">
/// Pairs of places in the list of operands that are left, as numpy.einsum_path writes them: both go, and their product comes to the end.
/// </param>
/// <param name="Cost">Multiplications and additions of all steps.</param>
/// <param name="NaiveCost">Multiplications and additions of one loop over all labels.</param>
/// <param name="LargestIntermediate">Elements of the largest product on the way.</param>
public sealed record EinsumPath(
    IReadOnlyList<(int First, int Second)> Steps, double Cost, double NaiveCost, double LargestIntermediate)
{
    /// <summary>The steps and costs in words.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append("steps ").AppendJoin(", ", Steps.Select(step => $"({step.First}, {step.Second})"));
        text.Append(CultureInfo.InvariantCulture, $"; cost {Cost:G6}, in one loop {NaiveCost:G6}");
        text.Append(CultureInfo.InvariantCulture, $"; largest product {LargestIntermediate:G6} elements");
        return text.ToString();
    }
}
