namespace Adjoint.Ir;

/// <summary>A value under vmap, and which of its axes is the batch; a value without one is the same for all lanes.</summary>
/// <remarks>A batched stack is a stack of lanes, each a stack: entry l belongs to lane l, and its axis counts as 0.</remarks>
/// <param name="Value">The value, with its batch axis.</param>
/// <param name="Axis">The batch axis, or −1 where there is none.</param>
public readonly record struct Batched(Value Value, int Axis)
{
    /// <summary>Whether lanes may differ.</summary>
    public bool IsBatched => Axis >= 0;

    /// <summary>A value that is the same for all lanes.</summary>
    public static Batched Same(Value value) => new(value, -1);
}
