using System.Numerics;
using System.Numerics.Tensors;
using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>Numbers in another floating dtype, rounded to nearest, in vectors.</summary>
internal sealed class ConvertKernel<TFrom, TTo> : SingleKernel
    where TFrom : unmanaged, INumberBase<TFrom>
    where TTo : unmanaged, IFloatingPointIeee754<TTo>
{
    internal static readonly ConvertKernel<TFrom, TTo> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        NDArray x = operands[0];
        Elementwise.InTiles(result.Size, parallel, (start, length) => TensorPrimitives.ConvertTruncating(
            x.Span<TFrom>().Slice(start, length), result.Memory<TTo>().AsSpan(result.Start + start, length)));
    }
}
