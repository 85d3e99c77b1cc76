using System.Runtime.InteropServices;
using Adjoint.Core;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;

namespace Adjoint.Tune;

/// <summary>LAPACK's elimination of a matrix by columns, and its solution of systems, as a library has them: the runtime eliminates by rows.</summary>
internal sealed unsafe class BareElimination
{
    private readonly delegate* unmanaged[Cdecl]<int*, int*, void*, int*, int*, int*, void> factor;
    private readonly delegate* unmanaged[Cdecl]<int*, int*, void*, int*, int*, void*, int*, int*, void> solve;

    private BareElimination(nint library, string letter)
    {
        factor = (delegate* unmanaged[Cdecl]<int*, int*, void*, int*, int*, int*, void>)NativeLibrary.GetExport(library, letter + "getrf_");
        solve = NativeLibrary.TryGetExport(library, letter + "gesv_", out nint address)
            ? (delegate* unmanaged[Cdecl]<int*, int*, void*, int*, int*, void*, int*, int*, void>)address
            : null;
    }

    /// <summary>Whether the library solves too.</summary>
    internal bool Solves => solve is not null;

    /// <summary>That of a provider that is open.</summary>
    internal static BareElimination Of(Provider provider, DType type)
    {
        string[] names = provider == Provider.Mkl ? ["libadjoint_mkl.so", "libmkl_rt.so"] : ["libopenblas.so.0", "libopenblas.so"];
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(KernelLibrary.Default.Beside(name) ?? name, out nint library))
            {
                return new(library, type == DType.F32 ? "s" : "d");
            }
        }

        throw new NativeException($"tune: {names[0]} can't be found again.");
    }

    /// <summary>a, by columns, becomes L and U.</summary>
    internal void Eliminate(int n, void* a, int* pivots)
    {
        int info = 0;
        factor(&n, &n, a, &n, pivots, &info);
    }

    /// <summary>b, by columns, becomes the solution.</summary>
    internal void Solve(int n, int columns, void* a, int* pivots, void* b)
    {
        int info = 0;
        solve(&n, &columns, a, &n, pivots, b, &n, &info);
    }
}
