using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>An elementwise function of one operand that has no vector form, element by element in tiles.</summary>
/// <remarks>The result may lie in the operand's memory.</remarks>
internal sealed class EachKernel<T>(Func<T, T> function) : Kernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        T[] x = operands[0].Data<T>();
        T[] y = result.Data<T>();
        Elementwise.InTiles(y.Length, parallel, (start, length) =>
        {
            for (int i = start; i < start + length; i++)
            {
                y[i] = function(x[i]);
            }
        });
    }

    public override bool MayOverwrite(int operand) => true;
}
