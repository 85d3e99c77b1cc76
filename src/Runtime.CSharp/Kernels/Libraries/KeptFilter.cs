namespace Adjoint.Kernels.Libraries;

/// <summary>A filter in the layout of a library's kernels, in memory that does not move.</summary>
internal sealed unsafe class KeptFilter
{
    private const int Alignment = 64;

    private readonly byte[] space;

    /// <summary>Room for so many bytes.</summary>
    internal KeptFilter(int bytes)
    {
        space = bytes == 0 ? [] : GC.AllocateUninitializedArray<byte>(bytes + Alignment, pinned: true);
    }

    /// <summary>No filter: kernels take it as it lies.</summary>
    internal static KeptFilter None { get; } = new(0);

    /// <summary>Whether there is none.</summary>
    internal bool IsEmpty => space.Length == 0;

    /// <summary>Its first element, for as long as this is held.</summary>
    internal float* Place => (float*)(((nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref space[0]) + Alignment - 1) & -(nint)Alignment);
}
