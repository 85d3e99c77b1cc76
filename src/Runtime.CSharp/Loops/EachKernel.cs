using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>An elementwise function of one operand that has no vector form, element by element in tiles.</summary>
/// <remarks>The result may lie in the operand's memory.</remarks>
internal sealed class EachKernel<T>(Func<T, T> function) : SingleKernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        NDArray x = operands[0];
        Elementwise.InTiles(result.Size, parallel, (start, length) =>
        {
            ReadOnlySpan<T> from = x.Span<T>().Slice(start, length);
            Span<T> to = result.Memory<T>().AsSpan(result.Start + start, length);
            for (int i = 0; i < length; i++)
            {
                to[i] = function(from[i]);
            }
        });
    }

    public override bool MayOverwrite(int operand) => true;
}

/// <summary>An elementwise function of two operands that has no vector form, element by element in tiles.</summary>
/// <remarks>The result may lie in an operand's memory.</remarks>
internal sealed class EachPairKernel<T>(Func<T, T, T> function) : SingleKernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        NDArray x = operands[0];
        NDArray y = operands[1];
        Elementwise.InTiles(result.Size, parallel, (start, length) =>
        {
            ReadOnlySpan<T> left = x.Span<T>().Slice(start, length);
            ReadOnlySpan<T> right = y.Span<T>().Slice(start, length);
            Span<T> to = result.Memory<T>().AsSpan(result.Start + start, length);
            for (int i = 0; i < length; i++)
            {
                to[i] = function(left[i], right[i]);
            }
        });
    }

    public override bool MayOverwrite(int operand) => true;
}
