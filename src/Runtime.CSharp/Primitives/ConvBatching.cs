using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Convolutions of all lanes at once: lanes become images, output channels, or groups.</summary>
internal static class ConvBatching
{
    /// <summary>One filter for all lanes: lanes are images.</summary>
    internal static Batched Input(ConvGeneral conv, Batched x, Value filter, Extent size)
    {
        Value images = Merge(x, conv.InputSwapped ? 1 : 0, conv.BatchGroups);
        return Split(Ops.Apply(conv, images, filter), conv.OutputSwapped ? 1 : 0, 1, size);
    }

    /// <summary>One input for all lanes: lanes are output channels, within the groups.</summary>
    internal static Batched Filter(ConvGeneral conv, Value x, Batched filter, Extent size)
    {
        int groups = conv.FeatureGroups * conv.BatchGroups;
        Value outputs = conv.FilterSwapped ? Merge(filter, 1, conv.BatchGroups) : Merge(filter, 0, groups);
        return Split(Ops.Apply(conv, x, outputs), conv.OutputSwapped ? 0 : 1, groups, size);
    }

    /// <summary>Lanes are groups: of images where there are such, of channels otherwise.</summary>
    internal static Batched Both(ConvGeneral conv, Batched x, Batched filter, Extent size)
    {
        bool images = conv.BatchGroups > 1;
        ConvGeneral grouped = images
            ? conv with { BatchGroups = (size * conv.BatchGroups).Value }
            : conv with { FeatureGroups = (size * conv.FeatureGroups).Value };
        Value input = Merge(x, conv.InputSwapped == images ? 1 : 0, 1);
        Value filters = Merge(filter, images && conv.FilterSwapped ? 1 : 0, 1);
        return Split(Ops.Apply(grouped, input, filters), conv.OutputSwapped ? 0 : 1, 1, size);
    }

    /// <summary>Lanes joined with an axis: (groups, lanes, elements of a group).</summary>
    private static Value Merge(Batched x, int axis, int groups)
    {
        Value front = Ops.MoveAxis(x.Value, x.Axis, 0);
        Shape shape = front.Tensor.Shape;
        Extent lanes = shape[0];
        Extent extent = shape[axis + 1];
        Value split = Ops.Reshape(front, shape.With(axis + 1, extent / groups).Insert(axis + 1, groups));
        return Ops.Reshape(Ops.MoveAxis(split, 0, axis + 1), shape.Remove(0).With(axis, lanes * extent));
    }

    /// <summary>Lanes taken out of an axis (groups, lanes, elements of a group), to the front.</summary>
    private static Batched Split(Value y, int axis, int groups, Extent lanes)
    {
        Shape shape = y.Tensor.Shape;
        Extent extent = shape[axis] / lanes.Value;
        Shape parts = shape.With(axis, extent / groups).Insert(axis, lanes).Insert(axis, groups);
        Value front = Ops.MoveAxis(Ops.Reshape(y, parts), axis + 1, 0);
        return new(Ops.Reshape(front, shape.With(axis, extent).Insert(0, lanes)), 0);
    }
}
