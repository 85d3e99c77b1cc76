using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Convolution (correlation) in one to three dimensions, with strides, padding, dilation of either side and groups.</summary>
/// <remarks>
/// <para>Shape: input [N, C, S…], filter [O, C / G, W…], output [N / B, O, T…] for G feature groups and B batch groups, of which one
/// is 1.</para>
/// <para>y[n, o, t] = sum over c, w of x[n', c', t * stride + w * windowDilation - low] * f[o, c, w], where x has inputDilation - 1 zeros
/// between its elements and zeros around; c' = g C / G + c for the feature group g of o, n' = b N / B + n for its batch group b.
/// Negative padding crops. As StableHLO's convolution.</para>
/// <para>Gradients are convolutions again, over axes that have changed their part; so that nothing is copied, a swapped input lies
/// as [C, N, S…], a swapped filter as [C, O / G, W…], a swapped output as [O, N / B, T…], and the window may run backwards. The second
/// axis of each may stand last, behind the spatial ones: [N, S…, C] is what libraries are fastest on.</para>
/// <para>Error: |y - exact| &lt;= eps * k * sum |x| |f| over the k products; f16 and bf16 are summed in f32.</para>
/// <para>Derivative: bilinear (Dumoulin and Visin 2016 for the paddings of the transposes).</para>
/// </remarks>
/// <param name="Strides">Distance of windows, for each spatial axis.</param>
/// <param name="PadLow">Zeros before, counted after dilation.</param>
/// <param name="PadHigh">Zeros after.</param>
/// <param name="InputDilation">Distance of input elements once zeros are put between them.</param>
/// <param name="WindowDilation">Distance of the window's elements.</param>
/// <param name="FeatureGroups">Groups of channels that do not see each other.</param>
/// <param name="BatchGroups">Groups of images, each seen by its own output channels.</param>
/// <param name="InputSwapped">The input's first two axes are exchanged.</param>
/// <param name="FilterSwapped">The filter lies by input channels.</param>
/// <param name="OutputSwapped">The output's first two axes are exchanged.</param>
/// <param name="ReverseWindow">The filter is read backwards along every spatial axis.</param>
/// <param name="InputLast">The input's second axis stands last, exchanged or not.</param>
/// <param name="FilterLast">The filter's second axis stands last, exchanged or not.</param>
/// <param name="OutputLast">The output's second axis stands last, exchanged or not.</param>
public sealed partial record ConvGeneral(
    Ints Strides,
    Ints PadLow,
    Ints PadHigh,
    Ints InputDilation,
    Ints WindowDilation,
    int FeatureGroups,
    int BatchGroups,
    bool InputSwapped,
    bool FilterSwapped,
    bool OutputSwapped,
    bool ReverseWindow,
    bool InputLast = false,
    bool FilterLast = false,
    bool OutputLast = false) : TensorPrimitive, INumberEvaluation
{
    /// <inheritdoc/>
    public override string Name => "conv_general";

    private bool IsPlain => !InputLast && !FilterLast && !OutputLast;

    private ConvGeneral AllPlain => this with { InputLast = false, FilterLast = false, OutputLast = false };

    /// <summary>Draws a convolution in one or two dimensions.</summary>
    public static Sample Draw(SampleSource source)
    {
        int rank = source.Int(1, 2);
        (int feature, int batch) = source.Pick((1, 1), (2, 1), (1, 2));
        int images = batch * source.Int(1, 2);
        int groupChannels = source.Int(1, 2);
        int groupOutputs = source.Int(1, 2);
        int outputs = groupOutputs * feature * batch;
        bool inputSwapped = source.Bool();
        bool filterSwapped = source.Bool();
        Ints Each(int low, int high) => Draws.Each(rank, _ => source.Int(low, high));
        var conv = new ConvGeneral(
            Each(1, 2),
            Each(-1, 2),
            Each(-1, 2),
            Each(1, 2),
            Each(1, 2),
            feature,
            batch,
            inputSwapped,
            filterSwapped,
            source.Bool(),
            source.Bool(),
            source.Bool(),
            source.Bool(),
            source.Bool());
        Shape input = Shape.Of(images, groupChannels * feature);
        Shape filter = filterSwapped ? Shape.Of(groupChannels * feature, outputs / feature) : Shape.Of(outputs, groupChannels);
        DType type = source.Numeric();
        Shape x = (inputSwapped ? input.Select([1, 0]) : input).Concat(source.Shape(rank, rank));
        Shape f = filter.Concat(source.Shape(rank, rank, maxExtent: 3));
        return new(
            conv,
            source.Numbers(type, ConvLast.Last(x, conv.InputLast)),
            source.Numbers(type, ConvLast.Last(f, conv.FilterLast)));
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        ConvView view = View(operands);
        return base.Cost(operands) with { Operations = 2.0 * view.Result.Size * view.GroupChannels * view.Window };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) => Lower(operands, keepsFilter: false);

    /// <summary>The kernel of operands of these types, whose filter may be the same at each call.</summary>
    internal Kernel? Lower(ImmutableArray<ValueType> operands, bool keepsFilter)
    {
        (TensorType x, TensorType f) = ((TensorType)operands[0], (TensorType)operands[1]);
        return x.DType switch
        {
            DType.F32 or DType.F64 => new ConvKernel(this, View(operands), keepsFilter),
            DType.F16 or DType.BF16 => StoredConvKernel.Of(this, View(operands), x, f),
            _ => null,
        };
    }

    /// <inheritdoc/>
    NDArray INumberEvaluation.Run<T>(NDArray[] operands)
    {
        NDArray[] plain = [ConvLast.Plain(operands[0], InputLast), ConvLast.Plain(operands[1], FilterLast)];
        return ConvLast.Last(AllPlain.Evaluate<T>(plain), OutputLast);
    }

    private NDArray Evaluate<T>(NDArray[] operands)
        where T : unmanaged, INumberBase<T>
    {
        var view = new ConvView(this, operands[0].Shape, operands[1].Shape);
        var result = new T[view.Result.Size];
        int[] taps = view.Taps();
        for (int image = 0; image < view.ResultImages && result.Length > 0; image++)
        {
            for (int output = 0; output < view.Outputs; output++)
            {
                int start = output * BatchGroups / view.Outputs * view.ResultImages;
                int first = output * FeatureGroups / view.Outputs * view.GroupChannels;
                Span<T> plane = result.AsSpan(view.ResultPlace(image, output), view.ResultPlane);
                for (int channel = 0; channel < view.GroupChannels; channel++)
                {
                    ReadOnlySpan<T> filter = operands[1].Span<T>().Slice(view.FilterPlace(output, channel), view.Window);
                    AddPlane(operands[0].Span<T>(), view.InputPlace(start + image, first + channel), filter, taps, plane);
                }
            }
        }

        return NDArray.Own(view.Result, result);
    }

    /// <inheritdoc/>
    protected override TensorType InferTensor(ImmutableArray<TensorType> operands)
    {
        CheckCount(operands, 2);
        if (!IsPlain)
        {
            TensorType plain = AllPlain.InferTensor([Plain(operands[0], InputLast), Plain(operands[1], FilterLast)]);
            return plain with { Shape = ConvLast.Last(plain.Shape, OutputLast) };
        }

        (TensorType x, TensorType f) = (operands[0], operands[1]);
        if (x.DType != f.DType || x.DType == DType.Bool)
        {
            throw new TypeRuleException($"{Name}: takes input and filter of one numeric dtype, not {x} and {f}; cast one?");
        }

        int rank = x.Rank - 2;
        if (rank is < 1 or > 3 || f.Rank != x.Rank)
        {
            throw new TypeRuleException($"{Name}: input and filter have two axes and one to three spatial ones each, not {x} and {f}.");
        }

        Ints[] each = [Strides, PadLow, PadHigh, InputDilation, WindowDilation];
        bool positive = Strides.Concat(InputDilation).Concat(WindowDilation).All(number => number > 0);
        if (each.Any(numbers => numbers.Count != rank) || !positive || f.Shape.Skip(2).Any(extent => extent.Value == 0))
        {
            throw new TypeRuleException(
                $"{Name}: strides {Strides}, paddings {PadLow} and {PadHigh} and dilations {InputDilation} and {WindowDilation} need "
                + $"{rank} numbers each, strides and dilations at least 1, and the window of {f} at least one element.");
        }

        CheckGroups(x, f);
        SlidingWindow.CheckReach(Name, new ConvView(this, x.Shape, f.Shape).Axes);
        return new(x.DType, new ConvView(this, x.Shape, f.Shape).Result);
    }

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context) => Dispatch.Numbers(this, operands);

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents)
    {
        Value? left = tangents[0] is { } dx ? Ops.Apply(this, dx, node.Operands[1]) : null;
        Value? right = tangents[1] is { } df ? Ops.Apply(this, node.Operands[0], df) : null;
        return left is null ? right : right is null ? left : left + right;
    }

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators)
    {
        if (accumulators[0] is not null && accumulators[1] is not null)
        {
            throw new DerivativeException($"{Name}: is bilinear, so it has a transpose in one operand at a time.");
        }

        if (cotangent.Tensor.Shape.Size > 0)
        {
            Value plain = ConvLast.Plain(cotangent, OutputLast);
            Value x = ConvLast.Plain(node.Operands[0], InputLast), f = ConvLast.Plain(node.Operands[1], FilterLast);
            accumulators[0]?.Add(ConvLast.Last(ConvTransposes.OfInput(AllPlain, plain, x.Tensor.Shape, f), InputLast));
            accumulators[1]?.Add(ConvLast.Last(ConvTransposes.OfFilter(AllPlain, plain, x, f.Tensor.Shape), FilterLast));
        }
    }

    /// <inheritdoc/>
    protected override Batched BatchTensor(Node node, IReadOnlyList<Batched> operands, Extent size)
    {
        Batched left = ConvLast.Plain(operands[0], InputLast), right = ConvLast.Plain(operands[1], FilterLast);
        Batched result = (left, right) switch
        {
            ({ IsBatched: true } x, { IsBatched: true } f) => ConvBatching.Both(AllPlain, x, f, size),
            ({ IsBatched: true } x, var f) => ConvBatching.Input(AllPlain, x, f.Value, size),
            (var x, var f) => ConvBatching.Filter(AllPlain, x.Value, f, size),
        };
        return ConvLast.Last(result, OutputLast);
    }

    private static void AddPlane<T>(ReadOnlySpan<T> x, int start, ReadOnlySpan<T> filter, ReadOnlySpan<int> taps, Span<T> plane)
        where T : INumberBase<T>
    {
        for (int i = 0; i < taps.Length; i++)
        {
            T element = taps[i] >= 0 ? x[start + taps[i]] : T.Zero;
            plane[i / filter.Length] += element * filter[i % filter.Length];
        }
    }

    /// <summary>The convolution of the types with their second axes in place.</summary>
    internal ConvView View(ImmutableArray<ValueType> operands) => new(
        AllPlain,
        ConvLast.Plain(((TensorType)operands[0]).Shape, InputLast),
        ConvLast.Plain(((TensorType)operands[1]).Shape, FilterLast));

    private static TensorType Plain(TensorType type, bool last) => last && type.Rank is >= 3 and <= 5
        ? type with { Shape = ConvLast.Plain(type.Shape, last) }
        : type;

    private void CheckGroups(TensorType x, TensorType f)
    {
        var view = new ConvView(this, x.Shape, f.Shape);
        int leading = f.Shape[0].Value;
        if (FeatureGroups < 1 || BatchGroups < 1 || (FeatureGroups > 1 && BatchGroups > 1) || leading % FeatureGroups != 0)
        {
            throw new TypeRuleException(
                $"{Name}: {FeatureGroups} feature groups must divide the first axis of filter {f}, and they or the {BatchGroups} "
                + "batch groups are 1.");
        }

        if (view.Images % BatchGroups != 0 || view.Outputs % BatchGroups != 0)
        {
            throw new TypeRuleException(
                $"{Name}: {BatchGroups} batch groups do not divide {view.Images} images and {view.Outputs} output channels.");
        }

        if (view.GroupChannels * FeatureGroups != view.Channels)
        {
            throw new TypeRuleException(
                $"{Name}: the filter {f} sees {view.GroupChannels} channels in each of {FeatureGroups} groups, "
                + $"but the input {x} has {view.Channels}.");
        }
    }
}

public static partial class Ops
{
    /// <summary>Convolution of input [N, C, S…] with filter [O, C / groups, W…].</summary>
    public static Value Conv(Value input, Value filter, Ints strides, Ints padLow, Ints padHigh, int groups = 1)
    {
        Ints ones = Ints.Repeat(1, strides.Count);
        return Apply(new ConvGeneral(strides, padLow, padHigh, ones, ones, groups, 1, false, false, false, false), input, filter);
    }
}
