using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>A kernel with one result that asks for nothing but a runner of tiles.</summary>
public abstract class SingleKernel : Kernel
{
    /// <summary>Computes every element of the result, as <see cref="Kernel"/> says.</summary>
    public abstract void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel);

    /// <summary>Whether the result may lie in this operand's memory.</summary>
    public virtual bool MayOverwrite(int operand) => false;

    /// <inheritdoc/>
    public sealed override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Run(operands, results[0], context.Parallel);
    }

    /// <inheritdoc/>
    public sealed override bool MayOverwrite(int operand, int result) => MayOverwrite(operand);
}
