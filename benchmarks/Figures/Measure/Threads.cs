using Adjoint.Execute;
using Adjoint.Kernels;

namespace Figures.Measure;

/// <summary>The threads that a row runs on: our runs and the parts of its counterparts alike.</summary>
internal static class Threads
{
    private static readonly WorkerPool Pair = WorkerPool.Create(2);

    /// <summary>One thread, and two where there are two cores.</summary>
    public static IReadOnlyList<int> Counts { get; } = Environment.ProcessorCount > 1 ? [1, 2] : [1];

    /// <summary>Where the tiles run.</summary>
    public static IParallel Of(int threads) => threads == 1 ? Serial.Instance : Pair;
}
