using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>What a primitive lowers to: code for operands of given types that writes its result where it is told.</summary>
/// <remarks>It keeps nothing from one run to the next, and several threads may run it at a time.</remarks>
public abstract class Kernel
{
    /// <summary>
    /// Computes every element of the result, whose memory holds anything before. The operands and the result share no
    /// memory, unless <see cref="MayOverwrite"/> says so.
    /// </summary>
    public abstract void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel);

    /// <summary>Whether the result may lie in this operand's memory.</summary>
    public virtual bool MayOverwrite(int operand) => false;
}
