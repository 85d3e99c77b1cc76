using System.Collections.Immutable;
using System.Numerics;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels.Fourier;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Discrete Fourier transform along some axes, not scaled: y[k] = Σ x[j] exp(−2πi jk / n), with +2πi where inverse.</summary>
/// <remarks>
/// <para>Shape and dtype: the operand's, c64 or c128. Any extent; forth and back multiplies by the number of elements along the axes.</para>
/// <para>Error: ‖y - exact‖ &lt;= c eps log2(n) ‖exact‖ with c below 10 (Higham 2002, theorem 24.2). A NaN or an infinity reaches every number of its lines.</para>
/// <para>Derivative: linear, over complex numbers. The matrix is symmetric, so that the transpose is the transform itself.</para>
/// </remarks>
/// <param name="Along">The axes.</param>
/// <param name="Inverse">With the other sign in the exponent.</param>
public sealed partial record Fft(Axes Along, bool Inverse) : LinearPrimitive
{
    /// <inheritdoc/>
    public override string Name => "fft";

    /// <summary>Draws complex numbers and some of their axes.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(minRank: 1);
        var along = new Axes(Enumerable.Range(0, shape.Rank).Where(axis => axis == 0 || source.Bool()));
        return new(new Fft(along, source.Bool()), source.Numbers(source.Floating() == DType.F64 ? DType.C128 : DType.C64, shape));
    }

    /// <inheritdoc/>
    public override TensorType Infer(TensorType x)
    {
        if (!x.DType.IsComplex())
        {
            throw new TypeRuleException($"{Name}: takes complex numbers, not {x}. Make them complex, or use rfft?");
        }

        return Along.All(axis => (uint)axis < (uint)x.Rank) && Along.Distinct().Count() == Along.Count
            ? x
            : throw new TypeRuleException($"{Name}: axes {Along} are not different axes of {x}.");
    }

    /// <inheritdoc/>
    public override Cost Cost(ImmutableArray<ValueType> operands)
    {
        Shape shape = ((TensorType)operands[0]).Shape;

        // Of a complex transform by radix 2 (Van Loan 1992, section 1.4).
        return base.Cost(operands) with { Operations = Along.Sum(axis => 5.0 * shape.Size * Math.Log2(Math.Max(2, shape[axis].Value))) };
    }

    /// <inheritdoc/>
    public override Kernel? Lower(ImmutableArray<ValueType> operands)
    {
        var x = (TensorType)operands[0];
        return x.DType == DType.C64 ? new FftKernel<float>(x.Shape, Along, Inverse) : new FftKernel<double>(x.Shape, Along, Inverse);
    }

    /// <summary>The sums as they stand, in f64, rounded once.</summary>
    public override NDArray Evaluate(NDArray x)
    {
        Complex[] y = x.Type == DType.C64 ? [.. x.Span<Complex64>().ToArray().Select(number => number.ToComplex())] : x.ToArray<Complex>();
        foreach (int axis in Along)
        {
            SumLines(y, x.Shape, axis);
        }

        return x.Type == DType.C64
            ? NDArray.Own(x.Shape, y.Select(number => new Complex64((float)number.Real, (float)number.Imaginary)).ToArray())
            : NDArray.Own(x.Shape, y);
    }

    /// <inheritdoc/>
    public override Batched Batch(Batched x, Extent size) =>
        new(Ops.Apply(this with { Along = new(Along.Select(axis => axis < x.Axis ? axis : axis + 1)) }, x.Value), x.Axis);

    /// <inheritdoc/>
    public override void Transpose(Node node, Value cotangent, Accumulator into) => into.Add(Ops.Apply(this, cotangent));

    private void SumLines(Complex[] y, Shape shape, int axis)
    {
        int extent = shape[axis].Value;
        int stride = shape.Strides()[axis];
        var line = new Complex[extent];
        foreach (int start in Boxes.Offsets(shape, new Axes(axis).Others(shape.Rank)))
        {
            for (int k = 0; k < extent; k++)
            {
                Complex sum = Complex.Zero;
                for (int j = 0; j < extent; j++)
                {
                    (double real, double imaginary) = UnitRoot.Of<double>((long)j * k, extent);
                    sum += y[start + (j * stride)] * new Complex(real, Inverse ? -imaginary : imaginary);
                }

                line[k] = sum;
            }

            for (int k = 0; k < extent; k++)
            {
                y[start + (k * stride)] = line[k];
            }
        }
    }
}

public static partial class Ops
{
    /// <summary>Discrete Fourier transform along some axes, not scaled.</summary>
    public static Value Fft(Value x, Axes along, bool inverse) => Apply(new Fft(along, inverse), x);
}
