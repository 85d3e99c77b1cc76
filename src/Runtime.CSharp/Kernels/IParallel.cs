namespace Adjoint.Kernels;

/// <summary>Runs tiles of work, possibly at the same time on several threads.</summary>
/// <remarks>Work is cut into tiles by shape alone, so results do not depend on the number of threads.</remarks>
public interface IParallel
{
    /// <summary>Runs body(0) … body(count − 1) and returns when all are done.</summary>
    void For(int count, Action<int> body);
}

/// <summary>Runs tiles one after the other on the calling thread.</summary>
public sealed class Serial : IParallel
{
    private Serial()
    {
    }

    /// <summary>The only one.</summary>
    public static Serial Instance { get; } = new();

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        for (int i = 0; i < count; i++)
        {
            body(i);
        }
    }
}
