using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Histograms. Each bin has its lower edge, the last one both; NaN and what lies outside do not count.</content>
public static partial class Tensors
{
    /// <summary>How many numbers lie in each of so many bins of one width, and the edges of the bins.</summary>
    /// <param name="x">Floating numbers of any shape.</param>
    /// <param name="bins">The number of bins.</param>
    /// <param name="range">The outer edges; the least and the largest number unless given, a half around it where they are one.</param>
    /// <param name="weights">What each number counts, of the numbers' shape; 1 unless given. Derivatives pass to them.</param>
    /// <param name="density">Whether counts are divided by their sum and the widths, so that the integral is 1.</param>
    /// <returns>Counts [bins], in i64 unless there are weights or density, and edges [bins + 1].</returns>
    public static (Expr Counts, Expr Edges) Histogram(
        this Expr x, int bins = 10, (double Low, double High)? range = null, Expr? weights = null, bool density = false)
    {
        Expr edges = BinEdges("histogram", x, bins, range);
        return (x.Histogram(edges, weights, density), edges);
    }

    /// <summary>How many numbers lie between each two neighbours of ascending edges [n + 1]: [n].</summary>
    public static Expr Histogram(this Expr x, Expr edges, Expr? weights = null, bool density = false) =>
        HistogramOf("histogram", [x], [edges], weights, density);

    /// <summary>How many points (x, y) lie in each field of a grid, and the edges along both axes. See <see cref="Histogram(Expr, int, ValueTuple{double, double}?, Expr?, bool)"/>.</summary>
    public static (Expr Counts, Expr EdgesX, Expr EdgesY) Histogram2D(
        this Expr x,
        Expr y,
        int binsX = 10,
        int binsY = 10,
        (double Low, double High)? rangeX = null,
        (double Low, double High)? rangeY = null,
        Expr? weights = null,
        bool density = false)
    {
        Expr edgesX = BinEdges("histogram2d", x, binsX, rangeX);
        Expr edgesY = BinEdges("histogram2d", y, binsY, rangeY);
        return (HistogramOf("histogram2d", [x, y], [edgesX, edgesY], weights, density), edgesX, edgesY);
    }

    /// <summary>How many points lie in each field of a grid with these ascending edges, one tensor for each axis.</summary>
    public static Expr HistogramOf(IReadOnlyList<Expr> coordinates, IReadOnlyList<Expr> edges, Expr? weights = null, bool density = false) =>
        HistogramOf("histogram_of", coordinates, edges, weights, density);

    private static Expr BinEdges(string operation, Expr x, int bins, (double Low, double High)? range)
    {
        Demand.Floating(operation, x);
        Demand.AtLeast(operation, "the number of bins", bins, 1);
        if (range is { } given)
        {
            return given.Low < given.High
                ? Linspace(x.DType, given.Low, given.High, bins + 1)
                : throw new DomainException($"{operation}: the range {given.Low} to {given.High} is empty.").Here();
        }

        Expr data = x.StopGradient();
        (Expr low, Expr high) = x.Size == 0 ? (Zeros(x.DType), Ones(x.DType)) : (data.NanMin(), data.NanMax());
        Expr half = low.Equal(high).Where(x.DType, 0.5, 0.0);
        return Linspace(low - half, high + half, bins + 1);
    }

    private static Expr HistogramOf(string operation, IReadOnlyList<Expr> coordinates, IReadOnlyList<Expr> edges, Expr? weights, bool density)
    {
        CheckSome(operation, coordinates);
        if (edges.Count != coordinates.Count || edges.Any(each => each.Rank != 1 || each.Size < 2))
        {
            throw new ShapeException($"{operation}: {coordinates.Count} coordinates, edges {string.Join(", ", edges.Select(each => each.Type))}; "
                + "a vector of at least two edges is wanted for each.").Here();
        }

        int[] extents = [.. edges.Select(each => each.Size - 1)];
        Expr[] inBins = [.. coordinates.Zip(edges, InBin)];
        Expr inside = inBins.Select(bin => bin.GreaterOrEqual(0)).Aggregate(And);
        Expr place = inside.Where(RavelIndex(inBins, extents), -1.0);
        Expr counts = place.BinCount(extents.Aggregate(1, (size, extent) => size * extent), weights).Reshape(extents);
        return density ? Density(counts.Cast(weights?.DType ?? edges[0].DType), edges) : counts;
    }

    /// <summary>The bin of each number, −1 where it is in none.</summary>
    private static Expr InBin(Expr x, Expr edges)
    {
        Expr last = edges[^1];
        Expr bin = x.Equal(last).Where(edges.Size - 2.0, edges.SearchSorted(x, true) - 1L);
        return x.LessOrEqual(last).Where(bin, -1.0);
    }

    private static Expr Density(Expr counts, IReadOnlyList<Expr> edges)
    {
        Expr result = counts / counts.Sum();
        for (int axis = 0; axis < edges.Count; axis++)
        {
            result /= edges[axis].Diff().Cast(counts.DType).Reshape([.. edges.Select((_, i) => i == axis ? -1 : 1)]);
        }

        return result;
    }
}
