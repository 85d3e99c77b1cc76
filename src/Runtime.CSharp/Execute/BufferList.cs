using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>The free arrays of one dtype and length in an <see cref="Arena"/>.</summary>
/// <remarks>
/// Arrays made by evaluation are taken in too, but never more than are out on loan: a loop that frees more than it
/// rents does not fill memory.
/// </remarks>
internal sealed class BufferList(Arena arena, DType type, int length)
{
    private const byte Rubbish = 0xCB;

    private readonly long weight = (long)length * type.Size();
    private NDArray[] free = new NDArray[2];
    private int count;
    private long loaned;

    /// <summary>An array of this list's dtype and length with this shape; what is in it is arbitrary.</summary>
    internal NDArray Rent(Shape shape)
    {
        loaned++;
        arena.Loaned++;
        if (count == 0)
        {
            arena.Made++;
            arena.Add(weight);
            Array storage = type.NewArray(length, zero: false);
            SpoilIfAsked(storage);
            return new(type, shape, storage);
        }

        NDArray array = free[--count];
        free[count] = null!;
        return ReferenceEquals(array.Shape, shape) || array.Shape.Equals(shape) ? array : array.Reshaped(shape);
    }

    /// <summary>Takes an array that nobody reads any more.</summary>
    internal void Return(NDArray array)
    {
        if (loaned == 0 || array.Size != length || array.Type != type)
        {
            return;
        }

        loaned--;
        arena.Loaned--;
        SpoilIfAsked(array.Storage);
        if (count == free.Length)
        {
            Array.Resize(ref free, 2 * count);
        }

        free[count++] = array;
    }

    /// <summary>Lets an array go that was rented: it belongs to the caller of the run.</summary>
    internal void Leave()
    {
        if (loaned > 0)
        {
            loaned--;
            arena.Loaned--;
            arena.Add(-weight);
        }
    }

    /// <summary>Forgets what is still out on loan when a run has ended: nobody will bring it back.</summary>
    internal void Settle()
    {
        arena.Add(-loaned * weight);
        loaned = 0;
    }

    private void SpoilIfAsked(Array storage)
    {
        if (arena.Spoil)
        {
            int size = storage.Length * type.Size();
            MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(storage), size).Fill(Rubbish);
        }
    }
}
