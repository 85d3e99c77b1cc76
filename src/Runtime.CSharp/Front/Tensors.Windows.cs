using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Convolutions and pools: channels first, one to three spatial axes last.</content>
public static partial class Tensors
{
    /// <summary>Convolution (correlation): input [N, C, S…] with filter [O, C / groups, W…] gives [N, O, T…].</summary>
    /// <param name="x">The input.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="strides">Distance of windows for each spatial axis; 1 unless given.</param>
    /// <param name="padding">Zeros around the input; none unless given.</param>
    /// <param name="dilation">Distance of the filter's elements; 1 unless given.</param>
    /// <param name="inputDilation">Distance of input elements once zeros stand between them; above 1 the transposed convolution.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <exception cref="ShapeException">Ranks or channels do not fit, or a window is wider than the padded input.</exception>
    public static Expr Conv(
        this Expr x,
        Expr filter,
        IReadOnlyList<int>? strides = null,
        Padding? padding = null,
        IReadOnlyList<int>? dilation = null,
        IReadOnlyList<int>? inputDilation = null,
        int groups = 1)
    {
        Broadcasting.SameDType("conv", x, filter);
        int spatial = x.Rank - 2;
        if (spatial is < 1 or > 3 || filter.Rank != x.Rank)
        {
            throw new ShapeException(
                $"conv: input is {x.Type}, filter is {filter.Type}; "
                    + "[N, C, S…] and [O, C, W…] with one to three spatial axes are wanted.").Here();
        }

        int[] steps = ForEach("conv", "strides", strides, spatial);
        int[] spread = ForEach("conv", "dilations", dilation, spatial);
        int[] apart = ForEach("conv", "input dilations", inputDilation, spatial);
        int[] extents = [.. x.Shape.ToArray()[2..].Select((extent, i) => extent == 0 ? 0 : ((extent - 1) * apart[i]) + 1)];
        int[] windows = [.. filter.Shape.ToArray()[2..].Select((extent, i) => extent == 0 ? 0 : ((extent - 1) * spread[i]) + 1)];
        (Ints low, Ints high) = (padding ?? Padding.Valid).For("conv", extents, windows, steps);
        for (int i = 0; i < spatial; i++)
        {
            CheckFits("conv", x, i + 2, filter.Shape[i + 2].Value, spread[i], extents[i], low[i], high[i]);
        }

        return Building.Apply(
            new ConvGeneral(new(steps), low, high, new(apart), new(spread), groups, 1, false, false, false, false), x, filter)[0];
    }

    /// <summary>The largest element of each window over the last axes; padding never wins.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="window">The window's extents, for the last axes.</param>
    /// <param name="strides">Distance of windows; the window's extents unless given.</param>
    /// <param name="padding">None unless given.</param>
    public static Expr MaxPool(this Expr x, IReadOnlyList<int> window, IReadOnlyList<int>? strides = null, Padding? padding = null)
    {
        Windowed plan = Windowed.Of("maxpool", x, window, strides, padding);
        return Building.Make(x, value => Ops.WindowMax(value, plan.Window, plan.Strides, plan.Low, plan.High));
    }

    /// <summary>The smallest element of each window over the last axes; padding never wins.</summary>
    /// <remarks>NaN propagates; the derivative is that of the first element that attains the minimum. As MaxPool of what is turned round.</remarks>
    /// <param name="x">The tensor.</param>
    /// <param name="window">The window's extents, for the last axes.</param>
    /// <param name="strides">Distance of windows; the window's extents unless given.</param>
    /// <param name="padding">None unless given.</param>
    public static Expr MinPool(this Expr x, IReadOnlyList<int> window, IReadOnlyList<int>? strides = null, Padding? padding = null) =>
        x.DType.IsInteger() ? x.Not().MaxPool(window, strides, padding).Not() : -(-x).MaxPool(window, strides, padding);

    /// <summary>The mean of each window over the last axes.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="window">The window's extents, for the last axes.</param>
    /// <param name="strides">Distance of windows; the window's extents unless given.</param>
    /// <param name="padding">None unless given.</param>
    /// <param name="countPadding">Whether padding counts, as zeros.</param>
    public static Expr AvgPool(
        this Expr x, IReadOnlyList<int> window, IReadOnlyList<int>? strides = null, Padding? padding = null, bool countPadding = false)
    {
        Windowed plan = Windowed.Of("avgpool", x, window, strides, padding);
        Expr Sum(Expr of) => Building.Make(of, value => Ops.WindowSum(value, plan.Window, plan.Strides, plan.Low, plan.High));
        bool whole = countPadding || plan.Low.Concat(plan.High).All(width => width == 0);
        return whole ? Sum(x) / (double)plan.Window.Aggregate(1L, (product, extent) => product * extent) : Sum(x) / Sum(x.OnesLike());
    }

    /// <summary>One number for each spatial axis; 1 unless given.</summary>
    internal static int[] ForEach(string operation, string what, IReadOnlyList<int>? given, int count)
    {
        int[] all = given is null ? [.. Enumerable.Repeat(1, count)] : [.. given];
        if (all.Length != count)
        {
            throw new ShapeException($"{operation}: {all.Length} {what} for {count} axes; one each is wanted.").Here();
        }

        return all.All(number => number >= 1)
            ? all
            : throw new ShapeException($"{operation}: {what} [{string.Join(", ", all)}] must be at least 1.").Here();
    }

    /// <summary>A window over the last axes, as one over all axes.</summary>
    private sealed record Windowed(Ints Window, Ints Strides, Ints Low, Ints High)
    {
        internal static Windowed Of(
            string operation, Expr x, IReadOnlyList<int> window, IReadOnlyList<int>? strides, Padding? padding)
        {
            int lead = x.Rank - window.Count;
            if (lead < 0 || window.Count == 0)
            {
                throw new ShapeException($"{operation}: a window of {window.Count} axes over {x.Type}.").Here();
            }

            int[] extents = ForEach(operation, "window extents", window, window.Count);
            int[] steps = ForEach(operation, "strides", strides ?? window, window.Count);
            (Ints low, Ints high) = (padding ?? Padding.Valid).For(operation, x.Shape.ToArray()[lead..], extents, steps);
            for (int i = 0; i < extents.Length; i++)
            {
                CheckFits(operation, x, lead + i, extents[i], 1, x.Shape[lead + i].Value, low[i], high[i]);
            }

            return new(Whole(extents, 1, lead), Whole(steps, 1, lead), Whole(low, 0, lead), Whole(high, 0, lead));
        }

        private static Ints Whole(IEnumerable<int> last, int first, int lead) => new(Enumerable.Repeat(first, lead).Concat(last));
    }
}
