using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Tangents of scatter, for each kind of update.</summary>
internal static class ScatterTangents
{
    /// <summary>Linear in both: the same scatter of the tangents.</summary>
    internal static Value Set(Scatter scatter, Node node, Value? dx, Value? du) => Ops.Apply(
        scatter, dx ?? Ops.Zeros(node.Operands[0].Tensor), node.Operands[1], du ?? Ops.Zeros(node.Operands[2].Tensor));

    /// <summary>Linear in both: the same scatter of the tangents.</summary>
    internal static Value Add(Scatter scatter, Node node, Value? dx, Value? du) => du is null
        ? dx!
        : Ops.Apply(scatter, dx ?? Ops.Zeros(node.Operands[0].Tensor), node.Operands[1], du);

    /// <summary>Splits evenly among all that attain the extremum.</summary>
    internal static Value Extremum(Scatter scatter, Node node, Value? dx, Value? du)
    {
        Value x = node.Operands[0];
        Value updates = node.Operands[2];
        DType type = x.Tensor.DType;
        Scatter add = scatter with { Update = ScatterUpdate.Add };
        Value xAttains = Ops.Equal(x, node.Result);
        Value updateAttains = Ops.Equal(updates, scatter.Read(node.Result, node));
        Value count = Ops.Apply(add, Ops.Convert(xAttains, type), node.Operands[1], Ops.Convert(updateAttains, type));
        Value sum = dx is null ? Ops.Zeros(x.Tensor) : Ops.Select(xAttains, dx, Ops.Zeros(x.Tensor));
        if (du is not null)
        {
            sum = Ops.Apply(add, sum, node.Operands[1], Ops.Select(updateAttains, du, Ops.Zeros(updates.Tensor)));
        }

        return sum / count;
    }

    /// <summary>Each factor's tangent times the product of the element's other factors, right at zeros and with several updates.</summary>
    internal static Value? Mul(Scatter scatter, Node node, Value? dx, Value? du)
    {
        Value? first = dx is null ? null : Ops.Apply(scatter, dx, node.Operands[1], node.Operands[2]);
        if (du is null || node.Operands[2].Tensor.Shape.Size == 0)
        {
            return first;
        }

        Value second = OfFactors(scatter, node, du);
        return first is null ? second : first + second;
    }

    /// <summary>Where an update is the last one of its element, and so stays when updates are set.</summary>
    internal static Value Stays(Scatter scatter, Node node)
    {
        Shape shape = node.Operands[2].Tensor.Shape;
        Value numbers = Numbers(shape);
        Value none = Ops.Zeros(new TensorType(DType.I64, node.Operands[0].Tensor.Shape));
        Value last = Ops.Apply(scatter with { Update = ScatterUpdate.Set }, none, node.Operands[1], numbers);
        return Ops.Equal(scatter.Read(last, node), numbers);
    }

    /// <summary>Sorts the updates by element, so that the other factors of each are the products before and after it.</summary>
    private static Value OfFactors(Scatter scatter, Node node, Value du)
    {
        Value x = node.Operands[0];
        Value Flat(Value value) => Ops.Reshape(value, Shape.Of(value.Tensor.Shape.Size));
        Value element = Flat(scatter.Read(Numbers(x.Tensor.Shape), node));
        Value[] sorted = Ops.Sort(0, false, element, Ops.Iota(DType.I64, element.Tensor.Shape, 0));
        Value place = sorted[0] - 1;
        Value taken = Ops.Take(Flat(node.Operands[2]), sorted[1], 0);

        // Updates left out multiply nothing: their own product might overflow.
        Value within = Ops.Greater(sorted[0], Ops.ZerosLike(sorted[0]));
        Value factors = Ops.Select(within, taken, Ops.OnesLike(taken));
        Value before = SegmentProducts.Before(factors, sorted[0]);
        Value after = Ops.Reverse(SegmentProducts.Before(Ops.Reverse(factors, new(0)), Ops.Reverse(sorted[0], new(0))), new(0));
        Value others = Ops.Select(within, Ops.Take(Flat(x), place, 0) * before * after, Ops.ZerosLike(taken));
        Value terms = others * Ops.Take(Flat(du), sorted[1], 0);
        Value sums = Ops.ScatterAlong(Ops.Zeros(Flat(x).Tensor), place, terms, 0, ScatterUpdate.Add);
        return Ops.Reshape(sums, x.Tensor.Shape);
    }

    /// <summary>1, 2, 3 … in row-major order; 0 is left for what lies out of range.</summary>
    private static Value Numbers(Shape shape) => Ops.Reshape(Ops.Iota(DType.I64, Shape.Of(shape.Size), 0), shape) + 1;
}
