using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>The free arrays of one dtype and length in an <see cref="Arena"/>.</summary>
/// <remarks>
/// Arrays made by evaluation are taken in too, but never more than are out on loan: a loop that frees more than it
/// rents does not fill memory. What is still out when a run has ended (entries of stacks) and has not left with a result is taken back.
/// </remarks>
internal sealed class BufferList(Arena arena, DType type, int length)
{
    private const byte Rubbish = 0xCB;

    private readonly long weight = (long)length * type.Size();
    private readonly List<NDArray> made = [];
    private HashSet<Array>? here;
    private NDArray[] free = new NDArray[2];
    private int count;
    private long loaned;
    private bool isStrange;

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
            var fresh = new NDArray(type, shape, storage);
            made.Add(fresh);
            return fresh;
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
        Put(array);
    }

    /// <summary>Lets an array go that was rented, or another in its place: it belongs to the caller of the run.</summary>
    internal void Leave(NDArray array)
    {
        if (loaned > 0)
        {
            loaned--;
            arena.Loaned--;
            arena.Add(-weight);
        }

        int place = made.Count - 1;
        while (place >= 0 && !ReferenceEquals(made[place].Storage, array.Storage))
        {
            place--;
        }

        if (place >= 0)
        {
            made[place] = made[^1];
            made.RemoveAt(made.Count - 1);
        }
        else
        {
            arena.HasStrangers = isStrange = true;
        }
    }

    /// <summary>Takes back what is still out on loan when a run has ended; if it may have left with a result, it is forgotten.</summary>
    internal void Settle(bool mayHaveLeft)
    {
        if (loaned > 0 || isStrange)
        {
            TakeBack(mayHaveLeft);
        }
    }

    private void TakeBack(bool mayHaveLeft)
    {
        here ??= new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < count; i++)
        {
            here.Add(free[i].Storage);
        }

        for (int i = 0; i < made.Count && loaned > 0 && !mayHaveLeft; i++)
        {
            if (here.Add(made[i].Storage))
            {
                loaned--;
                Put(made[i]);
            }
        }

        here.Clear();
        made.Clear();
        made.AddRange(free.AsSpan(0, count));
        arena.Add(-loaned * weight);
        loaned = 0;
        isStrange = false;
    }

    private void Put(NDArray array)
    {
        SpoilIfAsked(array.Storage);
        if (count == free.Length)
        {
            Array.Resize(ref free, 2 * count);
        }

        free[count++] = array;
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
