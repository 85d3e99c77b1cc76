using System.Diagnostics;

namespace Adjoint.Core;

/// <summary>The run-time value of a stack: entries by index, from 0; an entry that was never put is zero and is held as null.</summary>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class HostStack : HostValue
{
    private readonly List<HostValue?> entries;

    /// <summary>An empty stack of arrays of one type (depth 1), or of stacks of them (depth 2), and so on.</summary>
    public HostStack(DType type, Shape shape, int depth = 1)
        : this(type, shape, depth, [])
    {
    }

    private HostStack(DType type, Shape shape, int depth, List<HostValue?> entries)
    {
        Type = type;
        Shape = shape;
        Depth = depth;
        this.entries = entries;
    }

    /// <summary>The dtype of the innermost entries.</summary>
    public DType Type { get; }

    /// <summary>The shape of the innermost entries.</summary>
    public Shape Shape { get; }

    /// <summary>How many stacks are nested, at least 1.</summary>
    public int Depth { get; }

    /// <summary>One more than the largest index at which something is held.</summary>
    public int Count => entries.Count;

    /// <summary>An entry, or null where nothing is held: a zero.</summary>
    public HostValue? this[int index] => (uint)index < (uint)entries.Count ? entries[index] : null;

    /// <summary>A new zero of an entry's type.</summary>
    public HostValue ZeroEntry() => Depth == 1 ? NDArray.New(Type, Shape) : new HostStack(Type, Shape, Depth - 1);

    /// <summary>How many entries there are, and of which type.</summary>
    public override string ToString() =>
        $"stack of {Count} {string.Concat(Enumerable.Repeat("stack(", Depth - 1))}{Type.Name()}{Shape}{new string(')', Depth - 1)}";

    /// <summary>A copy that shares the entries.</summary>
    internal HostStack Copy() => new(Type, Shape, Depth, [.. entries]);

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
