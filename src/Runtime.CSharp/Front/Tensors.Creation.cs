using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <content>Tensors from nothing but their type.</content>
public static partial class Tensors
{
    /// <summary>A number everywhere.</summary>
    public static Expr Full(DType type, Shape shape, double number)
    {
        Scalar scalar = Literals.Adapt("full", number, type);
        return Building.Make(() => Ops.Full(shape, scalar));
    }

    /// <summary>A number everywhere, complex or exact integers too.</summary>
    public static Expr Full(Shape shape, Scalar number) => Building.Make(() => Ops.Full(shape, number));

    /// <summary>A concrete or traced number repeated to a shape.</summary>
    public static Expr Full(Shape shape, Expr number) => number.BroadcastTo(shape);

    /// <summary>Zeros.</summary>
    public static Expr Zeros(DType type, params int[] extents) => Full(Shape.Of(extents), Scalar.Zero(type));

    /// <summary>Ones.</summary>
    public static Expr Ones(DType type, params int[] extents) => Full(Shape.Of(extents), Scalar.One(type));

    /// <summary>Zeros of a tensor's type.</summary>
    public static Expr ZerosLike(this Expr x) => Full(x.Shape, Scalar.Zero(x.DType));

    /// <summary>Ones of a tensor's type.</summary>
    public static Expr OnesLike(this Expr x) => Full(x.Shape, Scalar.One(x.DType));

    /// <summary>0, 1 … count − 1.</summary>
    public static Expr Iota(DType type, int count) => Building.Make(() => Ops.Iota(type, Shape.Of(count), 0));

    /// <summary>Each element's own index along an axis of a shape.</summary>
    public static Expr Iota(DType type, Shape shape, int axis)
    {
        int at = Axis.Of("iota", axis, shape.Rank);
        return Building.Make(() => Ops.Iota(type, shape, at));
    }

    /// <summary>start, start + step … up to stop, which is excluded.</summary>
    public static Expr Arange(DType type, double start, double stop, double step = 1.0)
    {
        double count = Math.Ceiling((stop - start) / step);
        if (step == 0 || double.IsNaN(count) || count > int.MaxValue)
        {
            throw new ShapeException($"arange: from {start} to {stop} by {step} has no end.").Here();
        }

        Expr indices = Iota(type, (int)Math.Max(count, 0));
        return (step == 1 ? indices : indices * step) is var steps && start == 0 ? steps : steps + start;
    }

    /// <summary>Evenly spaced numbers from start to stop, which is left out where endpoint is false.</summary>
    public static Expr Linspace(DType type, double start, double stop, int count, bool endpoint = true)
    {
        if (!type.IsFloating())
        {
            throw new DTypeException($"linspace: {type.Name()} is no floating dtype.").Here();
        }

        Expr indices = Iota(type, count);
        Expr fraction = indices / Math.Max(endpoint ? count - 1 : count, 1);
        return (start * (1.0 - fraction)) + (stop * fraction);
    }

    /// <summary>Ones on a diagonal of a matrix, zeros elsewhere; the diagonal above the main one counts 1.</summary>
    public static Expr Eye(DType type, int rows, int? columns = null, int diagonal = 0)
    {
        Shape shape = Shape.Of(rows, columns ?? rows);
        Expr row = Iota(DType.I32, shape, 0);
        Expr column = Iota(DType.I32, shape, 1);
        return (row + diagonal).Equal(column).Cast(type);
    }

    /// <summary>A square matrix of ones on the diagonal, as a value.</summary>
    internal static Value EyeOf(DType type, int count)
    {
        Shape shape = Shape.Of(count, count);
        return Ops.Convert(Ops.Equal(Ops.Iota(DType.I32, shape, 0), Ops.Iota(DType.I32, shape, 1)), type);
    }
}
