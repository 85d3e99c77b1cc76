namespace Adjoint.Kernels;

/// <summary>
/// What the pullback of attention keeps while it runs, linear in the queries: for each head panels of queries and of cotangents, rows of both
/// where their width is no multiple of a panel's, two numbers for each query, and the queries' cotangents, once for each share of the keys.
/// </summary>
internal sealed class AttentionLayout
{
    /// <summary>Keys that are taken together.</summary>
    internal const int Block = 128;

    private const int Tasks = 16;
    private const int MostShares = 8;

    private readonly AttentionShape shape;
    private readonly int width;

    internal AttentionLayout(AttentionShape shape, int width)
    {
        this.shape = shape;
        this.width = width;
        Panels = GemmTiling.Ceiling(shape.Queries, width);
        int blocks = GemmTiling.Ceiling(shape.Keys, Block);
        int wanted = GemmTiling.Ceiling(Tasks, Math.Max(1, shape.Batch * shape.KeyHeads));
        Shares = Math.Clamp(Math.Min(wanted, blocks), 1, MostShares);
    }

    /// <summary>Panels of queries of one head.</summary>
    internal int Panels { get; }

    /// <summary>Into how many shares the blocks of keys are dealt: one where there are heads enough for all threads.</summary>
    internal int Shares { get; }

    /// <summary>Columns of a row of queries or keys that is padded to whole panels.</summary>
    internal int PaddedWidth => GemmTiling.RoundUp(shape.Width, width);

    internal int PaddedValueWidth => GemmTiling.RoundUp(shape.ValueWidth, width);

    /// <summary>Whether rows of queries are read where they lie.</summary>
    internal bool ReadsQueries => shape.Width % width == 0;

    internal bool ReadsCotangents => shape.ValueWidth % width == 0;

    /// <summary>All of it.</summary>
    internal int Size => checked((int)(Heads * (Shared + (Shares * QueryPanels))));

    private long Heads => (long)shape.Batch * shape.Heads;

    private long Padded => (long)Panels * width;

    private long QueryPanels => Padded * shape.Width;

    private long QueryRows => ReadsQueries ? 0 : Padded * PaddedWidth;

    private long CotangentRows => ReadsCotangents ? 0 : Padded * PaddedValueWidth;

    private long Shared => (Padded * (shape.Width + shape.ValueWidth + 2)) + QueryRows + CotangentRows;

    internal long QueryPanel(int head, int panel) => (head * Shared) + ((long)panel * width * shape.Width);

    internal long CotangentPanel(int head, int panel) => (head * Shared) + QueryPanels + ((long)panel * width * shape.ValueWidth);

    internal long Shift(int head, int panel) => (head * Shared) + (Padded * (shape.Width + shape.ValueWidth)) + ((long)panel * width);

    internal long Mean(int head, int panel) => Shift(head, panel) + Padded;

    internal long QueryRowsAt(int head, int panel) =>
        (head * Shared) + (Padded * (shape.Width + shape.ValueWidth + 2)) + ((long)panel * width * PaddedWidth);

    internal long CotangentRowsAt(int head, int panel) =>
        (head * Shared) + (Padded * (shape.Width + shape.ValueWidth + 2)) + QueryRows + ((long)panel * width * PaddedValueWidth);

    internal long Gathered(int share, int head, int panel) =>
        (Heads * Shared) + (((share * Heads) + head) * QueryPanels) + ((long)panel * width * shape.Width);
}
