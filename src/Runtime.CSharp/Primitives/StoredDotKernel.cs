using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>A product of f16 or bf16: of the same numbers in f32, rounded once at the end.</summary>
/// <remarks>
/// Error before that rounding: |z - exact| &lt;= eps k Σ |x| |y| with the eps of f32, as of a product of f32. Widening costs a pass over operands and result, which
/// is little beside the product. Processors that multiply bf16 themselves read subnormal numbers as zeros, which are numbers like others here.
/// </remarks>
internal sealed class StoredDotKernel : Kernel
{
    private readonly DotKernel product;
    private readonly TensorType[] wide;

    private StoredDotKernel(DotKernel product, TensorType[] wide)
    {
        this.product = product;
        this.wide = wide;
    }

    /// <inheritdoc/>
    public override IEnumerable<ScratchNeed> ScratchNeeds => wide.Select((type, slot) => new ScratchNeed(slot, DType.F32, type.Shape.Size));

    /// <inheritdoc/>
    public override void Run(ReadOnlySpan<NDArray> operands, ReadOnlySpan<NDArray> results, KernelContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        NDArray left = Scratch(0, context), right = Scratch(1, context), sum = Scratch(2, context);
        HalfStorage.Widen(operands[0], left, context.Parallel);
        HalfStorage.Widen(operands[1], right, context.Parallel);
        product.Run([left, right], sum, context.Parallel);
        HalfStorage.Round(sum, results[0], context.Parallel);
    }

    /// <summary>The kernel for operands of f16 or bf16.</summary>
    internal static StoredDotKernel Of(DotGeneral dot, TensorType left, TensorType right)
    {
        TensorType x = left with { DType = DType.F32 }, y = right with { DType = DType.F32 };
        var sum = (TensorType)dot.Infer(ImmutableArray.Create<Ir.ValueType>(x, y))[0];
        return new(DotKernel.Of(dot, x, y)!, [x, y, sum]);
    }

    private NDArray Scratch(int slot, KernelContext context)
    {
        NDArray memory = context.Scratch(slot, DType.F32, wide[slot].Shape.Size);
        return new(DType.F32, wide[slot].Shape, memory.Storage, memory.Start);
    }
}
