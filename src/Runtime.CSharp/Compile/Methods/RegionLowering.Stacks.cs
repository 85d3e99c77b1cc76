using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Compile.Methods;

/// <summary>Stacks of tensors: entries in a buffer that grows. A stack of stacks has a table besides.</summary>
internal sealed partial class RegionLowering
{
    /// <summary>The elements that a stack's memory has room for to begin with.</summary>
    private const int FirstRoom = 256;

    private ImmutableArray<Local> StackOperation(Frame frame, Node node) => At<ImmutableArray<Local>>(node, () =>
    {
        if (node.Primitive is StackEmpty)
        {
            return [EmptyStack((StackType)node.Results[0].Type)];
        }

        var stack = (StackLocal)frame[node.Operands[0]];
        if (node.Primitive is StackAdd)
        {
            return [Sum(WritableStack(frame, node, stack), (StackLocal)frame[node.Operands[1]])];
        }

        LoopValue k = Entry(node, frame.Tensor(node.Operands[1]).AtFlat(builder, builder.Index(0)));
        if (node.Primitive is StackGet)
        {
            return [Get(stack, k)];
        }

        stack = WritableStack(frame, node, stack);
        return node.Primitive switch
        {
            StackPut => [Put(stack, k, frame[node.Operands[2]])],
            StackAddAt => [AddAt(stack, k, frame[node.Operands[2]])],
            _ => [Clear(stack, k)],
        };
    });

    /// <summary>The index of an entry, checked.</summary>
    private LoopValue Entry(Node node, LoopValue k)
    {
        LoopValue outside = builder.Or(builder.Less(k, builder.Index(0)), builder.LessOrEqual(builder.Index(int.MaxValue), k));
        bool inside = k.Least >= 0 && k.Most < int.MaxValue;
        if (!inside)
        {
            string name = node.Primitive.Name;
            builder.Fail(outside, k, index => new DomainException(
                $"{name}: {(index is null ? "an index" : $"index {index}")} is outside 0 to {int.MaxValue - 1}."));
        }

        return k;
    }

    private StackLocal EmptyStack(StackType type)
    {
        LoopValue none = builder.Index(0);
        return new(type, NewStore(type), [none, none]);
    }

    private StackStore NewStore(StackType type)
    {
        bool nested = type.Element is StackType;
        var entry = (TensorType)(nested ? ((StackType)type.Element).Element : type.Element);
        LoopBuffer data = builder.Buffer(LoopBufferKind.Stack, entry.DType, Math.Max(FirstRoom, entry.Shape.Size));
        return new(entry, data, nested ? builder.Buffer(LoopBufferKind.Stack, DType.I64, FirstRoom) : null);
    }

    private Local Get(StackLocal stack, LoopValue k)
    {
        if (stack.Store.Table is not null)
        {
            return StackAt(stack, k);
        }

        (LoopValue place, LoopValue inside) = PlaceOf(stack, k);
        TensorType type = stack.Store.Entry;
        LoopValue zero = builder.Constant(Scalar.Zero(LoopTypes.Computed(type.DType)));
        LoopBuffer data = stack.Store.Data;
        LoopValue At(LoopValue element) => builder.Select(inside, builder.Load(data, builder.Add(place, element)), zero);
        var entry = new Formula(type, [data], 2, index => At(Places.Of(builder, type.Shape.ToArray(), index)), At);
        return Sizes.InRegisters(type) ? workspace.Load(entry) : entry;
    }

    /// <summary>The first element of entry k, or of an entry that can be read if there is none, and whether there is one.</summary>
    private (LoopValue Place, LoopValue Inside) PlaceOf(StackLocal stack, LoopValue k)
    {
        LoopValue inside = builder.Less(k, stack.State[1]);
        LoopValue entry = builder.Select(inside, builder.Add(stack.State[0], k), builder.Index(0));
        return (builder.Multiply(entry, builder.Index(stack.Store.Size)), inside);
    }

    private StackLocal Put(StackLocal stack, LoopValue k, Local value)
    {
        if (stack.Store.Table is not null)
        {
            return PutStack(stack, k, (StackLocal)value);
        }

        LoopValue after = k + builder.Index(1);
        Grow(stack.Store, after);
        FillZeros(stack, k);
        Copying.Write(builder, (TensorLocal)value, stack.Store.Data, builder.Multiply(k, builder.Index(stack.Store.Size)));
        return WithCount(stack, builder.Maximum(stack.State[1], after));
    }

