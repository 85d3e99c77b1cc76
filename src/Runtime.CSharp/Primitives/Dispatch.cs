using System.Numerics;
using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>An evaluation written once for all numbers, complex ones among them.</summary>
internal interface INumberEvaluation
{
    /// <summary>The result for operands whose numbers are held as <typeparamref name="T"/>.</summary>
    NDArray Run<T>(NDArray[] operands)
        where T : unmanaged, INumberBase<T>;
}

/// <summary>An evaluation written once for all types that have an order; bools count as 0 and 1.</summary>
internal interface IOrderedEvaluation
{
    /// <summary>The result for operands whose numbers are held as <typeparamref name="T"/>.</summary>
    NDArray Run<T>(NDArray[] operands)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}

/// <summary>Finds the host type of an evaluation. Types that only store are widened, and what comes out is rounded once.</summary>
internal static class Dispatch
{
    internal static NDArray Numbers(INumberEvaluation evaluation, NDArray[] operands) => operands[0].Type switch
    {
        DType.C64 or DType.F16 or DType.BF16 => Stored(operands, wide => Numbers(evaluation, wide)),
        DType.C128 => evaluation.Run<Complex>(operands),
        DType.F64 => evaluation.Run<double>(operands),
        DType.F32 => evaluation.Run<float>(operands),
        DType.I64 => evaluation.Run<long>(operands),
        DType.I32 => evaluation.Run<int>(operands),
        DType.I16 => evaluation.Run<short>(operands),
        DType.I8 => evaluation.Run<sbyte>(operands),
        DType.U64 => evaluation.Run<ulong>(operands),
        DType.U32 => evaluation.Run<uint>(operands),
        DType.U16 => evaluation.Run<ushort>(operands),
        DType.U8 => evaluation.Run<byte>(operands),
        DType other => throw new DTypeException($"{other.Name()} has no arithmetic."),
    };

    internal static NDArray Ordered(IOrderedEvaluation evaluation, NDArray[] operands) => operands[0].Type switch
    {
        DType.Bool or DType.F16 or DType.BF16 => Stored(operands, wide => Ordered(evaluation, wide)),
        DType.F64 => evaluation.Run<double>(operands),
        DType.F32 => evaluation.Run<float>(operands),
        DType.I64 => evaluation.Run<long>(operands),
        DType.I32 => evaluation.Run<int>(operands),
        DType.I16 => evaluation.Run<short>(operands),
        DType.I8 => evaluation.Run<sbyte>(operands),
        DType.U64 => evaluation.Run<ulong>(operands),
        DType.U32 => evaluation.Run<uint>(operands),
        DType.U16 => evaluation.Run<ushort>(operands),
        DType.U8 => evaluation.Run<byte>(operands),
        DType other => throw new DTypeException($"{other.Name()} has no order."),
    };

    private static NDArray Stored(NDArray[] operands, Func<NDArray[], NDArray> evaluate)
    {
        DType stored = operands[0].Type;
        NDArray[] wide = Array.ConvertAll(operands, operand => operand.Type == stored ? StoredNumbers.Widen(operand) : operand);
        NDArray result = evaluate(wide);
        return result.Type == wide[0].Type ? StoredNumbers.Round(result, stored) : result;
    }
}
