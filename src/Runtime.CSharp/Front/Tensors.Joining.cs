using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Joining, splitting, padding and repeating.</content>
public static partial class Tensors
{
    /// <summary>Tensors one behind the other along an axis.</summary>
    /// <exception cref="ShapeException">Extents of other axes differ.</exception>
    public static Expr Concat(IReadOnlyList<Expr> parts, int axis = 0)
    {
        CheckSome("concat", parts);
        int at = Axis.Of("concat", axis, parts[0].Rank, parts[0].Type.ToString());
        return Building.Make([.. parts], values => Ops.Concatenate(at, [.. values]));
    }

    /// <summary>Tensors of one shape along a new axis of the result.</summary>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Expr Stack(IReadOnlyList<Expr> parts, int axis = 0)
    {
        CheckSome("stack", parts);
        if (parts.FirstOrDefault(part => !part.Shape.Equals(parts[0].Shape)) is { } other)
        {
            throw new ShapeException($"stack: shapes differ; the first is {parts[0].Type}, another is {other.Type}.").Here();
        }

        int at = Axis.Of("stack", axis, parts[0].Rank + 1, "the result");
        return Concat([.. parts.Select(part => part.ExpandDims(at))], at);
    }

    /// <summary>Equal parts along an axis.</summary>
    /// <exception cref="ShapeException">The axis does not divide into so many.</exception>
    public static Expr[] Split(this Expr x, int parts, int axis = 0)
    {
        int at = Axis.Of("split", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        return parts > 0 && extent % parts == 0
            ? x.Split([.. Enumerable.Repeat(extent / parts, parts)], at)
            : throw new ShapeException($"split: axis {axis} of {x.Type} does not divide into {parts} equal parts.").Here();
    }

    /// <summary>Parts of these extents along an axis.</summary>
    /// <exception cref="ShapeException">They do not add up to the axis.</exception>
    public static Expr[] Split(this Expr x, int[] extents, int axis = 0)
    {
        int at = Axis.Of("split", axis, x.Rank, x.Type.ToString());
        if (extents.Any(extent => extent < 0) || extents.Sum() != x.Shape[at].Value)
        {
            throw new ShapeException($"split: [{string.Join(", ", extents)}] does not add up to axis {axis} of {x.Type}.").Here();
        }

        int start = 0;
        return [.. extents.Select(extent =>
        {
            (int low, int high) = (start, start + extent);
            start = high;
            return Building.Make(x, value => Ops.SliceAxis(value, at, low, high));
        })];
    }

    /// <summary>A number before and after the elements along each axis; negative widths take away.</summary>
    public static Expr Pad(this Expr x, IReadOnlyList<(int Low, int High)> widths, double number = 0.0)
    {
        Expr value = Full(Shape.Scalar, Literals.Adapt("pad", number, x.DType));
        return x.Pad(widths, value);
    }

    /// <summary>A number before and after the elements along each axis; negative widths take away.</summary>
    public static Expr Pad(this Expr x, IReadOnlyList<(int Low, int High)> widths, Expr number)
    {
        if (widths.Count != x.Rank)
        {
            throw new ShapeException($"pad: {widths.Count} widths for the {x.Rank} axes of {x.Type}; one pair each is wanted.").Here();
        }

        return Building.Make(x, number, (value, outside) => Ops.Pad(
            value, outside, new(widths.Select(width => width.Low)), new(widths.Select(width => width.High)), Ints.Repeat(0, x.Rank)));
    }

    /// <summary>The tensor so many times along each axis; missing counts, and missing axes, stand at the front.</summary>
    public static Expr Tile(this Expr x, params int[] counts)
    {
        int rank = Math.Max(x.Rank, counts.Length);
        int[] times = [.. Enumerable.Repeat(1, rank - counts.Length), .. counts];
        int[] extents = [.. Enumerable.Repeat(1, rank - x.Rank), .. x.Shape.ToArray()];
        if (times.Any(count => count < 0))
        {
            throw new ShapeException($"tile: counts [{string.Join(", ", counts)}] must be at least 0.").Here();
        }

        Shape paired = Shape.Of([.. times.Zip(extents).SelectMany(pair => new[] { pair.First, pair.Second })]);
        var own = new Axes(Enumerable.Range(0, rank).Select(axis => (2 * axis) + 1));
        Shape tiled = Shape.Of([.. times.Zip(extents, (count, extent) => count * extent)]);
        return Building.Make(x, value => Ops.Reshape(Ops.Broadcast(Ops.Reshape(value, Shape.Of(extents)), paired, own), tiled));
    }

    /// <summary>Elements moved up along an axis; those that leave at the end come in at the start.</summary>
    public static Expr Roll(this Expr x, int distance, int axis = 0)
    {
        int at = Axis.Of("roll", axis, x.Rank, x.Type.ToString());
        int extent = x.Shape[at].Value;
        int cut = extent == 0 ? 0 : (((-distance) % extent) + extent) % extent;
        return cut == 0 ? x : Building.Make(x, value => Ops.Concatenate(
            at, Ops.SliceAxis(value, at, cut, extent), Ops.SliceAxis(value, at, 0, cut)));
    }

    /// <summary>Elements in reverse order along axes; all of them unless given.</summary>
    public static Expr Flip(this Expr x, params int[] axes)
    {
        Axes over = Axis.Of("flip", axes.Length == 0 ? null : axes, x);
        return Building.Make(x, value => Ops.Reverse(value, over));
    }

    private static void CheckSome(string operation, IReadOnlyList<Expr> parts)
    {
        if (parts.Count == 0)
        {
            throw new ShapeException($"{operation}: there are no parts.").Here();
        }

        foreach (Expr part in parts)
        {
            Broadcasting.SameDType(operation, parts[0], part);
        }
    }
}
