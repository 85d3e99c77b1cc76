using Adjoint.Core;

namespace Adjoint.Primitives;

/// <summary>Start indices of any integer dtype, brought into range or found out of it.</summary>
internal readonly struct StartIndices(string name, NDArray indices)
{
    /// <summary>One start along an axis of an operand of which a window takes so many elements; −1 where it is dropped.</summary>
    /// <exception cref="DomainException">A checked index is out of range.</exception>
    internal int Read(int place, OutOfRange mode, NDArray operand, int axis, int size)
    {
        long start = At(place);
        int last = operand.Shape[axis].Value - size;
        if (start >= 0 && start <= last)
        {
            return (int)start;
        }

        return mode switch
        {
            OutOfRange.Clamp => start < 0 ? 0 : last,
            OutOfRange.Drop => -1,
            _ => throw new DomainException(
                $"{name}: index {start} is outside 0 to {last} along axis {axis} of {operand.Describe()}"
                + (size == 1 ? "." : $", where the slice has extent {size}.")),
        };
    }

    private long At(int place) => indices.Type switch
    {
        DType.I64 => indices.Span<long>()[place],
        DType.I32 => indices.Span<int>()[place],
        DType.U64 => (long)Math.Min(indices.Span<ulong>()[place], long.MaxValue),
        _ => indices.At(place).AsLong,
    };
}
