namespace Adjoint.Ir;

/// <summary>What running a node once takes, by its types alone.</summary>
/// <param name="Operations">Arithmetic operations on elements.</param>
/// <param name="Bytes">Bytes read and written.</param>
public readonly record struct Cost(double Operations, double Bytes)
{
    /// <summary>Whether a loop is in it whose length is known only when it runs; of such a loop one step is counted.</summary>
    public bool HasOpenLoop { get; init; }

    /// <summary>Whether the length of every loop was known.</summary>
    public bool IsComplete => !HasOpenLoop;

    /// <summary>One after the other.</summary>
    public static Cost operator +(Cost x, Cost y) =>
        new(x.Operations + y.Operations, x.Bytes + y.Bytes) { HasOpenLoop = x.HasOpenLoop || y.HasOpenLoop };

    /// <summary>The same several times.</summary>
    public static Cost operator *(double times, Cost x) => x with { Operations = times * x.Operations, Bytes = times * x.Bytes };
}
