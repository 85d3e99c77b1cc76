using System.Runtime.InteropServices;

namespace Adjoint.Kernels;

/// <summary>A key of 64 bits and where it stood: a word of 128 bits whose high half is the key.</summary>
/// <param name="Place">Where it stood.</param>
/// <param name="Key">The key.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct PlacedKey(ulong Place, ulong Key) : IComparable<PlacedKey>
{
    /// <inheritdoc/>
    public int CompareTo(PlacedKey other) => Key != other.Key ? Key.CompareTo(other.Key) : Place.CompareTo(other.Place);
}
