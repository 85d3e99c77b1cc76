using Adjoint.Core;

namespace Adjoint.Execute;

/// <summary>What a profile says of one kernel, or of one node that is evaluated.</summary>
/// <param name="Name">The operation, and the kernel it runs as.</param>
/// <param name="Where">Where in the model it stands.</param>
/// <param name="Type">The dtype of its result.</param>
/// <param name="Calls">How often it ran.</param>
/// <param name="Time">How long all of them took.</param>
/// <param name="Operations">The arithmetic operations of all of them, by the primitive's account.</param>
/// <param name="Bytes">The bytes that all of them read and wrote, by the primitive's account.</param>
public sealed record ProfileEntry(string Name, string Where, DType Type, long Calls, TimeSpan Time, double Operations, double Bytes)
{
    /// <summary>Bytes a second.</summary>
    public double BytesPerSecond => Time > TimeSpan.Zero ? Bytes / Time.TotalSeconds : 0;

    /// <summary>Operations a second.</summary>
    public double OperationsPerSecond => Time > TimeSpan.Zero ? Operations / Time.TotalSeconds : 0;
}
