using System.Diagnostics;
using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>The type of a value of a graph: a tensor's or a stack's.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public abstract record ValueType
{
    private protected ValueType()
    {
    }

    /// <summary>Whether values of this type have tangents: elements are floating or complex. The tangent's type is the same.</summary>
    public abstract bool HasTangent { get; }
}

/// <summary>A dense tensor: f32[8, 3].</summary>
/// <param name="DType">The elements' dtype.</param>
/// <param name="Shape">The extents.</param>
public sealed record TensorType(DType DType, Shape Shape) : ValueType
{
    /// <inheritdoc/>
    public override bool HasTangent => DType.IsDifferentiable();

    /// <summary>The number of axes.</summary>
    public int Rank => Shape.Rank;

    /// <summary>A type of these extents.</summary>
    public static TensorType Of(DType type, params int[] extents) => new(type, Shape.Of(extents));

    /// <summary>The type of an array.</summary>
    public static TensorType Of(NDArray array) => new(array.Type, array.Shape);

    /// <summary>f32[8, 3].</summary>
    public override string ToString() => DType.Name() + Shape;
}

/// <summary>A sequence of values of one type, by index from 0, zero wherever nothing was put; its length is known when it runs.</summary>
/// <param name="Element">The type of every entry.</param>
public sealed record StackType(ValueType Element) : ValueType
{
    /// <summary>How deep stacks may be nested where a text or an attribute says so.</summary>
    public const int MaxDepth = 32;

    /// <inheritdoc/>
    public override bool HasTangent => Element.HasTangent;

    /// <summary>stack(f32[3]).</summary>
    public override string ToString() => $"stack({Element})";
}
