using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Images of one to three dimensions, read between their elements.</content>
public static partial class Tensors
{
    /// <summary>The last axes with other extents. Element i of m lies at (i + ½) n/m − ½ of n: half-pixel centres, corners not aligned.</summary>
    /// <remarks>
    /// As jax.image.resize without antialiasing and TensorFlow's image.resize: where an image shrinks, elements are read and not averaged.
    /// </remarks>
    /// <param name="x">The tensor; floating or complex for Linear.</param>
    /// <param name="extents">The last axes' extents.</param>
    /// <param name="method">What an element is.</param>
    public static Expr Resize(this Expr x, int[] extents, ResizeMethod method = ResizeMethod.Linear)
    {
        Demand.AtLeast("resize", x, extents.Length);
        if (method == ResizeMethod.Linear)
        {
            Demand.Differentiable("resize", x);
        }

        for (int i = 0; i < extents.Length; i++)
        {
            int axis = x.Rank - extents.Length + i;
            Demand.AtLeast("resize", $"the new extent of axis {axis}", extents[i], 1);
            Demand.AtLeast("resize", $"the extent of axis {axis} of {x.Type}", x.Shape[axis].Value, 1);
            x = x.Shape[axis].Value == extents[i] ? x : method == ResizeMethod.Nearest
                ? Nearest(x, axis, extents[i])
                : Between(x, axis, extents[i]);
        }

        return x;
    }

    /// <summary>The last axes so many times as long. See <see cref="Resize"/>.</summary>
    public static Expr Upsample(this Expr x, int[] factors, ResizeMethod method = ResizeMethod.Nearest)
    {
        Demand.AtLeast("upsample", x, factors.Length);
        int lead = x.Rank - factors.Length;
        return x.Resize([.. factors.Select((factor, i) => factor * x.Shape[lead + i].Value)], method);
    }

    /// <summary>The tensor read at coordinates between its elements, which lie at whole ones: one tensor of coordinates for each axis.</summary>
    /// <param name="x">The tensor.</param>
    /// <param name="coordinates">Floating tensors that broadcast to the result's shape, one for each axis.</param>
    /// <param name="order">1: on the multilinear function between elements, derivatives pass to coordinates; 0: the nearest element, halves away from 0.</param>
    /// <param name="mode">What lies beyond the ends.</param>
    /// <param name="number">The number of mode Constant.</param>
    public static Expr MapCoordinates(
        this Expr x, IReadOnlyList<Expr> coordinates, int order = 1, CoordinateMode mode = CoordinateMode.Constant, double number = 0.0)
    {
        if (coordinates.Count != x.Rank || x.Rank == 0 || order is not (0 or 1))
        {
            throw new ShapeException($"map_coordinates: {coordinates.Count} coordinates for the {x.Rank} axes of {x.Type}, order {order}; "
                + "one for each axis, and order 0 or 1, are wanted.").Here();
        }

        Demand.AtLeast("map_coordinates", $"the number of elements of {x.Type}", x.Size, 1);
        Expr[] places = Demand.Together("map_coordinates", coordinates);
        Demand.Floating("map_coordinates", places[0]);
        Expr flat = x.Flatten();
        Expr? sum = null;
        for (int corner = 0; corner < (order == 0 ? 1 : 1 << x.Rank); corner++)
        {
            Expr part = Corner(x, flat, places, order, corner, mode, number);
            sum = sum is null ? part : sum + part;
        }

        return sum!;
    }

    private static Expr Corner(Expr x, Expr flat, Expr[] places, int order, int corner, CoordinateMode mode, double number)
    {
        int[] strides = x.Shape.Strides();
        Expr index = Zeros(DType.I64, places[0].Shape.ToArray());
        Expr inside = Full(index.Shape, Scalar.Of(true));
        Expr? weight = null;
        for (int axis = 0; axis < places.Length; axis++)
        {
            bool upper = (corner >> axis & 1) == 1;
            Expr whole = order == 0 ? places[axis].RoundHalfAway() : places[axis].Floor();
            Expr own = whole.Cast(DType.I64) + (upper ? 1L : 0L);
            Expr fraction = places[axis] - whole;
            Expr share = upper ? fraction : 1.0 - fraction;
            weight = weight is null ? share : weight * share;
            inside = inside.And(own.GreaterOrEqual(0).And(own.Less(x.Shape[axis].Value)));
            index += Inward(own, x.Shape[axis].Value, mode) * (long)strides[axis];
        }

        Expr read = flat.Take(index);
        Expr known = mode == CoordinateMode.Constant ? inside.Where(read, number) : read;
        return order == 0 ? known : known * (known.DType == weight!.DType ? weight : weight.Cast(known.DType));
    }

    /// <summary>The element that an index beyond the ends stands for.</summary>
    private static Expr Inward(Expr index, int extent, CoordinateMode mode)
    {
        switch (mode)
        {
            case CoordinateMode.Wrap:
                return index.Mod(extent);
            case CoordinateMode.Mirror:
                Expr once = index.Mod(Math.Max((2 * extent) - 2, 1));
                return once.Less(extent).Where(once, ((2L * extent) - 2L) - once);
            case CoordinateMode.Reflect:
                Expr twice = index.Mod(2 * extent);
                return twice.Less(extent).Where(twice, ((2L * extent) - 1L) - twice);
            default:
                return index.Clip(0, extent - 1);
        }
    }

    private static Expr Nearest(Expr x, int axis, int extent)
    {
        int old = x.Shape[axis].Value;
        return x.Take(Expr.Of([.. Enumerable.Range(0, extent).Select(i => (int)(((2L * i) + 1) * old / (2L * extent)))]), axis);
    }

    private static Expr Between(Expr x, int axis, int extent)
    {
        int old = x.Shape[axis].Value;
        double[] places = [.. Enumerable.Range(0, extent).Select(i => Math.Clamp(((i + 0.5) * old / extent) - 0.5, 0, old - 1))];
        int[] low = [.. places.Select(place => (int)place)];
        int[] high = [.. low.Select(index => Math.Min(index + 1, old - 1))];
        Expr weight = Expr.Of([.. places.Zip(low, (place, index) => place - index)])
            .Cast(x.DType).Reshape([.. Enumerable.Range(0, x.Rank).Select(i => i == axis ? extent : 1)]);
        Expr from = x.Take(Expr.Of(low), axis);
        return from + ((x.Take(Expr.Of(high), axis) - from) * weight);
    }
}
