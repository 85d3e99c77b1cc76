namespace Adjoint.Formats;

/// <summary>What reading a file may cost, and how to stop it.</summary>
public sealed record ReadOptions
{
    /// <summary>No limit but the file's own size, and no way to stop.</summary>
    public static ReadOptions Default { get; } = new();

    /// <summary>The most bytes that the elements of one array may take. A packed file can say many more bytes than it has.</summary>
    public long MostBytes { get; init; } = long.MaxValue;

    /// <summary>Stops the reading of long arrays.</summary>
    public CancellationToken Cancellation { get; init; }
}
