using Adjoint.Core;

namespace Adjoint.Ir;

/// <summary>Which of a list of parameters, operands or results are meant. Equal by content.</summary>
public sealed class ParameterMask : ContentList<bool>
{
    /// <summary>A mask of these flags.</summary>
    public ParameterMask(IEnumerable<bool> flags)
        : base([.. flags])
    {
    }

    /// <summary>Whether any is meant.</summary>
    public bool Any => Items.Contains(true);

    /// <summary>How many are meant.</summary>
    public int Ones => Items.Count(flag => flag);

    /// <summary>The places that are meant, in order.</summary>
    public IEnumerable<int> Indices => Enumerable.Range(0, Count).Where(i => this[i]);

    /// <summary>All of a number.</summary>
    public static ParameterMask All(int count) => new(Enumerable.Repeat(true, count));

    /// <summary>None of a number.</summary>
    public static ParameterMask None(int count) => new(Enumerable.Repeat(false, count));

    /// <summary>The places where something stands.</summary>
    public static ParameterMask Present(IEnumerable<object?> items) => new(items.Select(item => item is not null));

    /// <summary>Those in either.</summary>
    public ParameterMask Or(ParameterMask other) => new(this.Zip(other, (a, b) => a || b));

    /// <summary>Some of the places.</summary>
    public ParameterMask Slice(int start, int count) => new(Items.Slice(start, count));

    /// <summary>These places, then the other's.</summary>
    public ParameterMask Concat(ParameterMask other) => new(Items.AddRange(other.Items));

    /// <summary>The items whose places are meant.</summary>
    public IEnumerable<T> Choose<T>(IEnumerable<T> items) => items.Where((_, i) => this[i]);

    /// <summary>Items put back at the places that are meant; default elsewhere.</summary>
    public T?[] Spread<T>(IEnumerable<T> items)
    {
        var result = new T?[Count];
        using IEnumerator<T> next = items.GetEnumerator();
        foreach (int i in Indices)
        {
            result[i] = next.MoveNext() ? next.Current : throw new InvalidOperationException("Too few items for the mask.");
        }

        return result;
    }
}
