using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Rules;

/// <summary>Reads and writes whose places are literals: a slice is cheaper than a dynamic one, and a write of everything is what is written.</summary>
/// <remarks>
/// An addition to a large part is one to everything, of the update with −0 around it, which changes no bit of what it is added to: so it is
/// elementwise and joins others. Additions to a small part stay: they cost the part alone.
/// </remarks>
internal static class Parts
{
    /// <summary>How many times a tensor may be as large as the part that is added to, to be added to as a whole.</summary>
    private const int MostOfAll = 4;

    internal static Value? Of(Node node) => node.Primitive switch
    {
        DynamicSlice slice => OfSlice(node, slice),
        DynamicUpdate when node.Operands[1].Type.Equals(node.Operands[0].Type) && Starts(node, 2, Sizes(node.Operands[1])) is not null =>
            node.Operands[1],
        DynamicAdd => OfAddition(node),
        _ => null,
    };

    private static Value? OfAddition(Node node)
    {
        Value x = node.Operands[0];
        Value update = node.Operands[1];
        Shape whole = x.Tensor.Shape;
        Ints sizes = Sizes(update);
        DType type = x.Tensor.DType;
        if (type.IsComplex() || update.Tensor.Shape.Size * MostOfAll < whole.Size || Starts(node, 2, sizes) is not { } starts)
        {
            return null;
        }

        var after = new Ints(starts.Select((start, axis) => whole[axis].Value - start - sizes[axis]));
        Value nothing = Ops.Constant(type.IsFloating() ? Scalar.Of(type, -0.0) : Scalar.Zero(type));
        return Ops.Add(x, Ops.Pad(update, nothing, starts, after, Ints.Repeat(0, starts.Count)));
    }

    private static Value? OfSlice(Node node, DynamicSlice slice)
    {
        if (Starts(node, 1, slice.Sizes) is not { } starts)
        {
            return null;
        }

        var limit = new Ints(starts.Select((start, axis) => start + slice.Sizes[axis]));
        return Ops.Slice(node.Operands[0], starts, limit, Ints.Repeat(1, starts.Count));
    }

    private static Ints Sizes(Value part) => new(part.Tensor.Shape.ToArray());

    /// <summary>The starts, moved into range as the operation moves them; null where one is not known, or out of range and checked.</summary>
    private static Ints? Starts(Node node, int first, Ints sizes)
    {
        Shape shape = node.Operands[0].Tensor.Shape;
        bool isChecked = node.Primitive is DynamicSlice { Checked: true } or DynamicUpdate { Checked: true } or DynamicAdd { Checked: true };
        var starts = new int[sizes.Count];
        for (int axis = 0; axis < starts.Length; axis++)
        {
            if (Uniform.Of(node.Operands[first + axis]) is not { } start)
            {
                return null;
            }

            long last = shape[axis].Value - sizes[axis];
            long place = start.Type == DType.U64 && start.AsLong < 0 ? long.MaxValue : start.AsLong;
            if (isChecked && (place < 0 || place > last))
            {
                return null;
            }

            starts[axis] = (int)Math.Clamp(place, 0, last);
        }

        return new(starts);
    }
}
