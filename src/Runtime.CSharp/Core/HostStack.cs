namespace Adjoint.Core;

/// <summary>The run-time value of a stack: entries by index, from 0; an entry that was never put is zero and is held as null.</summary>
public sealed class HostStack : HostValue
{
    private readonly List<HostValue?> entries;

    internal HostStack() => entries = [];

    private HostStack(List<HostValue?> entries) => this.entries = entries;

    /// <summary>One more than the largest index that was put.</summary>
    public int Count => entries.Count;

    /// <summary>An entry, or null where nothing was put: a zero.</summary>
    public HostValue? this[int index] => (uint)index < (uint)entries.Count ? entries[index] : null;

    /// <summary>A copy that shares the entries.</summary>
    internal HostStack Copy() => new([.. entries]);

    /// <summary>Writes an entry; null is a zero and lets the old one go.</summary>
    internal void Put(int index, HostValue? value)
    {
        while (entries.Count <= index)
        {
            entries.Add(null);
        }

        entries[index] = value;
        while (entries.Count > 0 && entries[^1] is null)
        {
            entries.RemoveAt(entries.Count - 1);
        }
    }
}
