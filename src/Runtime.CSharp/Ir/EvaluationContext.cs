using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Ir;

/// <summary>What the evaluation of a primitive may ask of whoever runs it.</summary>
public abstract class EvaluationContext
{
    /// <summary>Where tiles of work run.</summary>
    public abstract IParallel Parallel { get; }

    /// <summary>Asks a long evaluation to stop.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>Runs a body on arguments; an owned argument is given away.</summary>
    public abstract Held[] Run(Graph body, ReadOnlySpan<Held> arguments);

    /// <summary>An array that is owned and holds anything: memory that is free again, where there is some.</summary>
    public virtual NDArray NewArray(DType type, Shape shape) => NDArray.New(type, shape);

    /// <summary>Hands a line to the caller's handler of diagnostics.</summary>
    public abstract void Report(string line);

    /// <summary>Adds to the count of elements read or written, which shows that reads and updates in loops cost O(1).</summary>
    public abstract void CountElements(long elements);
}
