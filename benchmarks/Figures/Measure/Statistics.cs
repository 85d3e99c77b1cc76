namespace Figures.Measure;

/// <summary>What a list of times says: nanoseconds of one call.</summary>
/// <param name="Median">Half of the samples took at most this long.</param>
/// <param name="Low">The lower quartile.</param>
/// <param name="High">The upper quartile.</param>
/// <param name="Best">The shortest sample.</param>
/// <param name="Count">How many samples there are.</param>
internal sealed record Statistics(double Median, double Low, double High, double Best, int Count)
{
    /// <summary>Of at least one sample.</summary>
    public static Statistics Of(IEnumerable<double> samples)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length == 0
            ? throw new ArgumentException("There is no sample.", nameof(samples))
            : new(Quantile(sorted, 0.5), Quantile(sorted, 0.25), Quantile(sorted, 0.75), sorted[0], sorted.Length);
    }

    /// <summary>The median, or the best where the machine is shared with other work.</summary>
    public double Typical(bool best) => best ? Best : Median;

    /// <summary>Between neighbours in proportion, as most tables do it (Hyndman and Fan 1996, definition 7).</summary>
    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
