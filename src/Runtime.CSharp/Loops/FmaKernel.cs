using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>xy + z by element, rounded once, in vectors of f32 or f64. The result may lie in an operand's memory.</summary>
internal sealed class FmaKernel<T> : SingleKernel
    where T : unmanaged
{
    private const int TileElements = 1 << 15;

    internal static readonly FmaKernel<T> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        if (result.Size <= TileElements)
        {
            FusedProducts.Run<T>(operands[0].Span<T>(), operands[1].Span<T>(), operands[2].Span<T>(), Part(result, 0, result.Size));
        }
        else
        {
            RunInTiles(operands[0], operands[1], operands[2], result, parallel);
        }
    }

    public override bool MayOverwrite(int operand) => true;

    private static void RunInTiles(NDArray x, NDArray y, NDArray z, NDArray w, IParallel parallel) =>
        Elementwise.InTiles(w.Size, parallel, (start, length) => FusedProducts.Run<T>(
            Part(x, start, length), Part(y, start, length), Part(z, start, length), Part(w, start, length)));

    private static Span<T> Part(NDArray array, int start, int length) => array.Memory<T>().AsSpan(array.Start + start, length);
}
