using Adjoint.Core;

namespace Adjoint.Execute;

/// <summary>The memory that one run at a time works in: arrays that are free again serve the next of their dtype and length.</summary>
/// <remarks>Fresh memory is slow, so it is kept within a run and from one run to the next. Used by one thread at a time.</remarks>
internal sealed class Arena
{
    private readonly Dictionary<(DType Type, int Length), BufferList> lists = [];

    /// <summary>Whether free and fresh memory is filled with rubbish.</summary>
    internal bool Spoil { get; set; }

    /// <summary>How many arrays had to be made because none was free.</summary>
    internal long Made { get; set; }

    /// <summary>The bytes of what is here: in use or free, blocks among them.</summary>
    internal long Bytes { get; private set; }

    /// <summary>The most bytes that were here at a time.</summary>
    internal long Peak { get; set; }

    /// <summary>How many arrays are out on loan.</summary>
    internal long Loaned { get; set; }

    /// <summary>Whether arrays may have left this run within a stack.</summary>
    internal bool HasLeft { get; set; }

    /// <summary>Whether arrays left that came from elsewhere, in place of one that is still out.</summary>
    internal bool HasStrangers { get; set; }

    /// <summary>Counts bytes that come, or go.</summary>
    internal void Add(long bytes)
    {
        Bytes += bytes;
        Peak = Math.Max(Peak, Bytes);
    }

    /// <summary>Takes back what is still out on loan when a run has ended, unless it may have left within a stack.</summary>
    internal void Settle()
    {
        if (Loaned > 0 || HasStrangers)
        {
            foreach (BufferList list in lists.Values)
            {
                list.Settle(HasLeft);
            }

            Loaned = 0;
        }

        HasLeft = HasStrangers = false;
    }

    /// <summary>Where arrays of a dtype and length are kept.</summary>
    internal BufferList List(DType type, int length)
    {
        if (!lists.TryGetValue((type, length), out BufferList? list))
        {
            list = new BufferList(this, type, length);
            lists.Add((type, length), list);
        }

        return list;
    }
}
