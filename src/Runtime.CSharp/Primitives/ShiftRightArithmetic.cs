using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>Shift to the right with copies of the highest bit, elementwise.</summary>
/// <remarks>
/// A shift by the width or more, or by a negative number, gives the highest bit everywhere: 0 or −1. Unsigned integers are taken as bits.
/// </remarks>
public sealed partial record ShiftRightArithmetic : ElementwiseBinary
{
    /// <inheritdoc/>
    public override string Name => "shift_right_arithmetic";

    private protected override DTypeKinds Takes => DTypeKinds.Integer;

    /// <summary>Draws two tensors.</summary>
    public static Sample Draw(SampleSource source) => Samples.Shift(source, new ShiftRightArithmetic());

    private protected override LoopValue Element(LoopBuilder builder, DType type, LoopValue x, LoopValue y)
    {
        DType signed = x.Type.Size() == 8 ? DType.I64 : DType.I32;
        LoopValue number = builder.Bitcast(x, signed);
        number = type.IsUnsigned() ? builder.ThroughStorage(number, DType.I8 + (type - DType.U8)) : number;
        LoopValue most = LoopNumbers.Whole(builder, signed, (ulong)(8 * x.Type.Size()) - 1);
        LoopValue amount = LoopNumbers.Bits(builder, type, y);
        LoopValue inside = builder.Less(amount, builder.Bitcast(most, amount.Type));
        LoopValue shifted = builder.ShiftRight(number, builder.Select(inside, builder.Bitcast(amount, signed), most));
        return builder.Bitcast(shifted, x.Type);
    }

    /// <inheritdoc/>
    protected override long Scalar(long x, long y) => x >> (int)Math.Min((ulong)y, 63);

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        DType type = operands[0].Type;
        if (!type.IsUnsigned())
        {
            return base.EvaluateTensor(operands, context);
        }

        DType signed = DType.I8 + (type - DType.U8);
        NDArray shifted = base.EvaluateTensor([Bitcast.Of(operands[0], signed), Bitcast.Of(operands[1], signed)], context);
        return Bitcast.Of(shifted, type);
    }

    /// <inheritdoc/>
    protected override Value? LeftTangent(Value dx, Value x, Value y, Value z) => null;

    /// <inheritdoc/>
    protected override Value? RightTangent(Value dy, Value x, Value y, Value z) => null;
}

public static partial class Ops
{
    /// <summary>x shifted to the right by y, keeping the highest bit.</summary>
    public static Value ShiftRightArithmetic(Value x, Value y) => Apply(new ShiftRightArithmetic(), x, y);
}
