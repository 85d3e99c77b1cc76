namespace Adjoint.Front;

/// <summary>Counts the nodes that hang together and have not run: a node joins the groups of its operands.</summary>
internal sealed class PendingGroup
{
    /// <summary>Work that has grown past so many nodes runs by itself.</summary>
    internal const int Most = 10_000;

    private static readonly Lock Gate = new();

    private PendingGroup? parent;
    private int nodes;

    /// <summary>Whether the group has grown so large that it should run.</summary>
    internal bool IsFull
    {
        get
        {
            lock (Gate)
            {
                return Root().nodes > Most;
            }
        }
    }

    /// <summary>The group of new nodes on these operands.</summary>
    internal static PendingGroup Join(IEnumerable<Expr> operands, int added)
    {
        lock (Gate)
        {
            PendingGroup? all = null;
            foreach (Expr operand in operands)
            {
                if (operand.Handle.Known is null && operand.Pending?.Root() is { } group && !ReferenceEquals(group, all))
                {
                    all = all is null ? group : all.Merge(group);
                }
            }

            all ??= new();
            all.nodes += added;
            return all;
        }
    }

    private PendingGroup Merge(PendingGroup other)
    {
        (PendingGroup large, PendingGroup small) = nodes >= other.nodes ? (this, other) : (other, this);
        small.parent = large;
        large.nodes += small.nodes;
        return large;
    }

    private PendingGroup Root()
    {
        PendingGroup group = this;
        while (group.parent is { } above)
        {
            group.parent = above.parent ?? above;
            group = above;
        }

        return group;
    }
}
