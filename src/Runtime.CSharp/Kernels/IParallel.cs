namespace Adjoint.Kernels;

/// <summary>Runs the tiles of a kernel. Kernels cut work by shape alone, so the runner never changes a result.</summary>
public interface IParallel
{
    /// <summary>
    /// Runs <paramref name="body"/> for 0, 1, …, <paramref name="count"/> − 1, possibly at the same time on several
    /// threads, and returns when all are done.
    /// </summary>
    void For(int count, Action<int> body);
}

/// <summary>Runs tiles one after another on the calling thread.</summary>
public sealed class Serial : IRangeParallel
{
    /// <summary>Tiles that run at a time, so that a long run is asked now and then whether to stop.</summary>
    private const int Range = 64;

    /// <summary>The only instance.</summary>
    public static readonly Serial Instance = new();

    private Serial()
    {
    }

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        for (int i = 0; i < count; i++)
        {
            body(i);
        }
    }

    /// <inheritdoc/>
    void IRangeParallel.For(long count, TileWork work)
    {
        for (long first = 0; first < count; first += Range)
        {
            work.Run(first, Math.Min(first + Range, count));
        }
    }
}
