using System.Runtime.InteropServices;
using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>Triangular systems as the C boundary takes them: <c>adj_triangle</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeTriangle
{
    internal long Count;
    internal long N;
    internal long K;
    internal int Left;
    internal int Lower;
    internal int Transposed;
    internal int Unit;
}

/// <summary>Which factorization scratch memory is for. The numbers are those of the C boundary.</summary>
internal enum Factorization
{
    /// <summary>Q R.</summary>
    Qr = 0,

    /// <summary>Eigenvalues and vectors of a symmetric matrix.</summary>
    Eigh = 1,

    /// <summary>Singular values and vectors.</summary>
    Svd = 2,

    /// <summary>L U.</summary>
    Lu = 3,
}

/// <summary>LAPACK behind the C boundary, bound once; see src/Kernels.Native/include/adjoint_kernels.h. A build without it has none.</summary>
internal sealed unsafe class NativeFactorizations
{
    private const int Ok = 0;

    private readonly delegate* unmanaged[Cdecl]<nint, int, int, long, long, nuint*, int> scratch;
    private readonly Functions single;
    private readonly Functions wide;

    private NativeFactorizations(nint library)
    {
        scratch = (delegate* unmanaged[Cdecl]<nint, int, int, long, long, nuint*, int>)NativeLibrary.GetExport(library, "adj_factorization_scratch");
        single = new(library, "f32");
        wide = new(library, "f64");
    }

    /// <summary>The functions of a loaded library; null where it has none.</summary>
    internal static NativeFactorizations? Of(KernelLibrary kernels) =>
        kernels.IsAvailable && NativeLibrary.TryGetExport(kernels.Handle, "adj_lu_rows_f32", out _) ? new(kernels.Handle) : null;

    /// <summary>Whether a library behind the boundary has LAPACK.</summary>
    internal bool Has(nint library)
    {
        nuint bytes = 0;
        return library != 0 && scratch(library, (int)Factorization.Qr, sizeof(double), 2, 2, &bytes) == Ok;
    }

    /// <summary>Bytes of scratch memory for a matrix of m rows and n columns.</summary>
    internal long Scratch<T>(nint library, Factorization factorization, int m, int n)
        where T : unmanaged
    {
        nuint bytes = 0;
        Check(scratch(library, (int)factorization, sizeof(T), m, n, &bytes), factorization.ToString());
        return checked((long)bytes);
    }

    /// <summary>The lower triangle of a [n, n] becomes L. Whether the matrix is positive definite.</summary>
    internal bool Cholesky<T>(nint library, int n, T* a)
        where T : unmanaged
    {
        int failed = 0;
        Check(((delegate* unmanaged[Cdecl]<nint, long, long, void*, int*, int>)Of<T>().Cholesky)(library, 1, n, a, &failed), "cholesky");
        return failed == 0;
    }

    /// <summary>b becomes the solution.</summary>
    internal void Solve<T>(nint library, in NativeTriangle shape, T* a, T* b)
        where T : unmanaged
    {
        fixed (NativeTriangle* place = &shape)
        {
            Check(((delegate* unmanaged[Cdecl]<nint, NativeTriangle*, void*, void*, int>)Of<T>().Solve)(library, place, a, b), "triangular_solve");
        }
    }

    /// <summary>a becomes L and U; pivots are counted from 0.</summary>
    internal void Lu<T>(nint library, int m, int n, T* a, int* pivots, byte* space, int bytes)
        where T : unmanaged =>
        Check(
            ((delegate* unmanaged[Cdecl]<nint, long, long, void*, int*, void*, nuint, int>)Of<T>().Lu)(library, m, n, a, pivots, space, (nuint)bytes),
            "lu");

    /// <summary>q and r of a, which is overwritten.</summary>
    internal void Qr<T>(nint library, int m, int n, T* a, T* q, T* r, byte* space, int bytes)
        where T : unmanaged =>
        Check(
            ((delegate* unmanaged[Cdecl]<nint, long, long, void*, void*, void*, void*, nuint, int>)Of<T>().Qr)(library, m, n, a, q, r, space, (nuint)bytes),
            "qr");

    /// <summary>The rows of a become eigenvectors, w the eigenvalues. Whether it converged.</summary>
    internal bool Eigh<T>(nint library, int n, T* a, T* w, byte* space, int bytes)
        where T : unmanaged
    {
        int failed = 0;
        Check(
            ((delegate* unmanaged[Cdecl]<nint, long, void*, void*, int*, void*, nuint, int>)Of<T>().Eigh)(library, n, a, w, &failed, space, (nuint)bytes),
            "eigh");
        return failed == 0;
    }

    /// <summary>u, s and vt of a, which is overwritten. Whether it converged.</summary>
    internal bool Svd<T>(nint library, int m, int n, T* a, T* u, T* s, T* vt, byte* space, int bytes)
        where T : unmanaged
    {
        int failed = 0;
        Check(
            ((delegate* unmanaged[Cdecl]<nint, long, long, void*, void*, void*, void*, int*, void*, nuint, int>)Of<T>().Svd)(
                library, m, n, a, u, s, vt, &failed, space, (nuint)bytes),
            "svd");
        return failed == 0;
    }

    private static void Check(int status, string operation)
    {
        if (status != Ok)
        {
            throw new NativeException($"{operation}: the native kernel fails with status {status}.");
        }
    }

    private Functions Of<T>() => typeof(T) == typeof(float) ? single : wide;

    /// <summary>The functions of one dtype.</summary>
    private sealed class Functions(nint library, string type)
    {
        internal readonly nint Cholesky = Export(library, "cholesky", type);
        internal readonly nint Solve = Export(library, "triangular_solve", type);
        internal readonly nint Lu = Export(library, "lu_rows", type);
        internal readonly nint Qr = Export(library, "qr", type);
        internal readonly nint Eigh = Export(library, "eigh", type);
        internal readonly nint Svd = Export(library, "svd", type);

        private static nint Export(nint library, string name, string type) => NativeLibrary.GetExport(library, $"adj_{name}_{type}");
    }
}
