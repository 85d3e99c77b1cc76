using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Ir;

/// <summary>What the evaluation of a primitive may ask of whoever runs it.</summary>
public abstract class EvaluationContext : KernelContext
{
    /// <summary>Runs a body on arguments; an owned argument is given away.</summary>
    public abstract Held[] Run(Graph body, ReadOnlySpan<Held> arguments);

    /// <summary>An array that is owned and holds anything: memory that is free again, where there is some.</summary>
    public virtual NDArray NewArray(DType type, Shape shape) => NDArray.New(type, shape);

    /// <summary>Takes a value that nobody reads any more; its memory serves others, if it was owned.</summary>
    internal virtual void Return(Held value)
    {
    }

    /// <summary>Adds to the count of elements read or written, which shows that reads and updates in loops cost O(1).</summary>
    public abstract void CountElements(long elements);
}
