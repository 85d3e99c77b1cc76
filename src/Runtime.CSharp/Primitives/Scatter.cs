using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Updates windows of a tensor at starts given by indices.</summary>
/// <remarks>
/// <para>As StableHLO's scatter, with index vectors along the last axis of the indices (any integer dtype).</para>
/// <para>Shape: the operand's. The updates' axes Offset run within a window, the others over the indices' axes but the last.</para>
/// <para>Updates are applied one after the other in row-major order of the updates, so of several that set one element the last
/// stays.</para>
/// <para>A window that does not lie within the operand is moved into it, left out as a whole, or is an error, as the mode says.</para>
/// <para>An operand that nobody else holds is updated in place.</para>
/// <para>Derivative: set and add are linear in operand and updates together, mul in the operand; the gradient of min and max
/// splits evenly among the operand and the updates that attain it. Several updates of one element are right in all of them.</para>
/// </remarks>
/// <param name="Offset">The updates' axes within a window, ascending.</param>
/// <param name="Collapsed">The operand's axes along which a window has one element, left out of the updates.</param>
/// <param name="Start">The operand's axis for each number of an index vector.</param>
/// <param name="OperandBatch">The operand's axes paired with axes of the indices.</param>
/// <param name="IndexBatch">The indices' axes of these pairs.</param>
/// <param name="Update">How an update joins the element that it meets.</param>
/// <param name="Mode">What happens out of range.</param>
public sealed partial record Scatter(
    Axes Offset, Axes Collapsed, Axes Start, Axes OperandBatch, Axes IndexBatch, ScatterUpdate Update, OutOfRange Mode) : Primitive
{
    /// <inheritdoc/>
    public override string Name => "scatter";

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand == 0;

    internal WindowAxes Windows => new(Offset, Collapsed, Start, OperandBatch, IndexBatch);

    /// <summary>Draws an operand, indices in and out of range, with repetitions, and updates; products and extrema of distinct elements.</summary>
    public static Sample Draw(SampleSource source)
    {
        var drawn = DrawnWindows.Draw(source);
        ScatterUpdate update = source.Pick(ScatterUpdate.Add, ScatterUpdate.Set, ScatterUpdate.Mul, ScatterUpdate.Max, ScatterUpdate.Min);
        OutOfRange mode = source.Pick(OutOfRange.Drop, OutOfRange.Clamp);
        WindowAxes axes = drawn.Axes;
        DType type = source.Floating();
        (NDArray x, NDArray u) = update is ScatterUpdate.Set or ScatterUpdate.Add
            ? (source.Real(type, drawn.Operand, Domain.All), source.Real(type, drawn.Windows, Domain.All))
            : Draws.Distinct(source, type, drawn.Operand, drawn.Windows);
        return new(
            new Scatter(axes.Offset, axes.Collapsed, axes.Start, axes.OperandBatch, axes.IndexBatch, update, mode), x, drawn.Indices, u);
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (operands is not [TensorType x, TensorType indices, TensorType u])
        {
            throw new TypeRuleException($"{Name}: takes a tensor, its indices and updates.");
        }

        if (x.DType != u.DType)
        {
            throw new TypeRuleException($"{Name}: operand {x} and updates {u} are of one dtype; cast the updates?");
        }

        bool defined = Update == ScatterUpdate.Set || (x.DType != DType.Bool
            && (Update is ScatterUpdate.Add or ScatterUpdate.Mul || !x.DType.IsComplex()));
        if (!defined)
        {
            throw new TypeRuleException($"{Name}: {Update} is not defined for {x}.");
        }

        Windows.Check(Name, x, indices);
        CheckUpdates(x, indices, u);
        return [x];
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands) =>
        ScatterKernels.Of(this, (TensorType)operands[0], (TensorType)operands[1], (TensorType)operands[2]);

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        NDArray updates = operands[2].Array;
        var places = new WindowPlaces(Name, Windows, Mode, operands[0].Array, operands[1].Array, updates.Shape);
        NDArray x = operands[0].Writable();
        context.CountElements(updates.Size + (operands[0].Owned ? 0L : x.Size));
        (int[] inOperand, int[] inUpdates) = (places.InOperand, places.InWindows);
        (int[] extents, int[] operandStrides, int[] updateStrides) = (places.Extents, places.OperandStrides, places.WindowStrides);
        if (Offset.Any(axis => axis < updates.Shape.Rank - Offset.Count))
        {
            // One window after the other would not be the updates' row-major order.
            (inOperand, inUpdates) = places.ElementByElement();
            (extents, operandStrides, updateStrides) = ([], [], []);
        }

        if (Update != ScatterUpdate.Set)
        {
            Combining.Join(
                Update,
                new(x, inOperand, Boxes.Offsets(extents, operandStrides)),
                new(updates, inUpdates, Boxes.Offsets(extents, updateStrides)));
            return [Held.New(x)];
        }

        for (int i = 0; i < inOperand.Length; i++)
        {
            if (inOperand[i] >= 0)
            {
                Boxes.Copy(new(updates, inUpdates[i], updateStrides), new(x, inOperand[i], operandStrides), extents);
            }
        }

        return [Held.New(x)];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) => [Update switch
    {
        ScatterUpdate.Set => ScatterTangents.Set(this, node, tangents[0], tangents[2]),
        ScatterUpdate.Add => ScatterTangents.Add(this, node, tangents[0], tangents[2]),
        ScatterUpdate.Mul => ScatterTangents.Mul(this, node, tangents[0], tangents[2]),
        _ => ScatterTangents.Extremum(this, node, tangents[0], tangents[2]),
    }];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        Value cotangent = cotangents[0]!;
        Value indices = node.Operands[1];
        Value updates = node.Operands[2];
        if (accumulators[2] is { } intoUpdates)
        {
            intoUpdates.Add(Update switch
            {
                ScatterUpdate.Add => Read(cotangent, node),
                ScatterUpdate.Set => Ops.Select(
                    ScatterTangents.Stays(this, node), Read(cotangent, node), Ops.Zeros(updates.Tensor)),
                _ => throw new DerivativeException($"{Name}: {Update} is not linear in its updates, so it has no transpose in them."),
            });
        }

        accumulators[0]?.Add(Update switch
        {
            ScatterUpdate.Add => cotangent,
            ScatterUpdate.Set => Ops.Apply(this, cotangent, indices, Ops.Zeros(updates.Tensor)),
            ScatterUpdate.Mul when accumulators[2] is null => Ops.Apply(this, cotangent, indices, updates),
            _ => throw new DerivativeException($"{Name}: {Update} is not linear in its operand, so it has no transpose in it."),
        });
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context)
    {
        int lane = operands[0].IsBatched ? operands[0].Axis : 0;
        Value x = BatchAxes.At(operands[0], lane, size);
        bool together = operands[1].IsBatched;
        Value indices = together ? BatchAxes.At(operands[1], 0, size) : operands[1].Value;
        (WindowAxes axes, int place) = together ? Windows.WithBoth(lane, 0, indices.Tensor.Rank - 1) : Windows.WithOperand(lane);
        Value updates = BatchAxes.At(operands[2], place, size);
        return [new(Ops.Scatter(x, indices, updates, axes, Update, Mode), lane)];
    }

    /// <summary>The windows of a tensor like the operand that the updates of a node meet.</summary>
    internal Value Read(Value x, Node node)
    {
        Extent[] sizes = Windows.Sizes(x.Tensor.Rank, node.Operands[2].Tensor.Shape);
        return Ops.Gather(x, node.Operands[1], Windows, new(sizes.Select(size => size.Value)), Mode);
    }

    private void CheckUpdates(TensorType x, TensorType indices, TensorType updates)
    {
        if (updates.Rank != indices.Rank - 1 + Offset.Count)
        {
            throw new TypeRuleException(
                $"{Name}: updates {updates} need rank {indices.Rank - 1 + Offset.Count}: {Offset.Count} within a window and "
                + $"{indices.Rank - 1} over the indices {indices}.");
        }

        Extent[] sizes = Windows.Sizes(x.Rank, updates.Shape);
        bool fits = sizes.Zip(x.Shape).All(pair => pair.First.Value <= pair.Second.Value);
        if (!fits || !Windows.Windows(indices.Shape, sizes).Equals(updates.Shape))
        {
            throw new TypeRuleException(
                $"{Name}: updates {updates} do not fit: windows of extents [{string.Join(", ", sizes)}] in {x}, "
                + $"one for each index vector of {indices}.");
        }
    }
}

public static partial class Ops
{
    /// <summary>x with what lies along an axis joined with updates at indices: the counterpart of <see cref="Take"/>.</summary>
    public static Value ScatterAlong(
        Value x, Value indices, Value updates, int axis, ScatterUpdate update, OutOfRange mode = OutOfRange.Drop)
    {
        int count = indices.Tensor.Rank;
        var offset = new Axes(Enumerable.Range(0, x.Tensor.Rank).Where(i => i != axis).Select(i => i < axis ? i : i - 1 + count));
        var windows = new WindowAxes(offset, new(axis), new(axis), Axes.None, Axes.None);
        return Scatter(x, Reshape(indices, indices.Tensor.Shape.Insert(count, 1)), updates, windows, update, mode);
    }

    internal static Value Scatter(Value x, Value indices, Value updates, WindowAxes axes, ScatterUpdate update, OutOfRange mode) => Apply(
        new Scatter(axes.Offset, axes.Collapsed, axes.Start, axes.OperandBatch, axes.IndexBatch, update, mode), x, indices, updates);
}
