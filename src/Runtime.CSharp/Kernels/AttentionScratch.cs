using System.Buffers;
using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>Memory for one tile, handed out in pieces that begin at lines of the cache.</summary>
internal unsafe ref struct AttentionScratch<T>
    where T : unmanaged
{
    private const int Line = 64;

    private readonly T[] array;
    private readonly GCHandle pin;
    private T* next;

    internal AttentionScratch(long length)
    {
        array = ArrayPool<T>.Shared.Rent(checked((int)length));
        pin = GCHandle.Alloc(array, GCHandleType.Pinned);
        next = (T*)(((pin.AddrOfPinnedObject() + Line - 1) / Line) * Line);
    }

    /// <summary>The next piece; what is in it is arbitrary.</summary>
    internal T* Take(long length)
    {
        T* piece = next;
        next += ((length * sizeof(T)) + Line - 1) / Line * Line / sizeof(T);
        return piece;
    }

    public void Dispose()
    {
        pin.Free();
        ArrayPool<T>.Shared.Return(array);
    }
}
