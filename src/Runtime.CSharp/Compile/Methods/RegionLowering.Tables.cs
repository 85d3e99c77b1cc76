using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>Stacks of stacks: a table says where in one memory the entries of each inner stack start, and how many there are.</summary>
/// <remarks>Inner stacks are appended to the memory; one that is replaced leaves its old entries behind.</remarks>
internal sealed partial class RegionLowering
{
    private StackLocal StackAt(StackLocal stack, LoopValue k)
    {
        (LoopValue row, LoopValue inside) = RowOf(stack, k);
        LoopValue none = builder.Index(0);
        LoopValue first = builder.Select(inside, builder.Load(stack.Store.Table!, row), none);
        LoopValue count = builder.Select(inside, builder.Load(stack.Store.Table!, row + builder.Index(1)), none);
        return new((StackType)stack.Type.Element, new(stack.Store.Entry, stack.Store.Data, null), [first, count]);
    }

    /// <summary>The place of row k in the table, or of a row that can be read if there is none, and whether there is one.</summary>
    private (LoopValue Row, LoopValue Inside) RowOf(StackLocal stack, LoopValue k)
    {
        LoopValue inside = builder.Less(k, stack.State[0]);
        return (builder.Multiply(builder.Select(inside, k, builder.Index(0)), builder.Index(2)), inside);
    }

    private StackLocal PutStack(StackLocal stack, LoopValue k, StackLocal value)
    {
        StackLocal ready = WithRow(stack, k);
        LoopValue fill = Append(ready, value, value.State[1]);
        SetRow(ready, k, ready.State[1], value.State[1]);
        return new(ready.Type, ready.Store, [ready.State[0], fill]);
    }

    private StackLocal AddStackAt(StackLocal stack, LoopValue k, StackLocal value)
    {
        StackLocal ready = WithRow(stack, k);
        var before = (StackLocal)StackAt(ready, k);
        LoopValue count = builder.Maximum(before.State[1], value.State[1]);
        LoopValue start = ready.State[1];
        LoopValue fill = Append(ready, before, count);
        LoopValue size = builder.Index(ready.Store.Size);
        LoopValue to = builder.Multiply(start, size);
        LoopValue from = builder.Multiply(value.State[0], size);
        LoopBuffer data = ready.Store.Data;
        builder.Lanes(builder.Multiply(value.State[1], size), i => builder.Store(
            data, builder.Add(to, i), builder.Add(builder.Load(data, builder.Add(to, i)), builder.Load(value.Store.Data, builder.Add(from, i)))));
        SetRow(ready, k, start, count);
        return new(ready.Type, ready.Store, [ready.State[0], fill]);
    }

    private StackLocal SumOfRows(StackLocal left, StackLocal right)
    {
        var ends = builder.Serial(right.State[0], left.State, (k, state) =>
            AddStackAt(new(left.Type, left.Store, state), k, StackAt(right, k)).State);
        return new(left.Type, left.Store, ends);
    }

    private StackLocal CopyRows(StackLocal stack, StackStore store)
    {
        LoopValue rows = builder.Multiply(stack.State[0], builder.Index(2));
        builder.Grow(store.Table!, rows);
        builder.Lanes(rows, i => builder.Store(store.Table!, i, builder.Load(stack.Store.Table!, i)));
        var inner = new StackLocal((StackType)stack.Type.Element, new(store.Entry, stack.Store.Data, null), [builder.Index(0), stack.State[1]]);
        CopyInto(inner, new(store.Entry, store.Data, null));
        return new(stack.Type, store, stack.State);
    }

    /// <summary>The stack with a row k: rows that were not there are of no entries.</summary>
    private StackLocal WithRow(StackLocal stack, LoopValue k)
    {
        LoopBuffer table = stack.Store.Table!;
        LoopValue rows = builder.Maximum(stack.State[0], k + builder.Index(1));
        builder.Grow(table, builder.Multiply(rows, builder.Index(2)));
        LoopValue first = builder.Multiply(stack.State[0], builder.Index(2));
        LoopValue missing = builder.Multiply(rows - stack.State[0], builder.Index(2));
        builder.Lanes(missing, i => builder.Store(table, builder.Add(first, i), builder.Index(0)));
        return new(stack.Type, stack.Store, [rows, stack.State[1]]);
    }

    private void SetRow(StackLocal stack, LoopValue k, LoopValue start, LoopValue count)
    {
        LoopValue row = builder.Multiply(k, builder.Index(2));
        builder.Store(stack.Store.Table!, row, start);
        builder.Store(stack.Store.Table!, row + builder.Index(1), count);
    }

    /// <summary>Appends the entries of a stack, and zeros up to a count, to the memory of another; gives how much that holds then.</summary>
    private LoopValue Append(StackLocal stack, StackLocal value, LoopValue count)
    {
        StackStore store = stack.Store;
        LoopValue size = builder.Index(store.Size);
        LoopValue fill = stack.State[1] + count;
        Grow(store, fill);
        LoopValue to = builder.Multiply(stack.State[1], size);
        LoopValue from = builder.Multiply(value.State[0], size);
        LoopValue own = builder.Multiply(value.State[1], size);
        builder.Lanes(own, i => builder.Store(store.Data, builder.Add(to, i), builder.Load(value.Store.Data, builder.Add(from, i))));
        Zero(store, builder.Add(to, own), builder.Multiply(count, size) - own);
        return fill;
    }
}
