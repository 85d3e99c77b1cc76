namespace Adjoint.Execute;

/// <summary>Counts the elements that runs read or write in updates, reads and results.</summary>
/// <remarks>A test of O(1) access compares counts, which do not depend on the machine. Runs on several threads may share one.</remarks>
public sealed class ElementCounter
{
    private long total;

    /// <summary>The count so far.</summary>
    public long Total => Interlocked.Read(ref total);

    internal void Add(long elements) => Interlocked.Add(ref total, elements);
}
