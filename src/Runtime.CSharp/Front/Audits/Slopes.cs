namespace Adjoint.Front.Audits;

/// <summary>
/// Derivatives from values alone: central differences at many steps, extrapolated to step 0, with the error to reckon with
/// (C. Ridders, Adv. Eng. Software 4 (1982) 75-76), and the slopes to either side.
/// </summary>
internal static class Slopes
{
    private const double First = 0.04;
    private const double Shrink = 2.0;
    private const int Rounds = 12;

    /// <summary>For each number that a function along a line gives, its slope at 0.</summary>
    /// <param name="at">The numbers at a step; they are as many at each step, otherwise null.</param>
    internal static Slope[]? Along(Func<double, double[]?> at)
    {
        double[] steps = [.. Enumerable.Range(0, Rounds).Select(k => First / Math.Pow(Shrink, k))];
        if (at(0) is not { } middle)
        {
            return null;
        }

        double[]?[] up = [.. steps.Select(at)];
        double[]?[] down = [.. steps.Select(step => at(-step))];
        if (up.Concat(down).Any(values => values is null || values.Length != middle.Length))
        {
            return null;
        }

        return [.. middle.Select((value, i) => Of(value, steps, [.. up.Select(values => values![i])], [.. down.Select(values => values![i])]))];
    }

    private static Slope Of(double middle, double[] steps, double[] up, double[] down)
    {
        (double best, double error) = Extrapolated([.. steps.Select((step, k) => (up[k] - down[k]) / (2 * step))]);
        double right = (up[^1] - middle) / steps[^1];
        double left = (middle - down[^1]) / steps[^1];
        double firstGap = Math.Abs((up[0] - middle) - (middle - down[0])) / steps[0];
        double lastGap = Math.Abs(right - left);

        // The gap between the slopes to either side shrinks with the step where the function is smooth, and stays at a kink.
        double noise = 64 * 2.2e-16 * Math.Max(Math.Abs(middle), Math.Max(Math.Abs(up[^1]), Math.Abs(down[^1]))) / steps[^1];
        bool kink = lastGap > noise && lastGap > 0.1 * firstGap && lastGap > 1e-6 * (Math.Abs(left) + Math.Abs(right));
        return new(best, error, left, right, kink, middle);
    }

    /// <summary>The entry of the tableau with the smallest error, and that error.</summary>
    private static (double Best, double Error) Extrapolated(double[] slopes)
    {
        double[] row = [slopes[0]];
        double best = slopes[0];
        double error = double.PositiveInfinity;
        foreach (double slope in slopes.Skip(1))
        {
            var next = new double[row.Length + 1];
            next[0] = slope;
            for (int order = 1; order <= row.Length; order++)
            {
                double factor = Math.Pow(Shrink, 2 * order);
                next[order] = ((factor * next[order - 1]) - row[order - 1]) / (factor - 1);
                double guess = Math.Max(Math.Abs(next[order] - next[order - 1]), Math.Abs(next[order] - row[order - 1]));
                if (guess <= error)
                {
                    (best, error) = (next[order], guess);
                }
            }

            row = next;
        }

        return (best, error);
    }
}

/// <summary>A derivative from values.</summary>
/// <param name="Value">The slope.</param>
/// <param name="Error">The error to reckon with.</param>
/// <param name="Left">The slope to the left, over the smallest step.</param>
/// <param name="Right">The slope to the right, over the smallest step.</param>
/// <param name="IsKink">Whether the two differ more than a smooth function's do.</param>
/// <param name="Middle">The function's own value.</param>
internal readonly record struct Slope(double Value, double Error, double Left, double Right, bool IsKink, double Middle)
{
    /// <summary>What can be said of a derivative that a rule gives for this slope.</summary>
    /// <param name="given">The rule's number.</param>
    /// <param name="scale">The largest of the function's values, for rounding.</param>
    internal RuleVerdict Judge(double given, double scale)
    {
        double size = Math.Abs(Value) + Math.Abs(given);

        // 1e-8: what extrapolated differences in f64 reach with room to spare; 1e-10 of the values: their rounding over the smallest step.
        double allowed = (20 * Error) + (1e-8 * size) + (1e-10 * scale);
        if (Math.Abs(given - Value) <= allowed)
        {
            return Error > 1e-3 * size && Error > 1e-7 * scale ? RuleVerdict.Unclear : RuleVerdict.Right;
        }

        return IsKink ? RuleVerdict.Kink
            : !double.IsFinite(given) || !double.IsFinite(Value) || !(Error <= 0.05 * size) ? RuleVerdict.Unclear
            : RuleVerdict.Wrong;
    }
}
