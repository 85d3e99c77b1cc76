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
        TFrom[] x = operands[0].Data<TFrom>();
        TTo[] y = result.Data<TTo>();
        Elementwise.InTiles(y.Length, parallel, (start, length) =>
            TensorPrimitives.ConvertTruncating(x.AsSpan(start, length), y.AsSpan(start, length)));
    }
}
