using System.Collections.Immutable;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Types of run-time values, and the types that values under vmap have.</summary>
public static class ValueTypes
{
    /// <summary>The type of a run-time value.</summary>
    public static ValueType Of(HostValue value)
    {
        if (value is NDArray array)
        {
            return TensorType.Of(array);
        }

        var stack = (HostStack)value;
        ValueType type = new TensorType(stack.Type, stack.Shape);
        for (int i = 0; i < stack.Depth; i++)
        {
            type = new StackType(type);
        }

        return type;
    }

    /// <summary>The types of some values.</summary>
    public static ImmutableArray<ValueType> Of(IEnumerable<Value> values) => [.. values.Select(value => value.Type)];

    /// <summary>The type of a batch: axis 0 for tensors, a stack of lanes for stacks.</summary>
    public static ValueType Batch(this ValueType type, Extent size) => type switch
    {
        TensorType tensor => tensor with { Shape = tensor.Shape.Insert(0, size) },
        _ => new StackType(type),
    };
}
