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

/// <summary>An elementwise function of two operands that has no vector form, element by element in tiles.</summary>
/// <remarks>The result may lie in an operand's memory.</remarks>
internal sealed class EachPairKernel<T>(Func<T, T, T> function) : SingleKernel
    where T : unmanaged
{
    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        T[] x = operands[0].Data<T>();
        T[] y = operands[1].Data<T>();
        T[] z = result.Data<T>();
        Elementwise.InTiles(z.Length, parallel, (start, length) =>
        {
            for (int i = start; i < start + length; i++)
            {
                z[i] = function(x[i], y[i]);
            }
        });
    }

    public override bool MayOverwrite(int operand) => true;
}
