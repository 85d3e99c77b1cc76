using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Transforms;

/// <summary>The cotangent of one value, as a growing sum of nodes.</summary>
/// <remarks>
/// Updates of parts wait until the cotangent is read: then they go into the sum of the whole cotangents, in place. Done at once, an update
/// that comes first would make zeros of the value's size, to which the whole cotangent is added later.
/// </remarks>
internal sealed class Gathering(ValueType type, Value? start = null) : Accumulator
{
    private List<(Func<Value, Value> AddInto, Origin Origin)>? waiting;

    /// <inheritdoc/>
    public override ValueType Type => type;

    /// <inheritdoc/>
    public override bool HasValue => Whole is not null || waiting is not null;

    /// <summary>The origin of the node that is being transposed.</summary>
    internal Origin Origin { get; set; } = Origin.Unknown;

    /// <summary>The sum of the whole cotangents, without updates that wait.</summary>
    internal Value? Whole { get; private set; } = start;

    /// <summary>What is gathered; null is identically zero.</summary>
    internal Value? Current
    {
        get
        {
            foreach ((Func<Value, Value> addInto, Origin origin) in waiting ?? [])
            {
                Whole = addInto(Whole ?? Ops.Zeros(type));
                Node.SettleOrigin([Whole], origin);
            }

            waiting = null;
            return Whole;
        }
    }

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

        Whole = Whole is null ? cotangent : Ops.AddAny(Whole, cotangent);
    }

    /// <inheritdoc/>
    public override void Update(Func<Value, Value> addInto) => (waiting ??= []).Add((addInto, Origin));

    /// <inheritdoc/>
    public override Value Take()
    {
        Value taken = Current ?? Ops.Zeros(type);
        Whole = null;
        return taken;
    }
}
