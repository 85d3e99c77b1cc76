using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Windows that move over a tensor, laid out as elements, and back.</content>
public static partial class Tensors
{
    /// <summary>
    /// All windows over some axes: those axes become the windows' places, and the elements of windows lie along new last axes. As NumPy's
    /// sliding_window_view, with strides and dilation.
    /// </summary>
    /// <param name="x">The tensor.</param>
    /// <param name="windows">The window's extents.</param>
    /// <param name="axes">The axes; the last ones unless given.</param>
    /// <param name="strides">Distance of windows; 1 unless given.</param>
    /// <param name="dilation">Distance of a window's elements; 1 unless given.</param>
    /// <exception cref="ShapeException">A window is wider than its axis.</exception>
    public static Expr SlidingWindows(
        this Expr x, int[] windows, int[]? axes = null, int[]? strides = null, int[]? dilation = null)
    {
        Demand.AtLeast("sliding_windows", x, windows.Length);
        int[] along = [.. (axes ?? [.. Enumerable.Range(x.Rank - windows.Length, windows.Length)])
            .Select(axis => Axis.Of("sliding_windows", axis, x.Rank, x.Type.ToString()))];
        int[] steps = ForEach("sliding_windows", "strides", strides, windows.Length);
        int[] apart = ForEach("sliding_windows", "dilations", dilation, windows.Length);
        if (along.Length != windows.Length)
        {
            throw new ShapeException($"sliding_windows: {windows.Length} windows for {along.Length} axes; one each is wanted.").Here();
        }

        Expr result = x;
        for (int i = 0; i < along.Length; i++)
        {
            int places = PlacesOf("sliding_windows", x, along[i], (0, 0), windows[i], steps[i], apart[i]);
            result = result.Take(WindowIndices(places, windows[i], steps[i], apart[i]), along[i]).MoveAxis(along[i] + 1, -1);
        }

        return result;
    }

    /// <summary>Windows of [N, C, S…] as columns: [N, C × window, places], as PyTorch's unfold; the matrix of which a convolution is a product.</summary>
    /// <param name="x">The input, with as many spatial axes as the window has.</param>
    /// <param name="window">The window's extents.</param>
    /// <param name="strides">Distance of windows; 1 unless given.</param>
    /// <param name="padding">Zeros around the input; none unless given.</param>
    /// <param name="dilation">Distance of a window's elements; 1 unless given.</param>
    public static Expr Im2Col(
        this Expr x, int[] window, int[]? strides = null, Padding? padding = null, int[]? dilation = null)
    {
        Demand.Rank("im2col", x, window.Length + 2);
        PatchPlan plan = PatchPlan.Of("im2col", x.Shape.ToArray()[2..], window, strides, padding, dilation);
        Expr views = x.Pad([(0, 0), (0, 0), .. plan.Widths]).SlidingWindows(window, null, plan.Strides, plan.Dilation);
        int axes = window.Length;
        int[] order = [0, 1, .. Enumerable.Range(axes + 2, axes), .. Enumerable.Range(2, axes)];
        return views.Permute(order).Reshape(x.Shape[0].Value, x.Shape[1].Value * SizeOf(window), -1);
    }

    /// <summary>Columns of windows added up to [N, C, S…]: the transpose of <see cref="Im2Col"/>, as PyTorch's fold.</summary>
    /// <param name="x">The columns: [N, C × window, places].</param>
    /// <param name="extents">The spatial extents of the result.</param>
    /// <param name="window">The window's extents.</param>
    /// <param name="strides">Distance of windows; 1 unless given.</param>
    /// <param name="padding">Zeros around the result, which are cut off; none unless given.</param>
    /// <param name="dilation">Distance of a window's elements; 1 unless given.</param>
    public static Expr Col2Im(
        this Expr x, int[] extents, int[] window, int[]? strides = null, Padding? padding = null, int[]? dilation = null)
    {
        Demand.Rank("col2im", x, 3);
        PatchPlan plan = PatchPlan.Of("col2im", extents, window, strides, padding, dilation);
        int size = SizeOf(window);
        if (size == 0 || x.Shape[1].Value % size != 0 || x.Shape[2].Value != SizeOf(plan.Places))
        {
            throw new ShapeException($"col2im: {x.Type} are no columns [N, C × {size}, {SizeOf(plan.Places)}] "
                + $"of windows [{string.Join(", ", window)}] over [{string.Join(", ", extents)}].").Here();
        }

        int axes = window.Length;
        int[] apart = [x.Shape[0].Value, x.Shape[1].Value / size, .. window, .. plan.Places];
        int[] order = [0, 1, .. Enumerable.Range(0, axes).SelectMany(i => new[] { 2 + axes + i, 2 + i })];
        Expr sum = x.Reshape(apart).Permute(order);
        for (int i = 0; i < axes; i++)
        {
            int padded = extents[i] + plan.Widths[i].Low + plan.Widths[i].High;
            Expr places = WindowIndices(plan.Places[i], window[i], plan.Strides[i], plan.Dilation[i]);
            Expr zeros = Zeros(x.DType, [.. sum.Shape.ToArray()[..(2 + i)], padded, .. sum.Shape.ToArray()[(4 + i)..]]);
            sum = zeros.ScatterAdd(places, sum, 2 + i);
        }

        return sum.Pad([(0, 0), (0, 0), .. plan.Widths.Select(width => (-width.Low, -width.High))]);
    }

