using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Runs an algorithm for each matrix of a batch: several small ones in a task, cut by shape alone.</summary>
/// <param name="count">How many matrices.</param>
/// <param name="work">Multiply-adds of one.</param>
internal abstract class MatrixKernel(int count, double work) : Kernel
{
    /// <summary>Multiply-adds of a task: some tens of microseconds.</summary>
    private const double TaskWork = 1 << 17;

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        NDArray[] given = operands.ToArray(), made = results.ToArray();
        int group = (int)Math.Clamp(TaskWork / Math.Max(work, 1), 1, Math.Max(count, 1));
        if (count == 1)
        {
            One(0, given, made, context.Parallel);
        }
        else if (count <= group)
        {
            Some(0, count, given, made);
        }
        else
        {
            context.Parallel.For((count + group - 1) / group, task => Some(task * group, Math.Min(count, (task + 1) * group), given, made));
        }
    }

    /// <summary>Computes the results for one matrix of the batch.</summary>
    private protected abstract void One(int index, NDArray[] operands, NDArray[] results, IParallel parallel);

    /// <summary>Copies elements from one array to the same places of another, unless they lie there already.</summary>
    private protected static void Copy<T>(NDArray from, NDArray to, int place, int length)
        where T : unmanaged
    {
        if (!ReferenceEquals(from.Storage, to.Storage) || from.Start != to.Start)
        {
            from.Span<T>().Slice(place, length).CopyTo(to.Memory<T>().AsSpan(to.Start + place, length));
        }
    }

    private void Some(int first, int end, NDArray[] operands, NDArray[] results)
    {
        for (int i = first; i < end; i++)
        {
            One(i, operands, results, Serial.Instance);
        }
    }
}
