using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <content>Normalisations: (x − mean) / √(variance + ε), times a scale, plus a shift. Variances are divided by n.</content>
public static partial class Nn
{
    /// <summary>
    /// Normalises each channel of [N, C, S…] by the statistics of this batch, which it also gives, [C] each, for a running average
    /// (Ioffe and Szegedy 2015). Derivatives pass through the statistics.
    /// </summary>
    /// <param name="x">The input; [N, C] too.</param>
    /// <param name="scale">A factor for each channel, [C].</param>
    /// <param name="shift">A term for each channel, [C].</param>
    /// <param name="epsilon">Added to the variance.</param>
    public static (Expr Y, Expr Mean, Expr Variance) BatchNorm(Expr x, Expr scale, Expr shift, double epsilon = 1e-5)
    {
        CheckNorm("batch_norm", x, 1, 1, scale, shift);
        int[] axes = [.. Enumerable.Range(0, x.Rank).Where(axis => axis != 1)];
        Expr wide = Optimizer.Wide(x);
        (Expr mean, Expr variance) = (wide.Mean(axes), wide.Variance(axes));
        Expr y = Channelled(wide, mean, variance, Optimizer.Wide(scale), Optimizer.Wide(shift), epsilon);
        return (y.Cast(x.DType), mean.Cast(x.DType), variance.Cast(x.DType));
    }

    /// <summary>Normalises each channel of [N, C, S…] by given statistics, [C] each.</summary>
    public static Expr BatchNorm(Expr x, Expr scale, Expr shift, Expr mean, Expr variance, double epsilon = 1e-5)
    {
        CheckNorm("batch_norm", x, 1, 1, scale, shift, mean, variance);
        return Channelled(x, mean, variance, scale, shift, epsilon);
    }

    /// <summary>Normalises over the last axes, those of scale and shift (Ba, Kiros and Hinton 2016).</summary>
    public static Expr LayerNorm(Expr x, Expr scale, Expr shift, double epsilon = 1e-5)
    {
        CheckNorm("layer_norm", x, x.Rank - scale.Rank, scale.Rank, scale, shift);
        int[] axes = [.. Enumerable.Range(x.Rank - scale.Rank, scale.Rank)];
        return (Widely(x, wide => Standard(wide, axes, epsilon)) * scale) + shift;
    }

    /// <summary>Divides by the root of the mean square over the last axes, those of the scale (Zhang and Sennrich 2019).</summary>
    public static Expr RmsNorm(Expr x, Expr scale, double epsilon = 1e-6)
    {
        CheckNorm("rms_norm", x, x.Rank - scale.Rank, scale.Rank, scale);
        int[] axes = [.. Enumerable.Range(x.Rank - scale.Rank, scale.Rank)];
        return Widely(x, wide => wide * (wide.Square().Mean(axes, true) + epsilon).Rsqrt()) * scale;
    }

    /// <summary>Normalises groups of neighbouring channels of [N, C, S…], each example by itself (Wu and He 2018).</summary>
    /// <exception cref="ShapeException">The channels do not divide into so many groups.</exception>
    public static Expr GroupNorm(Expr x, int groups, Expr scale, Expr shift, double epsilon = 1e-5)
    {
        CheckNorm("group_norm", x, 1, 1, scale, shift);
        int[] extents = x.Shape.ToArray();
        if (groups < 1 || extents[1] % groups != 0)
        {
            throw new ShapeException($"group_norm: the {extents[1]} channels of {x.Type} do not divide into {groups} groups.").Here();
        }

        Expr grouped = x.Reshape([extents[0], groups, extents[1] / groups, .. extents[2..]]);
        int[] axes = [.. Enumerable.Range(2, grouped.Rank - 2)];
        Expr standard = Widely(grouped, wide => Standard(wide, axes, epsilon)).Reshape(x.Shape);
        return (standard * AsChannels(scale, x.Rank)) + AsChannels(shift, x.Rank);
    }

    /// <summary>Normalises each channel of each example of [N, C, S…] by itself (Ulyanov, Vedaldi and Lempitsky 2016).</summary>
    public static Expr InstanceNorm(Expr x, Expr scale, Expr shift, double epsilon = 1e-5)
    {
        CheckNorm("instance_norm", x, 1, 1, scale, shift);
        return GroupNorm(x, x.Shape[1].Value, scale, shift, epsilon);
    }

    private static Expr Standard(Expr x, int[] axes, double epsilon) =>
        (x - x.Mean(axes, true)) * (x.Variance(axes, 0, true) + epsilon).Rsqrt();

    private static Expr Channelled(Expr x, Expr mean, Expr variance, Expr scale, Expr shift, double epsilon)
    {
        Expr factor = AsChannels(scale * (variance + epsilon).Rsqrt(), x.Rank);
        return ((x - AsChannels(mean, x.Rank)) * factor) + AsChannels(shift, x.Rank);
    }

    /// <summary>[C] as [C, 1…], which broadcasts against [N, C, S…].</summary>
    private static Expr AsChannels(Expr x, int rank) => x.Reshape([x.Size, .. Enumerable.Repeat(1, rank - 2)]);

    /// <summary>Parameters have the extents of some axes of the input.</summary>
    private static void CheckNorm(string layer, Expr x, int first, int count, params Expr[] parameters)
    {
        bool fits = first >= 0 && count > 0 && x.Rank >= first + count && x.Rank >= 1 + first;
        Shape shape = fits ? new(x.Shape.Skip(first).Take(count)) : Shape.Scalar;
        if (!fits || parameters.Any(parameter => !parameter.Shape.Equals(shape)))
        {
            throw new ShapeException($"{layer}: input is {x.Type}, parameters are {string.Join(", ", parameters.Select(p => p.Type))}; "
                + (first == 1 && count == 1 ? "[N, C, S…] and [C] each are wanted." : "they are to have the last extents of the input.")).Here();
        }
    }
}
