using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>LAPACK of the provider that the table names for a factorization of some order.</summary>
/// <param name="Calls">The functions.</param>
/// <param name="Library">The provider's library.</param>
internal readonly record struct Factorizations(NativeFactorizations Calls, nint Library)
{
    /// <summary>The library for an operation; null where managed kernels run it.</summary>
    internal static Factorizations? Of<T>(Operation operation, int order) => Of<T>(Providers.Default, operation, order);

    /// <summary>The same by other providers, for tests and for measuring.</summary>
    internal static Factorizations? Of<T>(Providers providers, Operation operation, int order)
    {
        if (providers.Factorizations is not { } calls)
        {
            return null;
        }

        Provider provider = providers.Choose(operation, typeof(T) == typeof(float) ? DType.F32 : DType.F64, order);
        return provider == Provider.Managed || !providers.HasFactorizations(provider) ? null : new(calls, providers.Library(provider));
    }
}
