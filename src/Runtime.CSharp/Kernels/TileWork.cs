namespace Adjoint.Kernels;

/// <summary>Tiles of work that can be run range by range: an object that is kept from one run to the next, so that a run allocates nothing.</summary>
internal abstract class TileWork
{
    /// <summary>Runs the tiles from the first up to the last, which is not run, on the calling thread.</summary>
    internal abstract void Run(long first, long last);
}

/// <summary>Runs ranges of tiles.</summary>
internal interface IRangeParallel : IParallel
{
    /// <summary>
    /// Runs the tiles below a count, each once, possibly at the same time on several threads, and returns when all are done. Ranges are begun in
    /// order; if some throw, the exception of the first of them comes out.
    /// </summary>
    void For(long count, TileWork work);
}

/// <summary>Tiles that are a function of their number.</summary>
internal sealed class EachTile(Action<int> body) : TileWork
{
    internal override void Run(long first, long last)
    {
        for (long tile = first; tile < last; tile++)
        {
            body((int)tile);
        }
    }
}