    private StackLocal AddAt(StackLocal stack, LoopValue k, Local value)
    {
        if (stack.Store.Table is not null)
        {
            return AddStackAt(stack, k, (StackLocal)value);
        }

        LoopValue after = k + builder.Index(1);
        Grow(stack.Store, after);
        FillZeros(stack, after);
        var entry = new Stored(stack.Store.Entry, stack.Store.Data, builder.Multiply(k, builder.Index(stack.Store.Size)));
        Copying.Each(builder, entry.Extents, index =>
            Join(entry, Places.Of(builder, entry.Extents, index), ((TensorLocal)value).At(builder, index), ScatterUpdate.Add));
        return WithCount(stack, builder.Maximum(stack.State[1], after));
    }

    private StackLocal Clear(StackLocal stack, LoopValue k)
    {
        (LoopValue place, LoopValue inside) = stack.Store.Table is null ? PlaceOf(stack, k) : RowOf(stack, k);
        builder.If(
            inside,
            () =>
            {
                if (stack.Store.Table is { } table)
                {
                    builder.Store(table, place + builder.Index(1), builder.Index(0));
                }
                else
                {
                    Zero(stack.Store, place, builder.Index(stack.Store.Size));
                }

                return [];
            },
            () => []);
        return stack;
    }

    /// <summary>S + T, in S.</summary>
    private StackLocal Sum(StackLocal left, StackLocal right)
    {
        if (left.Store.Table is not null)
        {
            return SumOfRows(left, right);
        }

        StackStore store = left.Store;
        Grow(store, right.State[1]);
        FillZeros(left, right.State[1]);
        LoopValue first = builder.Multiply(right.State[0], builder.Index(store.Size));
        builder.Lanes(builder.Multiply(right.State[1], builder.Index(store.Size)), i =>
        {
            LoopValue sum = builder.Add(builder.Load(store.Data, i), builder.Load(right.Store.Data, builder.Add(first, i)));
            builder.Store(store.Data, i, sum);
        });
        return WithCount(left, builder.Maximum(left.State[1], right.State[1]));
    }

    private static StackLocal WithCount(StackLocal stack, LoopValue count) => new(stack.Type, stack.Store, [stack.State[0], count]);

    private void Grow(StackStore store, LoopValue entries) =>
        builder.Grow(store.Data, builder.Multiply(entries, builder.Index(store.Size)));

    /// <summary>Zeros behind the last entry, up to another. There is room.</summary>
    private void FillZeros(StackLocal stack, LoopValue end)
    {
        LoopValue size = builder.Index(stack.Store.Size);
        LoopValue missing = builder.Maximum(end - stack.State[1], builder.Index(0));
        Zero(stack.Store, builder.Multiply(stack.State[1], size), builder.Multiply(missing, size));
    }

    private void Zero(StackStore store, LoopValue first, LoopValue count)
    {
        LoopValue zero = builder.Constant(Scalar.Zero(LoopTypes.Computed(store.Entry.DType)));
        builder.Lanes(count, i => builder.Store(store.Data, builder.Add(first, i), zero));
    }

    /// <summary>The stack itself where nobody else reads it after this node, otherwise a copy.</summary>
    private StackLocal WritableStack(Frame frame, Node node, StackLocal stack)
    {
        Value value = node.Operands[0];
        bool fromStart = stack.Store.Table is not null || stack.State[0].IsConstant;
        if (!fromStart || !frame.IsLastUse(value))
        {
            return CopyOf(stack);
        }

        LoopBuffer written = stack.Store.Written;
        List<Value> others = frame.OtherReaders(written, value);
        if (workspace.Holds(written) != 1 + others.Count || others.Exists(other => frame[other] is StackLocal))
        {
            return CopyOf(stack);
        }

        others.ForEach(other => Free(frame, other));
        return stack;
    }

    /// <summary>The same entries in memory of their own.</summary>
    private StackLocal CopyOf(StackLocal stack)
    {
        StackStore store = NewStore(stack.Type);
        return CopyInto(stack, store);
    }

    /// <summary>The same entries in other memory.</summary>
    private StackLocal CopyInto(StackLocal stack, StackStore store)
    {
        if (store.Table is not null)
        {
            return CopyRows(stack, store);
        }

        LoopValue size = builder.Index(store.Size);
        Grow(store, stack.State[1]);
        LoopValue first = builder.Multiply(stack.State[0], size);
        builder.Lanes(builder.Multiply(stack.State[1], size), i =>
            builder.Store(store.Data, i, builder.Load(stack.Store.Data, builder.Add(first, i))));
        return new(stack.Type, store, [builder.Index(0), stack.State[1]]);
    }
}
