using System.Buffers;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Primitives;

/// <summary>Working memory of LAPACK for one matrix of a shape, as large as the library says; asked once for a kernel.</summary>
internal sealed class FactorScratch
{
    private readonly int bytes;

    private FactorScratch(int bytes) => this.bytes = bytes;

    /// <summary>For a factorization of matrices of m rows and n columns by a library, if there is one, and an array holds what it needs.</summary>
    internal static FactorScratch? Of<T>(Factorizations? library, Factorization factorization, int m, int n)
        where T : unmanaged =>
        library is { } native && m > 0 && n > 0 && native.Calls.Scratch<T>(native.Library, factorization, m, n) is var bytes && bytes <= Array.MaxLength
            ? new((int)bytes)
            : null;

    /// <summary>Takes it; it is given back by <see cref="Return"/>.</summary>
    internal byte[] Rent() => ArrayPool<byte>.Shared.Rent(bytes);

    /// <summary>Gives it back.</summary>
    internal static void Return(byte[] rented) => ArrayPool<byte>.Shared.Return(rented);
}
