using Adjoint.Core;

namespace Adjoint.Kernels.Libraries;

/// <summary>LAPACK of the provider that the table names for a factorization of some order.</summary>
/// <param name="Calls">The functions.</param>
/// <param name="Library">The provider's library.</param>
internal readonly record struct Factorizations(NativeFactorizations Calls, nint Library)
{
    /// <summary>The library for an operation; null where managed kernels run it.</summary>
    internal static Factorizations? Of(Operation operation, DType type, int order) => Of(Providers.Default, operation, type, order);

    /// <summary>The same by other providers, for tests and for measuring.</summary>
    internal static Factorizations? Of(Providers providers, Operation operation, DType type, int order) =>
        providers.Factorizations is null ? null : Of(providers, providers.Choose(operation, type, order));

    /// <summary>LAPACK of a provider; null where it has none.</summary>
    internal static Factorizations? Of(Providers providers, Provider provider) =>
        providers.Factorizations is { } calls && providers.HasFactorizations(provider) ? new(calls, providers.Library(provider)) : null;
}
