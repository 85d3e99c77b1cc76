namespace Adjoint.Kernels;

/// <summary>
/// The extents of an attention over dense operands: queries [Batch, Queries, Heads, Width], keys [Batch, Keys, Heads / Group, Width], values and
/// outputs alike with ValueWidth, and one number for each query as [Batch, Heads, Queries].
/// </summary>
internal sealed record AttentionShape(int Batch, int Queries, int Keys, int Heads, int Group, int Width, int ValueWidth, double Scale)
{
    internal int KeyHeads => Group == 0 ? 0 : Heads / Group;

    /// <summary>Elements from one query to the next.</summary>
    internal nint QueryRow => (nint)Heads * Width;

    internal nint KeyRow => (nint)KeyHeads * Width;

    internal nint ValueRow => (nint)KeyHeads * ValueWidth;

    internal nint OutputRow => (nint)Heads * ValueWidth;

    internal nint QueryAt(int batch, int head, int query) => ((nint)batch * Queries * QueryRow) + (query * QueryRow) + ((nint)head * Width);

    internal nint KeyAt(int batch, int head, int key) => ((nint)batch * Keys * KeyRow) + (key * KeyRow) + ((nint)head * Width);

    internal nint ValueAt(int batch, int head, int key) => ((nint)batch * Keys * ValueRow) + (key * ValueRow) + ((nint)head * ValueWidth);

    internal nint OutputAt(int batch, int head, int query) => ((nint)batch * Queries * OutputRow) + (query * OutputRow) + ((nint)head * ValueWidth);

    internal nint SumAt(int batch, int head, int query) => ((((nint)batch * Heads) + head) * Queries) + query;
}
