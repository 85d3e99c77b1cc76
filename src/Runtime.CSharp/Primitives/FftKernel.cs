using System.Numerics;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Fourier;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Fourier transforms axis by axis: from the operand to the result, then in place.</summary>
internal sealed class FftKernel<T> : SingleKernel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly (FourierTransform<T> Transform, FourierBox Box)[] steps;

    internal FftKernel(Shape shape, Axes along, bool inverse)
    {
        if (shape.Size > 0)
        {
            int[] strides = shape.Strides();
            steps = [.. along.Where(axis => shape[axis].Value > 1).Select(axis => Step(shape, axis, strides[axis], inverse))];
        }
        else
        {
            steps = [];
        }
    }

    /// <inheritdoc/>
    public override bool MayOverwrite(int operand) => true;

    /// <inheritdoc/>
    public override unsafe void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel)
    {
        if (steps.Length == 0)
        {
            new MoveKernel(static (from, to, _) => Boxes.Copy(Layout.Of(from[0]), Layout.Of(to), to.Shape.ToArray())).Run(operands, result, parallel);
            return;
        }

        fixed (byte* operand = &operands[0].FirstByte, target = &result.FirstByte)
        {
            var from = (T*)operand;
            var to = (T*)target;
            foreach ((FourierTransform<T> transform, FourierBox box) in steps)
            {
                transform.Run(from, to, box, parallel);
                from = to;
            }
        }
    }

    private static (FourierTransform<T> Transform, FourierBox Box) Step(Shape shape, int axis, int stride, bool inverse)
    {
        int length = shape[axis].Value;
        var box = new FourierBox(shape.Size / (length * stride), length, stride, inverse);
        return ((FourierTransform<T>?)NativeFourier<T>.Of(Providers.Default, box) ?? FourierTransform<T>.Of(length, box.Lines), box);
    }
}
