using Adjoint.Kernels.Libraries;

namespace Adjoint.Execute;

/// <summary>What programs run on here.</summary>
public static class Runtime
{
    /// <summary>
    /// The libraries of kernels that were found, with versions and instruction sets, which of them runs what from which size on, and what is
    /// missing: lines of text. Nothing of this changes while the program runs.
    /// </summary>
    /// <exception cref="Core.NativeException">The provider table can't be read.</exception>
    public static string Describe() => Providers.Default.Describe();
}
