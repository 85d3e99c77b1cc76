using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics;

namespace Adjoint.Core;

/// <summary>An immutable list that is equal by content, so that it can stand in a record.</summary>
/// <typeparam name="T">The elements.</typeparam>
[DebuggerDisplay("{ToString(),nq}")]
public abstract class ContentList<T> : IReadOnlyList<T>, IEquatable<ContentList<T>>
    where T : IEquatable<T>
{
    private protected ContentList(ImmutableArray<T> items) => Items = items.IsDefault ? [] : items;

    /// <summary>How many.</summary>
    public int Count => Items.Length;

    /// <summary>The elements.</summary>
    public ImmutableArray<T> Items { get; }

    /// <inheritdoc/>
    public T this[int index] => Items[index];

    /// <summary>Same kind of list, same elements in the same order.</summary>
    public bool Equals(ContentList<T>? other) =>
        ReferenceEquals(this, other)
        || (other is not null && other.GetType() == GetType() && Items.AsSpan().SequenceEqual(other.Items.AsSpan()));

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as ContentList<T>);

    /// <inheritdoc/>
    public sealed override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in Items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)Items).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The elements in brackets.</summary>
    public override string ToString() => $"[{string.Join(", ", Items)}]";
}

/// <summary>A list of integers, equal by content.</summary>
public sealed class Ints : ContentList<int>
{
    /// <summary>These integers.</summary>
    public Ints(params int[] items)
        : base([.. items])
    {
    }

    /// <summary>These integers.</summary>
    public Ints(IEnumerable<int> items)
        : base([.. items])
    {
    }

    /// <summary>None.</summary>
    public static Ints Empty { get; } = new();

    /// <summary><paramref name="count"/> times the same integer.</summary>
    public static Ints Repeat(int value, int count) => new(Enumerable.Repeat(value, count));

    /// <summary>0, 1 … count − 1.</summary>
    public static Ints Range(int count) => new(Enumerable.Range(0, count));
}

/// <summary>Distinct axes of a tensor, counted from 0, in a meaningful order; equal by content.</summary>
public sealed class Axes : ContentList<int>
{
    /// <summary>These axes.</summary>
    /// <exception cref="ShapeException">An axis is negative or stands twice.</exception>
    public Axes(params int[] items)
        : this((IEnumerable<int>)items)
    {
    }

    /// <summary>These axes.</summary>
    /// <exception cref="ShapeException">An axis is negative or stands twice.</exception>
    public Axes(IEnumerable<int> items)
        : base([.. items])
    {
        for (int i = 0; i < Count; i++)
        {
            if (this[i] < 0 || Items.IndexOf(this[i]) != i)
            {
                throw new ShapeException($"axes {this}: each must be at least 0 and stand once.");
            }
        }
    }

    /// <summary>No axes.</summary>
    public static Axes None { get; } = new();

    /// <summary>All axes of a rank, in order.</summary>
    public static Axes All(int rank) => new(Enumerable.Range(0, rank));

    /// <summary>Whether an axis is among these.</summary>
    public bool Contains(int axis) => Items.Contains(axis);

    /// <summary>The axes of a rank that are not among these, in order.</summary>
    public Axes Others(int rank) => new(Enumerable.Range(0, rank).Where(axis => !Contains(axis)));

    /// <summary>Every axis moved by one: room for a new axis 0.</summary>
    public Axes Shifted() => new(Items.Select(axis => axis + 1));
}
