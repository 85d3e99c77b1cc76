using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;

namespace Adjoint.Primitives;

/// <summary>Windows that slide over a tensor: one number of each attribute for every axis.</summary>
/// <param name="Extents">Elements of a window.</param>
/// <param name="Strides">Distance of windows.</param>
/// <param name="Low">Padding before; negative crops.</param>
/// <param name="High">Padding behind; negative crops.</param>
/// <param name="Dilation">Distance of a window's elements.</param>
internal readonly record struct SlidingWindow(Ints Extents, Ints Strides, Ints Low, Ints High, Ints Dilation)
{
    /// <summary>The windows of a shape, axis by axis.</summary>
    internal WindowAxis[] Axes(Shape shape)
    {
        SlidingWindow window = this;
        return [.. shape.Select((extent, i) => new WindowAxis(
            extent.Value, window.Extents[i], window.Strides[i], window.Low[i], window.High[i], 1, window.Dilation[i]))];
    }

    /// <summary>The shape of one number a window.</summary>
    internal Shape Result(Shape shape) => Shape.Of([.. Axes(shape).Select(axis => axis.Output)]);

    /// <summary>Throws unless the windows fit the operand.</summary>
    internal void Check(string name, TensorType x)
    {
        Ints[] each = [Extents, Strides, Low, High, Dilation];
        if (each.Any(numbers => numbers.Count != x.Rank) || Extents.Concat(Strides).Concat(Dilation).Any(number => number < 1))
        {
            throw new TypeRuleException(
                $"{name}: window {Extents}, strides {Strides}, paddings {Low} and {High} and dilation {Dilation} need {x.Rank} numbers "
                + $"each for {x}; window, strides and dilation are at least 1.");
        }

        CheckReach(name, Axes(x.Shape));
    }

    /// <summary>Throws where dilation and padding make an axis longer than an array can be.</summary>
    internal static void CheckReach(string name, IEnumerable<WindowAxis> axes)
    {
        foreach (WindowAxis axis in axes)
        {
            long dilated = (Math.Max(axis.Input - 1L, 0) * axis.InputDilation) + 1;
            long reach = ((axis.Window - 1L) * axis.WindowDilation) + 1;
            if (Math.Max(dilated, reach) + Math.Abs((long)axis.Low) + Math.Abs((long)axis.High) + axis.Stride > int.MaxValue)
            {
                throw new TypeRuleException($"{name}: an axis is too long: {axis}.");
            }
        }
    }

    /// <summary>With another axis at this place, which the windows leave as it is.</summary>
    internal SlidingWindow WithAxis(int axis) => new(
        new(Extents.Items.Insert(axis, 1)),
        new(Strides.Items.Insert(axis, 1)),
        new(Low.Items.Insert(axis, 0)),
        new(High.Items.Insert(axis, 0)),
        new(Dilation.Items.Insert(axis, 1)));

    /// <summary>For each window the places of its elements that lie within the operand, in row-major order.</summary>
    internal IEnumerable<ReadOnlyMemory<int>> Places(Shape shape)
    {
        WindowAxis[] axes = Axes(shape);
        int[] outputs = Array.ConvertAll(axes, axis => axis.Output);
        int[] extents = [.. Extents];
        int[] strides = shape.Strides();
        var window = new int[axes.Length];
        var places = new int[Extents.Aggregate(1, (size, extent) => size * extent)];
        if (outputs.Contains(0))
        {
            yield break;
        }

        do
        {
            yield return places.AsMemory(0, Fill(axes, strides, window, extents, places));
        }
        while (Boxes.Next(window, outputs));
    }

    /// <summary>Windows of up to three elements, some of which may lie in padding alone.</summary>
    internal static SlidingWindow Draw(SampleSource source, int rank) => new(
        Draws.Each(rank, _ => source.Int(1, 3)),
        Draws.Each(rank, _ => source.Int(1, 2)),
        Draws.Each(rank, _ => source.Int(-1, 1)),
        Draws.Each(rank, _ => source.Int(-1, 1)),
        Draws.Each(rank, _ => source.Int(1, 2)));

    /// <summary>Windows each of which has an element of the tensor: a maximum is finite.</summary>
    internal static SlidingWindow DrawCovering(SampleSource source, int rank)
    {
        Ints extents = Draws.Each(rank, _ => source.Int(1, 3));
        Ints dilation = Draws.Each(rank, _ => source.Int(1, 2));
        Ints Padding() => Draws.Each(rank, axis => source.Int(-1, dilation[axis] == 1 ? extents[axis] - 1 : 0));
        return new(extents, Draws.Each(rank, _ => source.Int(1, 2)), Padding(), Padding(), dilation);
    }

    private static int Fill(WindowAxis[] axes, int[] strides, int[] window, int[] extents, int[] places)
    {
        var element = new int[axes.Length];
        int count = 0;
        do
        {
            int place = 0;
            bool within = true;
            for (int i = 0; i < axes.Length && within; i++)
            {
                int at = (window[i] * axes[i].Stride) + (element[i] * axes[i].WindowDilation) - axes[i].Low;
                within = at >= 0 && at < axes[i].Input;
                place += at * strides[i];
            }

            if (within)
            {
                places[count++] = place;
            }
        }
        while (Boxes.Next(element, extents));
        return count;
    }
}
