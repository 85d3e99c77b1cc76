using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A convolution of f16 or bf16: of the same numbers in f32, rounded once at the end.</summary>
/// <remarks>
/// Error before that rounding: |y - exact| &lt;= eps k Σ |x| |f| with the eps of f32, as of a convolution of f32. That processors' own products of bf16 are left aside,
/// and why, says <see cref="StoredDotKernel"/>.
/// </remarks>
internal sealed class StoredConvKernel : Kernel
{
    private readonly ConvKernel convolution;
    private readonly TensorType[] wide;

    private StoredConvKernel(ConvKernel convolution, TensorType[] wide)
    {
        this.convolution = convolution;
        this.wide = wide;
    }

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds => wide.Select((type, slot) => new ScratchNeed(slot, DType.F32, type.Shape.Size));

    /// <inheritdoc/>
    public override string Describe() => "convolution, summed in f32";

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        NDArray input = Scratch(0, context), filter = Scratch(1, context), sum = Scratch(2, context);
        HalfStorage.Widen(operands[0], input, context.Parallel);
        HalfStorage.Widen(operands[1], filter, context.Parallel);
        convolution.Run([input, filter], sum, context.Parallel);
        HalfStorage.Round(sum, results[0], context.Parallel);
    }

    /// <summary>The kernel for operands of f16 or bf16.</summary>
    internal static StoredConvKernel Of(ConvGeneral conv, ConvView view, TensorType input, TensorType filter)
    {
        TensorType x = input with { DType = DType.F32 }, f = filter with { DType = DType.F32 };
        var sum = (TensorType)conv.Infer(ImmutableArray.Create<Ir.ValueType>(x, f))[0];
        return new(new(conv, view), [x, f, sum]);
    }

    private NDArray Scratch(int slot, KernelContext context)
    {
        NDArray memory = context.Scratch(slot, DType.F32, wide[slot].Shape.Size);
        return new(DType.F32, wide[slot].Shape, memory.Storage, memory.Start);
    }
}
