using Adjoint.Core;

namespace Adjoint.Front;

/// <summary>
/// The labels of each operand's axes and of the result's, as an einsum formula says. Axes of an ellipsis have labels below 'A'.
/// </summary>
internal sealed record EinsumFormula(string[] Operands, string Result)
{
    /// <summary>Reads "bij,bjk->bik"; without "->" the result has the labels that stand once, in alphabetical order.</summary>
    /// <exception cref="ShapeException">The formula does not fit the operands.</exception>
    internal static EinsumFormula Parse(string formula, IReadOnlyList<Expr> operands)
    {
        string text = formula.Replace(" ", "", StringComparison.Ordinal);
        string[] sides = text.Split("->");
        string[] inputs = sides[0].Split(',');
        if (sides.Length > 2 || inputs.Length != operands.Count)
        {
            throw new ShapeException($"einsum: '{formula}' is of {inputs.Length} operands, not {operands.Count}.").Here();
        }

        string[] labels = [.. inputs.Select((input, i) => Expand(formula, input, operands[i]))];
        string shared = Shared(labels);
        string result = sides.Length == 2
            ? Clean(formula, sides[1]).Replace("...", shared, StringComparison.Ordinal)
            : shared + string.Concat(labels.SelectMany(all => all).Where(char.IsLetter).GroupBy(label => label)
                .Where(group => group.Count() == 1).Select(group => group.Key).Order());
        char wrong = result.FirstOrDefault(label => result.Count(other => other == label) > 1 || !labels.Any(all => all.Contains(label)));
        return wrong == default
            ? new(labels, result)
            : throw new ShapeException($"einsum: in '{formula}' the result's label '{wrong}' stands twice, or in no operand.").Here();
    }

    private static string Expand(string formula, string input, Expr operand)
    {
        string labels = Clean(formula, input);
        int named = labels.Replace("...", "", StringComparison.Ordinal).Length;
        bool open = labels.Contains("...", StringComparison.Ordinal);
        int hidden = operand.Rank - named;
        if (open ? hidden < 0 : hidden != 0)
        {
            throw new ShapeException($"einsum: in '{formula}' the labels '{input}' are of {named} axes, "
                + $"the operand is {operand.Type}.").Here();
        }

        string all = string.Concat(Enumerable.Range(0, Math.Max(hidden, 0)).Select(i => Hidden(hidden - 1 - i)));
        return labels.Replace("...", all, StringComparison.Ordinal);
    }

    /// <summary>Ellipses meet at their last axes: the last of each has label 0.</summary>
    private static char Hidden(int fromEnd) => (char)(1 + fromEnd);

    private static string Shared(string[] labels) => string.Concat(
        labels.SelectMany(all => all).Where(label => !char.IsLetter(label)).Distinct().OrderDescending());

    private static string Clean(string formula, string labels)
    {
        string named = labels;
        int dots = labels.IndexOf("...", StringComparison.Ordinal);
        if (dots >= 0)
        {
            named = labels.Remove(dots, 3);
        }

        return named.All(char.IsAsciiLetter)
            ? labels
            : throw new ShapeException($"einsum: in '{formula}', '{labels}' must be letters and at most one '...'.").Here();
    }
}
