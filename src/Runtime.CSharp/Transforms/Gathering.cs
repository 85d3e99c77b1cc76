using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>The cotangent of one value, as a growing sum of nodes.</summary>
internal sealed class Gathering(ValueType type, Value? start = null) : Accumulator
{
    /// <inheritdoc/>
    public override ValueType Type => type;

    /// <inheritdoc/>
    public override bool HasValue => Current is not null;

    /// <summary>What is gathered; null is identically zero.</summary>
    internal Value? Current { get; private set; } = start;

    /// <inheritdoc/>
    public override void Add(Value? cotangent)
    {
        if (cotangent is null)
        {
            return;
        }

        if (!cotangent.Type.Equals(type))
        {
            throw new InvalidOperationException($"A cotangent of {type} has the type {cotangent.Type}.");
        }

        Current = Current is null ? cotangent : Ops.AddAny(Current, cotangent);
    }

    /// <inheritdoc/>
    public override Value Take()
    {
        Value taken = Current ?? Ops.Zeros(type);
        Current = null;
        return taken;
    }
}
