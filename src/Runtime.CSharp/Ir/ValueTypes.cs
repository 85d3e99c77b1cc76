using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Types of run-time values, and the types that values under vmap have.</summary>
public static class ValueTypes
{
    /// <summary>The type of an array, or of a stack that has an entry.</summary>
    public static ValueType Of(HostValue value) => value switch
    {
        NDArray array => TensorType.Of(array),
        HostStack stack => new StackType(Of(Enumerable.Range(0, stack.Count).Select(i => stack[i]).FirstOrDefault(entry => entry is not null)
            ?? throw new InvalidOperationException("The type of an empty stack cannot be told from its value."))),
        _ => throw new InvalidOperationException($"{value} is no run-time value."),
    };

    /// <summary>The types of some values.</summary>
    public static ImmutableArray<ValueType> Of(IEnumerable<Value> values) => [.. values.Select(value => value.Type)];

    /// <summary>The type of a batch: axis 0 for tensors, a stack of lanes for stacks.</summary>
    public static ValueType Batch(this ValueType type, Extent size) => type switch
    {
        TensorType tensor => tensor with { Shape = tensor.Shape.Insert(0, size) },
        _ => new StackType(type),
    };
}
