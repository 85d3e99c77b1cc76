using Adjoint.Core;

namespace Adjoint.Execute;

/// <summary>Memory that kernels work in while they run, kept from one run to the next.</summary>
internal sealed class Scratch
{
    private readonly Dictionary<(int Slot, DType Type, int Length), NDArray> arrays = [];

    /// <summary>The bytes of all of it.</summary>
    internal long Bytes { get; private set; }

    /// <summary>An array of this length, the same whenever it is asked for again.</summary>
    internal NDArray Get(int slot, DType type, int length)
    {
        if (!arrays.TryGetValue((slot, type, length), out NDArray? array))
        {
            array = new(type, Shape.Of(length), type.NewArray(length, zero: false));
            Bytes += (long)length * type.Size();
            arrays.Add((slot, type, length), array);
        }

        return array;
    }
}
