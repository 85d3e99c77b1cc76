using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Updates of a part of a tensor: in place where nobody else reads it.</summary>
internal sealed partial class RegionLowering
{
    private TensorLocal PartWritten(Frame frame, Node node)
    {
        TensorLocal x = frame.Tensor(node.Operands[0]);
        TensorLocal update = frame.Tensor(node.Operands[1]);
        bool isChecked = node.Primitive is DynamicAdd { Checked: true } or DynamicUpdate { Checked: true };
        bool adds = node.Primitive is DynamicAdd;
        ImmutableArray<LoopValue> starts = At(node, () => Starts(frame, node, update.Type.Shape, isChecked));
        if (x is Registers registers && update.Size == 1)
        {
            return Chosen(registers, Places.Of(builder, x.Extents, starts), update.AtFlat(builder, builder.Index(0)), adds);
        }

        Stored into = Writable(frame, node);
        update = frame.Tensor(node.Operands[1]);
        LoopValue first = Places.Of(builder, into.Extents, starts);
        Copying.Each(builder, update.Extents, index => Join(
            into, builder.Add(first, Places.Of(builder, into.Extents, index)), update.At(builder, index), adds ? ScatterUpdate.Add : ScatterUpdate.Set));
        return into;
    }

    /// <summary>The same elements but for one.</summary>
    private Registers Chosen(Registers x, LoopValue place, LoopValue value, bool adds) => new(
        x.Type,
        [.. x.Elements.Select((element, i) => builder.Select(
            builder.Equal(place, builder.Index(i)), adds ? Stored(builder.Add(element, value), x.Type) : value, element))]);

    private ImmutableArray<LoopValue> Starts(Frame frame, Node node, Shape sizes, bool isChecked)
    {
        ImmutableArray<ElementSource> starts = [.. node.Operands.Skip(2).Select(start => frame.Tensor(start).Source(builder))];
        return LoopIndices.Starts(builder, node.Primitive.Name, starts, node.Operands[0].Tensor.Shape, [.. sizes.ToArray()], isChecked);
    }

    /// <summary>Joins a value to the element at a place.</summary>
    private void Join(Stored into, LoopValue place, LoopValue value, ScatterUpdate update)
    {
        LoopValue offset = builder.Add(into.Offset, place);
        LoopValue joined = update == ScatterUpdate.Set
            ? value
            : builder.Combine(
                update switch
                {
                    ScatterUpdate.Add => LoopOp.Add,
                    ScatterUpdate.Mul => LoopOp.Multiply,
                    ScatterUpdate.Min => LoopOp.Minimum,
                    _ => LoopOp.Maximum,
                },
                builder.Load(into.Buffer, offset),
                value);
        builder.Store(into.Buffer, offset, joined);
    }

    private LoopValue Stored(LoopValue value, TensorType type) => builder.ThroughStorage(value, type.DType);

    /// <summary>A tensor in memory that may be written: its own, if nobody reads it after this node, otherwise a copy.</summary>
    /// <remarks>What is computed from that memory and is still needed, operands of the node among it, is computed first.</remarks>
    private Stored Writable(Frame frame, Node node)
    {
        Value value = node.Operands[0];
        TensorLocal local = frame.Tensor(value);
        if (local is Stored stored && stored.Buffer.Kind != LoopBufferKind.Input && frame.IsLastUse(value))
        {
            List<Value> others = frame.OtherReaders(stored.Buffer, value);
            bool cheaper = others.Sum(other => (double)frame.Tensor(other).Size) <= Math.Max(stored.Size, Sizes.MostRegisters);
            if (workspace.Holds(stored.Buffer) == 1 + others.Count && cheaper)
            {
                others.ForEach(other => Free(frame, other));
                return stored;
            }
        }

        return workspace.Materialise(local, Target(frame, node.Results[0]));
    }

    /// <summary>Computes a tensor now, so that it reads no memory but its own.</summary>
    private void Free(Frame frame, Value value)
    {
        TensorLocal tensor = frame.Tensor(value);
        frame.Rebind(value, Sizes.InRegisters(tensor.Type) ? workspace.Load(tensor) : workspace.Materialise(tensor));
    }
}