    /// <summary>The elements of each window: [places, window].</summary>
    private static Expr WindowIndices(int places, int window, int stride, int dilation) =>
        (Iota(DType.I32, Shape.Of(places, window), 0) * (long)stride) + (Iota(DType.I32, Shape.Of(places, window), 1) * (long)dilation);

    /// <summary>How many windows lie in an axis.</summary>
    /// <exception cref="ShapeException">Not even one does.</exception>
    private static int PlacesOf(string operation, Expr x, int axis, (int Low, int High) padding, int window, int stride, int dilation)
    {
        Demand.AtLeast(operation, "the window's extent", window, 1);
        CheckFits(operation, x, axis, window, dilation, x.Shape[axis].Value, padding.Low, padding.High);
        return ((x.Shape[axis].Value + padding.Low + padding.High - (((window - 1) * dilation) + 1)) / stride) + 1;
    }

    /// <summary>Throws where a window is wider than what it moves over.</summary>
    private static void CheckFits(string operation, Expr x, int axis, int window, int dilation, int extent, int low, int high)
    {
        int reach = window == 0 ? 0 : ((window - 1) * dilation) + 1;
        if (reach > extent + low + high)
        {
            string spread = dilation == 1 ? "" : $" ({window} elements {dilation} apart)";
            string around = low == 0 && high == 0 ? "" : $", {extent + low + high} with padding ({low}, {high})";
            throw new ShapeException($"{operation}: the window's extent {reach}{spread} is wider than axis {axis} of the input {x.Type}, "
                + $"which has {extent}{around}. Pad the input, or use a smaller window?").Here();
        }
    }

    private static int SizeOf(int[] extents) => extents.Aggregate(1, (size, extent) => size * extent);

    /// <summary>How windows lie over spatial extents.</summary>
    private sealed record PatchPlan(int[] Strides, int[] Dilation, (int Low, int High)[] Widths, int[] Places)
    {
        internal static PatchPlan Of(
            string operation, int[] extents, int[] window, int[]? strides, Padding? padding, int[]? dilation)
        {
            int axes = window.Length;
            int[] steps = ForEach(operation, "strides", strides, axes);
            int[] apart = ForEach(operation, "dilations", dilation, axes);
            ForEach(operation, "window extents", window, axes);
            if (extents.Length != axes)
            {
                throw new ShapeException($"{operation}: a window of {axes} axes over {extents.Length} spatial axes.").Here();
            }

            int[] reach = [.. window.Zip(apart, (extent, step) => ((extent - 1) * step) + 1)];
            (Ints low, Ints high) = (padding ?? Padding.Valid).For(operation, extents, reach, steps);
            int[] free = [.. extents.Select((extent, i) => extent + low[i] + high[i] - reach[i])];
            int narrow = Array.FindIndex(free, rest => rest < 0);
            return narrow < 0
                ? new(steps, apart, [.. low.Zip(high)], [.. free.Zip(steps, (rest, step) => (rest / step) + 1)])
                : throw new ShapeException($"{operation}: the window's extent {reach[narrow]} is wider than spatial axis {narrow} of "
                    + $"[{string.Join(", ", extents)}] with its padding. Pad more, or use a smaller window?").Here();
        }
    }
}
