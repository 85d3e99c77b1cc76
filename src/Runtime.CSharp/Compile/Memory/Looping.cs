using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile.Memory;

/// <summary>Makes loops over bodies that are given as functions of fresh parameters.</summary>
internal static class Looping
{
    /// <summary>A scan: its carries at the end, then what it gives for each step.</summary>
    internal static ImmutableArray<Value> Scan(
        int length,
        bool reverse,
        IReadOnlyList<Value> constants,
        IReadOnlyList<Value> carries,
        IReadOnlyList<Value> slices,
        Func<ImmutableArray<Value>, ImmutableArray<Value>, ImmutableArray<Value>, IEnumerable<Value>> step)
    {
        Graph body = Graph.Of(
            [.. Types(constants), .. Types(carries), .. slices.Select(x => (ValueType)(x.Tensor with { Shape = x.Tensor.Shape.Remove(0) }))],
            x => step(
                [.. x.Take(constants.Count)],
                [.. x.Skip(constants.Count).Take(carries.Count)],
                [.. x.Skip(constants.Count + carries.Count)]));
        return Node.Make(new Scan(body, constants.Count, carries.Count, length, reverse), [.. constants, .. carries, .. slices]).Results;
    }

    /// <summary>Runs the step of a scan so many times.</summary>
    internal static ImmutableArray<Value> Steps(
        Graph step, int length, bool reverse, IReadOnlyList<Value> constants, IReadOnlyList<Value> carries, IReadOnlyList<Value> slices)
    {
        if (length != 1)
        {
            return Node.Make(new Scan(step, constants.Count, carries.Count, length, reverse), [.. constants, .. carries, .. slices]).Results;
        }

        ImmutableArray<Value> results = Substitution.Inline(
            step, [.. constants, .. carries, .. slices.Select(x => Ops.Reshape(x, x.Tensor.Shape.Remove(0)))]);
        return [.. results.Select((y, i) => i < carries.Count ? y : Ops.Reshape(y, y.Tensor.Shape.Insert(0, 1)))];
    }

    /// <summary>A while over (constants, carry).</summary>
    internal static ImmutableArray<Value> While(
        IReadOnlyList<Value> constants,
        IReadOnlyList<Value> carries,
        Func<ImmutableArray<Value>, ImmutableArray<Value>, Value> condition,
        Func<ImmutableArray<Value>, ImmutableArray<Value>, IEnumerable<Value>> step)
    {
        ValueType[] types = [.. Types(constants), .. Types(carries)];
        Graph holds = Graph.Of(types, x => [condition([.. x.Take(constants.Count)], [.. x.Skip(constants.Count)])]);
        Graph body = Graph.Of(types, x => step([.. x.Take(constants.Count)], [.. x.Skip(constants.Count)]));
        return Node.Make(new While(holds, body, constants.Count), [.. constants, .. carries]).Results;
    }

    /// <summary>A repeat over (index, constants, carry).</summary>
    internal static ImmutableArray<Value> Repeat(
        Value count,
        bool reverse,
        IReadOnlyList<Value> constants,
        IReadOnlyList<Value> carries,
        Func<Value, ImmutableArray<Value>, ImmutableArray<Value>, IEnumerable<Value>> step)
    {
        Graph body = Graph.Of(
            [TensorType.Of(DType.I64), .. Types(constants), .. Types(carries)],
            x => step(x[0], [.. x.Skip(1).Take(constants.Count)], [.. x.Skip(1 + constants.Count)]));
        return Node.Make(new Repeat(body, constants.Count, reverse), [count, .. constants, .. carries]).Results;
    }

    /// <summary>Rows from one to behind another.</summary>
    internal static Value Rows(Value x, int first, int last)
    {
        Shape shape = x.Tensor.Shape;
        return first == 0 && last == shape[0].Value
            ? x
            : Ops.Slice(x, new(shape.With(0, 0).ToArray().Select((_, axis) => axis == 0 ? first : 0)), new(shape.With(0, last).ToArray()), new(Enumerable.Repeat(1, shape.Rank)));
    }

    /// <summary>Rows in groups: [n, …] as [groups, n / groups, …].</summary>
    internal static Value Grouped(Value x, int groups)
    {
        Shape shape = x.Tensor.Shape;
        return Ops.Reshape(x, shape.With(0, shape[0].Value / groups).Insert(0, groups));
    }

    /// <summary>Groups of rows one after the other: [a, b, …] as [a · b, …].</summary>
    internal static Value Flat(Value x)
    {
        Shape shape = x.Tensor.Shape;
        return Ops.Reshape(x, shape.Remove(0).With(0, shape[0].Value * shape[1].Value));
    }

    /// <summary>A row of a table.</summary>
    internal static Value Row(Value table, Value row) => Ops.Index(table, row, isChecked: false);

    /// <summary>A table with a row replaced. The row is copied first: where it shared memory with the value, neither would be free again.</summary>
    internal static Value WithRow(Value table, Value row, Value value)
    {
        IEnumerable<Value> starts = Enumerable.Repeat(Ops.Index(0), table.Tensor.Rank - 1).Prepend(row);
        Value update = Ops.Broadcast(value, value.Tensor.Shape.Insert(0, 1), new Axes(Enumerable.Range(1, value.Tensor.Rank)));
        return Ops.DynamicUpdate(table, update, starts);
    }

    /// <summary>A table of so many rows of zeros.</summary>
    internal static Value Table(Value row, int rows) => Ops.Zeros(row.Tensor with { Shape = row.Tensor.Shape.Insert(0, rows) });

    private static IEnumerable<ValueType> Types(IReadOnlyList<Value> values) => values.Select(value => value.Type);
}
