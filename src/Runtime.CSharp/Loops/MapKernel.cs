using Adjoint.Core;
using Adjoint.Kernels;

namespace Adjoint.Loops;

/// <summary>An elementwise function of one operand, in vectors. The result may lie in the operand's memory.</summary>
internal sealed class MapKernel<T, TOp> : SingleKernel
    where T : unmanaged
    where TOp : struct, IUnaryOp<T>
{
    internal static readonly MapKernel<T, TOp> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
        Elementwise.Map<T, TOp>(operands[0].Memory<T>(), operands[0].Start, result.Memory<T>(), result.Start, result.Size, parallel);

    public override bool MayOverwrite(int operand) => true;
}

/// <summary>An elementwise function of two operands, in vectors. The result may lie in an operand's memory.</summary>
internal sealed class ZipKernel<T, TOp> : SingleKernel
    where T : unmanaged
    where TOp : struct, IBinaryOp<T>
{
    internal static readonly ZipKernel<T, TOp> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
        Elementwise.Zip<T, TOp>(operands[0].Memory<T>(), operands[0].Start, operands[1].Memory<T>(), operands[1].Start, result.Memory<T>(), result.Start, result.Size, parallel);

    public override bool MayOverwrite(int operand) => true;
}

/// <summary>An elementwise comparison, in vectors.</summary>
internal sealed class CompareKernel<T, TOp> : SingleKernel
    where T : unmanaged
    where TOp : struct, IComparison<T>
{
    internal static readonly CompareKernel<T, TOp> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) =>
        Choose.Compare<T, TOp>(operands[0].Memory<T>(), operands[0].Start, operands[1].Memory<T>(), operands[1].Start, result.Memory<bool>(), result.Start, result.Size, parallel);
}

/// <summary>A choice by element, in vectors. The result may lie in the memory of either operand that is chosen from.</summary>
internal sealed class SelectKernel<T> : SingleKernel
    where T : unmanaged
{
    internal static readonly SelectKernel<T> Instance = new();

    public override void Run(ReadOnlySpan<NDArray> operands, NDArray result, IParallel parallel) => Choose.Select(
        operands[0].Memory<bool>(), operands[0].Start, operands[1].Memory<T>(), operands[1].Start, operands[2].Memory<T>(), operands[2].Start, result.Memory<T>(), result.Start, result.Size, parallel);

    public override bool MayOverwrite(int operand) => operand > 0;
}
