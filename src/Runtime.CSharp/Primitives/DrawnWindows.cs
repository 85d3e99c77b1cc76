using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Windows as gather and scatter draw them: each axis of an operand is indexed, windowed, whole or paired.</summary>
/// <param name="Axes">How the axes belong together.</param>
/// <param name="Operand">The operand's shape.</param>
/// <param name="Sizes">The extents of a window along the operand's axes.</param>
/// <param name="Indices">Start indices, in and out of range.</param>
internal sealed record DrawnWindows(WindowAxes Axes, Shape Operand, IReadOnlyList<Extent> Sizes, NDArray Indices)
{
    private const int Indexed = 0;
    private const int Whole = 1;
    private const int Windowed = 2;
    private const int Paired = 3;

    /// <summary>The shape of the windows' tensor.</summary>
    internal Shape Windows => Axes.Windows(Indices.Shape, Sizes);

    internal static DrawnWindows Draw(SampleSource source)
    {
        Shape operand = source.Shape(1, 3);
        int[] kinds = [.. operand.Select(_ => source.Int(Indexed, Paired))];
        IEnumerable<int> Of(params int[] wanted) => Enumerable.Range(0, kinds.Length).Where(axis => wanted.Contains(kinds[axis]));
        Extent[] sizes = [.. operand.Select((extent, axis) => kinds[axis] switch
        {
            Whole => extent,
            Windowed => new Extent(source.Int(1, extent.Value)),
            _ => new Extent(1),
        })];

        int[] start = [.. Of(Indexed, Windowed)];
        int[] paired = [.. Of(Paired)];
        int free = source.Int(0, 1);
        Shape indices = source.Shape(free, free).Concat(operand.Select(paired)).Concat(Shape.Of(start.Length));
        int rank = indices.Rank - 1 + Of(Whole, Windowed).Count();
        IEnumerable<int> offset = Draws.Order(source, rank).Take(Of(Whole, Windowed).Count()).Order();
        var axes = new WindowAxes(
            new(offset), new(Of(Indexed)), new(start), new(paired), new(Enumerable.Range(free, paired.Length)));
        return new(axes, operand, sizes, source.Integers(source.Pick(DType.I64, DType.I32), indices, -1, 4));
    }
}
