using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>
/// Sums and maxima of windows that lie side by side are those of slices, one for each place of a window: elementwise, so that they join what comes
/// before and after.
/// </summary>
/// <remarks>The order of a sum is that of the kernel: over the rows of a window first, then along its last axis.</remarks>
internal static class OpenWindows
{
    /// <summary>The most elements of a window.</summary>
    private const int Most = 16;

    /// <summary>The graph, in bodies too, without such windows.</summary>
    public static Graph Apply(Graph graph) => new Rewriter(_ => (node, _) => Of(node) is { } open ? [open] : node.Results).Apply(graph);

    private static Value? Of(Node node) => node.Primitive switch
    {
        WindowSum sum when node.Result.Tensor.DType is not (DType.F16 or DType.BF16) =>
            Of(node, new(sum.Window, sum.Strides, sum.PadLow, sum.PadHigh, sum.Dilation), Ops.Add),
        WindowMax max => Of(node, new(max.Window, max.Strides, max.PadLow, max.PadHigh, max.Dilation), Ops.Max),
        _ => null,
    };

    private static Value? Of(Node node, SlidingWindow window, Func<Value, Value, Value> join)
    {
        int size = window.Extents.Aggregate(1, (product, extent) => Math.Min(product * extent, 2 * Most));
        if (size is 1 or > Most || !IsOpen(window) || node.Result.Tensor.Shape.Size == 0)
        {
            return null;
        }

        int last = window.Extents.Count - 1;
        Value[] columns = new Value[window.Extents[last]];
        foreach (int[] place in Places(window.Extents))
        {
            Value slice = At(node, window, place);
            columns[place[last]] = columns[place[last]] is { } before ? join(before, slice) : slice;
        }

        return columns.Aggregate(join);
    }

    /// <summary>Whether every element is in one window at most, and none reaches out.</summary>
    private static bool IsOpen(SlidingWindow window) => window.Extents.Equals(window.Strides)
        && window.Low.All(width => width == 0) && window.High.All(width => width <= 0) && window.Dilation.All(distance => distance == 1);

    /// <summary>The elements at one place of every window.</summary>
    private static Value At(Node node, SlidingWindow window, int[] place)
    {
        Shape shape = node.Result.Tensor.Shape;
        var limit = new Ints(place.Select((start, axis) => start + ((shape[axis].Value - 1) * window.Strides[axis]) + 1));
        return Ops.Slice(node.Operands[0], new(place), limit, window.Strides);
    }

    /// <summary>The places of a window, in row-major order.</summary>
    private static IEnumerable<int[]> Places(Ints extents)
    {
        int[] place = new int[extents.Count];
        int[] ends = [.. extents];
        do
        {
            yield return [.. place];
        }
        while (Boxes.Next(place, ends));
    }
}
