using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Convolutions and pools over one to three spatial axes.</content>
public static partial class Nn
{
    /// <summary>
    /// Convolution (correlation): x [N, C, S…], weight [O, C / groups, W…], bias [O] or null, to [N, O, T…].
    /// </summary>
    /// <param name="x">The input.</param>
    /// <param name="weight">The filters.</param>
    /// <param name="bias">A number for each output channel.</param>
    /// <param name="strides">Distance of windows for each spatial axis; 1 unless given.</param>
    /// <param name="padding">Zeros around the input; none unless given.</param>
    /// <param name="dilation">Distance of the filter's elements; 1 unless given.</param>
    /// <param name="groups">Groups of channels that do not see each other.</param>
    /// <exception cref="ShapeException">Ranks or channels do not fit.</exception>
    public static Expr Conv(
        Expr x,
        Expr weight,
        Expr? bias = null,
        IReadOnlyList<int>? strides = null,
        Padding? padding = null,
        IReadOnlyList<int>? dilation = null,
        int groups = 1)
    {
        CheckChannels("conv", x, weight, groups, own: 0, other: 1);
        return Biased("conv", x.Conv(weight, strides, padding, dilation, null, groups), bias, weight.Shape[0], x.Rank - 1);
    }

    /// <summary>
    /// Transposed convolution, the transpose of <see cref="Conv"/> of these options: x [N, C, S…], weight [C, O / groups, W…] as
    /// PyTorch's, bias [O] or null, to [N, O, T…].
    /// </summary>
    /// <remarks>
    /// T = (S − 1) stride + dilation (W − 1) + 1, less the padding, which is cut off; with <see cref="Padding.Same"/> T = S stride
    /// (Dumoulin and Visin 2016).
    /// </remarks>
    /// <exception cref="ShapeException">Ranks or channels do not fit.</exception>
    public static Expr ConvTranspose(
        Expr x,
        Expr weight,
        Expr? bias = null,
        IReadOnlyList<int>? strides = null,
        Padding? padding = null,
        IReadOnlyList<int>? dilation = null,
        int groups = 1)
    {
        CheckChannels("conv_transpose", x, weight, groups, own: 1, other: 0);
        int spatial = x.Rank - 2;
        int[] steps = Tensors.ForEach("conv_transpose", "strides", strides, spatial);
        int[] spread = Tensors.ForEach("conv_transpose", "dilations", dilation, spatial);
        int[] extents = weight.Shape.ToArray();
        int[] windows = [.. extents[2..].Select((extent, i) => ((extent - 1) * spread[i]) + 1)];
        (int inputs, int outputs) = (extents[0] / groups, extents[1]);
        int[] window = extents[2..];
        int[] order = [0, 2, 1, .. Enumerable.Range(3, spatial)];
        Expr filter = weight.Reshape([groups, inputs, outputs, .. window])
            .Permute(order)
            .Reshape([groups * outputs, inputs, .. window])
            .Flip([.. Enumerable.Range(2, spatial)]);
        var around = Padding.Of([.. Cut(padding ?? Padding.Valid, windows, steps)
            .Select((cut, i) => (windows[i] - 1 - cut.Low, windows[i] - 1 - cut.High))]);
        Expr y = x.Conv(filter, null, around, spread, steps, groups);
        return Biased("conv_transpose", y, bias, groups * outputs, x.Rank - 1);
    }

    /// <summary>The mean over all spatial axes: [N, C, S…] to [N, C].</summary>
    public static Expr GlobalAvgPool(Expr x) => x.Mean(Spatial("global_avg_pool", x));

    /// <summary>The largest element over all spatial axes: [N, C, S…] to [N, C].</summary>
    public static Expr GlobalMaxPool(Expr x) => x.Max(Spatial("global_max_pool", x));

    /// <summary>What is cut off the full result on both sides; so much that it is the input's extent times the stride for Same.</summary>
    private static IEnumerable<(int Low, int High)> Cut(Padding padding, int[] windows, int[] steps)
    {
        if (ReferenceEquals(padding, Padding.Same))
        {
            return windows.Select((window, i) => window - steps[i]).Select(cut => (Math.Max(cut, 0) / 2, cut - (Math.Max(cut, 0) / 2)));
        }

        (Ints low, Ints high) = padding.For("conv_transpose", windows, windows, steps);
        return low.Zip(high);
    }

    private static int[] Spatial(string pool, Expr x) => x.Rank >= 3
        ? [.. Enumerable.Range(2, x.Rank - 2)]
        : throw new ShapeException($"{pool}: input is {x.Type}; [N, C, S…] is wanted.").Here();

    private static void CheckChannels(string layer, Expr x, Expr weight, int groups, int own, int other)
    {
        string wanted = own == 0 ? "[O, C / groups, W…]" : "[C, O / groups, W…]";
        if (x.Rank is < 3 or > 5 || weight.Rank != x.Rank)
        {
            throw new ShapeException($"{layer}: input is {x.Type}, weight is {weight.Type}; "
                + $"[N, C, S…] and {wanted} with one to three spatial axes are wanted. Use ExpandDims or Reshape?").Here();
        }

        int seen = weight.Shape[other].Value * (own == 0 ? groups : 1);
        if (groups < 1 || weight.Shape[0].Value % groups != 0 || seen != x.Shape[1].Value)
        {
            throw new ShapeException($"{layer}: input {x.Type} has {x.Shape[1]} channels; weight {weight.Type}, "
                + $"{wanted}, in {groups} groups takes {seen}.").Here();
        }
    }
}
