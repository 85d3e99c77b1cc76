using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A kernel that copies boxes of elements, and works on any dtype.</summary>
internal sealed class MoveKernel(MoveKernel.Move move) : SingleKernel
{
    /// <summary>Writes every element of the result.</summary>
    internal delegate void Move(ReadOnlySpan<NDArray> operands, NDArray result, IParallel? parallel);

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) => move(operands, result, parallel);
}
