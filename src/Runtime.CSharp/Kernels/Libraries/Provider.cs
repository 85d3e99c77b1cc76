namespace Adjoint.Kernels.Libraries;

/// <summary>Whose kernels run an operation. The numbers are those of the C boundary.</summary>
internal enum Provider
{
    /// <summary>The kernels of this runtime.</summary>
    Managed = 0,

    /// <summary>OpenBLAS.</summary>
    OpenBlas = 1,

    /// <summary>Intel MKL.</summary>
    Mkl = 2,

    /// <summary>oneDNN.</summary>
    OneDnn = 3,

    /// <summary>Our own native kernels, written with Highway; no library is behind them.</summary>
    Highway = 4,
}

/// <summary>The names of providers in tables and descriptions.</summary>
internal static class ProviderNames
{
    private static readonly string[] Names = ["managed", "openblas", "mkl", "onednn", "highway"];

    /// <summary>Those that are libraries of others.</summary>
    internal static IReadOnlyList<Provider> Libraries { get; } = [Provider.OpenBlas, Provider.Mkl, Provider.OneDnn];

    internal static string Text(this Provider provider) => Names[(int)provider];

    internal static bool TryParse(string name, out Provider provider)
    {
        int index = Array.IndexOf(Names, name);
        provider = (Provider)Math.Max(index, 0);
        return index >= 0;
    }
}
