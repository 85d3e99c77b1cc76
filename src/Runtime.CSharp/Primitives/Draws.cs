using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>What several primitives draw.</summary>
internal static class Draws
{
    /// <summary>The axes of a rank in some order.</summary>
    internal static Axes Order(SampleSource source, int rank)
    {
        List<int> left = [.. Enumerable.Range(0, rank)];
        List<int> order = [];
        while (left.Count > 0)
        {
            int next = source.Int(0, left.Count - 1);
            order.Add(left[next]);
            left.RemoveAt(next);
        }

        return new(order);
    }

    /// <summary>Some of the axes of a rank, in order.</summary>
    internal static Axes Some(SampleSource source, int rank) => new(Enumerable.Range(0, rank).Where(_ => source.Bool()));

    /// <summary>One whole number for each axis.</summary>
    internal static Ints Each(int rank, Func<int, int> draw) => new(Enumerable.Range(0, rank).Select(draw).ToArray());

    /// <summary>Two floating arrays, all of whose elements together are distinct.</summary>
    internal static (NDArray First, NDArray Second) Distinct(SampleSource source, DType type, Shape first, Shape second)
    {
        NDArray all = source.Distinct(type, Shape.Of(first.Size + second.Size));
        return (Part(all, 0, first), Part(all, first.Size, second));
    }

    private static NDArray Part(NDArray all, int start, Shape shape)
    {
        NDArray part = NDArray.New(all.Type, shape);
        Boxes.Copy(new(all, start, [1]), new(part, 0, [1]), [shape.Size]);
        return part;
    }
}
