using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>A part of a tensor, axis by axis: where it starts, how many elements it has, by what step; and the shape it is given.</summary>
internal sealed class SlicePlan
{
    private readonly List<Part> parts = [];
    private readonly List<Extent> shown = [];

    private SlicePlan(Shape operand) => Operand = operand;

    /// <summary>The operand's shape.</summary>
    internal Shape Operand { get; }

    /// <summary>The part's shape, without axes that an index took and with new ones.</summary>
    internal Shape Shown => new(shown);

    /// <summary>The part's extents along the operand's axes.</summary>
    internal Shape Counts => Shape.Of([.. parts.Select(part => part.Count)]);

    /// <summary>Whether the part is one block: no axis has a step.</summary>
    internal bool IsBlock => parts.All(part => part.Step == 1);

    /// <summary>Whether every start is known now.</summary>
    internal bool IsStatic => parts.All(part => part.Dynamic is null);

    /// <summary>The starts that are known when it runs.</summary>
    internal Expr[] Dynamics => [.. parts.Select(part => part.Dynamic).OfType<Expr>()];

    /// <summary>Reads slices against a tensor's shape.</summary>
    /// <exception cref="ShapeException">There are more slices than axes, or an index is out of range.</exception>
    internal static SlicePlan Of(Expr x, IReadOnlyList<Slice> slices)
    {
        var plan = new SlicePlan(x.Shape);
        int taken = slices.Count(slice => slice.Kind is not (SliceKind.NewAxis or SliceKind.Ellipsis));
        int rest = x.Rank - taken;
        if (rest < 0 || slices.Count(slice => slice.Kind == SliceKind.Ellipsis) > 1)
        {
            throw new ShapeException(rest < 0
                ? $"slice: {taken} slices for the {x.Rank} axes of {x.Type}."
                : "slice: an ellipsis stands twice; it is not clear which axes each means.").Here();
        }

        foreach (Slice slice in slices.Any(slice => slice.Kind == SliceKind.Ellipsis) ? slices : [.. slices, Slice.Ellipsis])
        {
            plan.Add(slice, rest, x.Type);
        }

        return plan;
    }

    /// <summary>The part of a tensor of the operand's shape.</summary>
    internal Expr Read(Expr x) => Building.Make([x, .. Dynamics], values => Ops.Reshape(Read(values[0], values.AsSpan()[1..]), Shown));

    /// <summary>The starts of the block as values: known ones as constants.</summary>
    internal Value[] Starts(ReadOnlySpan<Value> dynamics)
    {
        var starts = new Value[parts.Count];
        int next = 0;
        for (int axis = 0; axis < starts.Length; axis++)
        {
            Part part = parts[axis];
            long known = part.Step == 1 ? part.Start : 0;
            starts[axis] = part.Dynamic is null ? Ops.Constant(Scalar.Of(DType.I64, known)) : dynamics[next++];
        }

        return starts;
    }

    private Value Read(Value x, ReadOnlySpan<Value> dynamics)
    {
        if (!IsStatic)
        {
            var sizes = new Ints(parts.Select((part, axis) => part.Step == 1 ? part.Count : Operand[axis].Value));
            x = Ops.DynamicSlice(x, Starts(dynamics), sizes, isChecked: true);
            return Read(x, parts.Select(part => part.Step == 1 ? part with { Start = 0, Dynamic = null } : part));
        }

        return Read(x, parts);
    }

    private static Value Read(Value x, IEnumerable<Part> parts)
    {
        ImmutableArray<Part> all = [.. parts];
        Value part = Ops.Slice(
            x, new(all.Select(part => part.First)), new(all.Select(part => part.Limit)), new(all.Select(part => Math.Abs(part.Step))));
        return Ops.Reverse(part, new Axes(Enumerable.Range(0, all.Length).Where(axis => all[axis].Step < 0)));
    }

    private void Add(Slice slice, int rest, TensorType type)
    {
        switch (slice.Kind)
        {
            case SliceKind.NewAxis:
                shown.Add(1);
                return;
            case SliceKind.Ellipsis:
                for (int i = 0; i < rest; i++)
                {
                    Add(Slice.All, 0, type);
                }

                return;
        }

        int axis = parts.Count;
        Part part = Part.Of(slice, Operand[axis].Value, axis, type);
        parts.Add(part);
        if (slice.Kind is SliceKind.Range or SliceKind.Window)
        {
            shown.Add(part.Count);
        }
    }

    /// <summary>What is taken along one axis.</summary>
    private readonly record struct Part(int Start, int Count, int Step, Expr? Dynamic)
    {
        /// <summary>The lowest element that is read.</summary>
        internal int First => Step > 0 || Count == 0 ? Start : Start + ((Count - 1) * Step);

        /// <summary>One past the highest element that is read.</summary>
        internal int Limit => Count == 0 ? Start : First + ((Count - 1) * Math.Abs(Step)) + 1;

        internal static Part Of(Slice slice, int extent, int axis, TensorType type) => slice.Kind switch
        {
            SliceKind.Index => slice.Index >= -extent && slice.Index < extent
                ? new(slice.Index < 0 ? slice.Index + extent : slice.Index, 1, 1, null)
                : throw new ShapeException($"slice: index {slice.Index} is outside axis {axis} of {type}, "
                    + $"which has {extent} elements.").Here(),
            SliceKind.Dynamic => new(0, 1, 1, slice.Start),
            SliceKind.Window => slice.Index >= 0 && slice.Index <= extent
                ? new(0, slice.Index, 1, slice.Start)
                : throw new ShapeException($"slice: a window of {slice.Index} does not fit axis {axis} of {type}, "
                    + $"which has {extent} elements.").Here(),
            _ => OfRange(slice, extent),
        };

        /// <summary>As Python's slice.indices: bounds are clamped to the axis.</summary>
        private static Part OfRange(Slice slice, int extent)
        {
            (int lowest, int highest) = slice.Step > 0 ? (0, extent) : (-1, extent - 1);
            int Clamp(int bound) => Math.Clamp(bound < 0 ? bound + extent : bound, lowest, highest);
            int start = slice.Low is { } low ? Clamp(low) : slice.Step > 0 ? lowest : highest;
            int stop = slice.High is { } high ? Clamp(high) : slice.Step > 0 ? highest : lowest;
            int distance = slice.Step > 0 ? stop - start : start - stop;
            int count = distance <= 0 ? 0 : (int)(((long)distance + Math.Abs((long)slice.Step) - 1) / Math.Abs((long)slice.Step));
            return count == 0 ? new(0, 0, 1, null) : new(start, count, count == 1 ? 1 : slice.Step, null);
        }
    }
}
