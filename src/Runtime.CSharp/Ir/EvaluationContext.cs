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

    /// <summary>The value itself if it is owned, otherwise a copy, in memory that is free again where there is some: it may be kept where it is never overwritten.</summary>
    internal HostValue Keep(Held value)
    {
        if (value.Owned || value.Value is not NDArray array)
        {
            return value.Keep();
        }

        NDArray copy = NewArray(array.Type, array.Shape);
        Array.Copy(array.Storage, array.Start, copy.Storage, copy.Start, array.Size);
        return copy;
    }

    /// <summary>Takes a value that nobody reads any more; its memory serves others, if it was owned.</summary>
    internal virtual void Return(Held value)
    {
    }

    /// <summary>Adds to the count of elements read or written, which shows that reads and updates in loops cost O(1).</summary>
    public abstract void CountElements(long elements);
}
