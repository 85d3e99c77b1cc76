using System.Numerics;
using System.Runtime.Intrinsics;

namespace Adjoint.Kernels;

/// <summary>What of attention is computed.</summary>
internal enum AttentionKind
{
    Forward,
    Tangent,
    Pullback,
}

/// <summary>Attention or a derivative of it, to be run with vectors of the width that suits the machine and the number of queries.</summary>
/// <remarks>Operands and results are in the order of the primitive.</remarks>
internal sealed record AttentionWork<T>(AttentionKind Kind, AttentionShape Shape)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Numbers that <see cref="Run"/> wants to work in.</summary>
    internal int Memory => Kind == AttentionKind.Pullback ? new AttentionLayout(Shape, PanelWidth).Size : 0;

    private int PanelWidth => 2 * (Fits512 ? Vector512<T>.Count : Fits256 ? Vector256<T>.Count : Vector128.IsHardwareAccelerated ? Vector128<T>.Count : 1);

    private bool Fits512 => Vector512.IsHardwareAccelerated && Shape.Queries > 2 * Vector256<T>.Count;

    private bool Fits256 => Vector256.IsHardwareAccelerated && Shape.Queries > 2 * Vector128<T>.Count;

    internal void Run(AttentionSight sight, Memory<T>[] operands, Memory<T>[] results, Memory<T> memory, IParallel parallel)
    {
        if (Fits512)
        {
            Run<Vector512<T>, Lanes512<T>>(sight, operands, results, memory, parallel);
        }
        else if (Fits256)
        {
            Run<Vector256<T>, Lanes256<T>>(sight, operands, results, memory, parallel);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Run<Vector128<T>, Lanes128<T>>(sight, operands, results, memory, parallel);
        }
        else
        {
            Run<T, LanesScalar<T>>(sight, operands, results, memory, parallel);
        }
    }

    private void Run<TVector, TLanes>(
        AttentionSight sight, Memory<T>[] operands, Memory<T>[] results, Memory<T> memory, IParallel parallel)
        where TVector : unmanaged
        where TLanes : struct, ILanes<T, TVector>
    {
        switch (Kind)
        {
            case AttentionKind.Forward:
                new AttentionForward<T, TVector, TLanes>(Shape, sight).Run(operands[0], operands[1], operands[2], results[0], results[1], parallel);
                break;
            case AttentionKind.Tangent:
                new AttentionTangents<T, TVector, TLanes>(Shape, sight).Run(operands, results, parallel);
                break;
            default:
                new AttentionBackward<T, TVector, TLanes>(Shape, sight).Run(operands, results, memory, parallel);
                break;
        }
    }
}
