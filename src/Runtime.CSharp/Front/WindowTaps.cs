using Adjoint.Core;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Windows over a shape as one strided slice of the padded tensor for each element of a window.</summary>
internal sealed class WindowTaps
{
    private readonly int[] window;
    private readonly int[] strides;
    private readonly int[] dilation;
    private readonly Ints low;
    private readonly Ints high;
    private readonly Ints interior;

    private WindowTaps(int[] window, int[] strides, int[] dilation, int[] apart, Ints low, Ints high, Shape shape)
    {
        this.window = window;
        this.strides = strides;
        this.dilation = dilation;
        this.low = low;
        this.high = high;
        interior = new(apart.Select(distance => distance - 1));
        int[] padded = [.. shape.Select((extent, i) => Dilated(extent.Value, apart[i]) + low[i] + high[i])];
        Result = Shape.Of([.. padded.Select((extent, i) =>
            extent < Dilated(window[i], dilation[i]) ? 0 : ((extent - Dilated(window[i], dilation[i])) / strides[i]) + 1)]);
    }

    /// <summary>The shape of one number a window.</summary>
    internal Shape Result { get; }

    /// <summary>The elements of a window.</summary>
    internal int Count => window.Aggregate(1, (product, extent) => checked(product * extent));

    /// <summary>Windows by one number of each attribute for each axis.</summary>
    internal static WindowTaps Of(
        string operation,
        Shape shape,
        IReadOnlyList<int> window,
        IReadOnlyList<int>? strides,
        Padding? padding,
        IReadOnlyList<int>? dilation,
        IReadOnlyList<int>? inputDilation)
    {
        int rank = shape.Rank;
        int[] extents = Tensors.ForEach(operation, "window extents", window, rank);
        int[] steps = Tensors.ForEach(operation, "strides", strides, rank);
        int[] spread = Tensors.ForEach(operation, "dilations", dilation, rank);
        int[] apart = Tensors.ForEach(operation, "input dilations", inputDilation, rank);
        int[] input = [.. shape.Select((extent, i) => Dilated(extent.Value, apart[i]))];
        (Ints low, Ints high) = (padding ?? Padding.Valid).For(
            operation, input, [.. extents.Select((extent, i) => Dilated(extent, spread[i]))], steps);
        return new(extents, steps, spread, apart, low, high, shape);
    }

    /// <summary>For each element of a window, in row-major order, what it is in all windows.</summary>
    internal Expr[] Each(Expr x, Expr around)
    {
        Expr padded = Building.Make(x, around, (value, number) => Ops.Pad(value, number, low, high, interior));
        var element = new int[window.Length];
        var taps = new List<Expr>(Count);
        do
        {
            Ints start = new(element.Select((index, i) => Result.Size == 0 ? 0 : index * dilation[i]));
            Ints limit = new(start.Select((first, i) => Result.Size == 0 ? 0 : first + ((Result[i].Value - 1) * strides[i]) + 1));
            Expr tap = Building.Make(padded, value => Ops.Slice(value, start, limit, new(strides)));
            taps.Add(tap.Reshape(Result));
        }
        while (Boxes.Next(element, window));
        return [.. taps];
    }

    private static int Dilated(int extent, int distance) => extent == 0 ? 0 : ((extent - 1) * distance) + 1;
}
