using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The constants and the carry of a loop while it runs. The carry is given away to each step, so that it can be updated in place.</summary>
internal sealed class LoopState
{
    private readonly Held[] arguments;
    private readonly int first;

    internal LoopState(ReadOnlySpan<Held> operands, int first, int carries, int before = 0, int after = 0)
    {
        this.first = first + before;
        arguments = new Held[before + operands.Length + after];
        operands.CopyTo(arguments.AsSpan(before));
        for (int i = 0; i < first; i++)
        {
            arguments[before + i] = arguments[before + i] with { Owned = false };
        }

        Carries = carries;
    }

    /// <summary>How many values are carried.</summary>
    internal int Carries { get; }

    /// <summary>The carry as it stands.</summary>
    internal Held[] Carry => arguments.AsSpan(first, Carries).ToArray();

    /// <summary>All arguments, with others at some places; the carry stays ours.</summary>
    internal Held[] Lend()
    {
        var lent = new Held[arguments.Length];
        for (int i = 0; i < lent.Length; i++)
        {
            lent[i] = arguments[i] with { Owned = false };
        }

        return lent;
    }

    /// <summary>All arguments; the carry is given away.</summary>
    internal Held[] Give() => arguments;

    /// <summary>Sets an argument that is neither constant nor carry.</summary>
    internal void Set(int index, Held value) => arguments[index] = value;

    /// <summary>Takes the carry that a step gave.</summary>
    internal void Advance(ReadOnlySpan<Held> results) => results[..Carries].CopyTo(arguments.AsSpan(first));
}
