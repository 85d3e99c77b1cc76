using System.Diagnostics;

namespace Adjoint.Ir;

/// <summary>A parameter of a graph, or one result of a node. Compared by reference.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Value
{
    internal Value(ValueType type, Node? producer, int index, string? name)
    {
        Type = type;
        Producer = producer;
        Index = index;
        Name = name;
    }

    /// <summary>The type.</summary>
    public ValueType Type { get; }

    /// <summary>The node whose result this is; null for a parameter.</summary>
    public Node? Producer { get; }

    /// <summary>Which of the producer's results this is.</summary>
    public int Index { get; }

    /// <summary>A parameter's name in messages, where it has one.</summary>
    public string? Name { get; }

    /// <summary>What this value was found to be by a front that ran what leads here; nothing else reads it.</summary>
    internal Core.HostValue? Known { get; set; }

    /// <summary>Whether a front has already run what leads here on the way to another value, without keeping the result.</summary>
    internal bool Passed { get; set; }

    /// <summary>The type as a tensor's.</summary>
    /// <exception cref="Core.TypeRuleException">The value is a stack.</exception>
    public TensorType Tensor => Type as TensorType
        ?? throw new Core.TypeRuleException($"a tensor is wanted where {Type} stands.");

    /// <summary>A new parameter.</summary>
    public static Value Parameter(ValueType type, string? name = null) => new(type, null, 0, name);

    /// <summary>The operation that gives it, and the type.</summary>
    public override string ToString() => $"{Producer?.Primitive.Name ?? Name ?? "parameter"}: {Type}";
}
