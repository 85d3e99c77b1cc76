using System.Text;
using Adjoint.Core;
using FormatException = Adjoint.Core.FormatException;

namespace Adjoint.Kernels.Libraries;

/// <summary>The libraries that were found, and which of them runs what: settled once, before the first use.</summary>
/// <remarks>
/// The table is the file that the environment variable <c>ADJOINT_PROVIDERS</c> names, else <c>providers.txt</c> beside the native kernels, else
/// the one built in. What it gives to a library that is missing runs as an earlier line says, or managed.
/// </remarks>
internal sealed class Providers
{
    internal const string TableVariable = "ADJOINT_PROVIDERS";
    internal const string AnyVendorVariable = "ADJOINT_MKL_ANY_VENDOR";
    private const uint AnyVendor = 1;

    private static readonly Lazy<Providers> Found = new(Find);

    private readonly nint[] libraries = new nint[5];
    private readonly bool[] hasFactorizations = new bool[5];
    private readonly string[] descriptions = ["the runtime's own kernels", "", "", "", "this build or processor has none"];
    private readonly ProviderTable table;
    private readonly string tableSource;
    private readonly Func<Provider, bool> isHere;

    private Providers(KernelLibrary kernels, ProviderTable table, string tableSource, bool anyVendor)
    {
        Kernels = kernels;
        this.table = table;
        this.tableSource = tableSource;
        isHere = provider => provider == Provider.Managed || libraries[(int)provider] != 0;
        if (!kernels.IsAvailable)
        {
            return;
        }

        Calls = new(kernels.Handle);
        Factorizations = NativeFactorizations.Of(kernels);
        Convolutions = ConvolutionCalls.Of(Calls, kernels.Handle);
        Fourier = NativeFourierCalls.Of(Calls, kernels.Handle);
        foreach (Provider provider in ProviderNames.Libraries)
        {
            (libraries[(int)provider], descriptions[(int)provider]) = Calls.Open(provider, anyVendor && provider == Provider.Mkl ? AnyVendor : 0);
            hasFactorizations[(int)provider] = Factorizations?.Has(libraries[(int)provider]) == true;
        }

        Simd = NativeSimd.Of(kernels.Handle);
        Direct = NativeDirect.Of(Calls, kernels.Handle);
        if (Simd is not null)
        {
            libraries[(int)Provider.Highway] = kernels.Handle;
            descriptions[(int)Provider.Highway] = $"our own kernels, {Simd.InstructionSet}";
        }
    }

    /// <summary>What holds in this process.</summary>
    internal static Providers Default => Found.Value;

    internal KernelLibrary Kernels { get; }

    internal NativeLibraryCalls? Calls { get; }

    /// <summary>LAPACK behind the boundary; null where the native kernels have none.</summary>
    internal NativeFactorizations? Factorizations { get; }

    /// <summary>Whether a provider has LAPACK.</summary>
    internal bool HasFactorizations(Provider provider) => hasFactorizations[(int)provider];

    /// <summary>The family of convolutions; null where the kernels lack it.</summary>
    internal ConvolutionCalls? Convolutions { get; }

    /// <summary>Our own native kernels.</summary>
    internal NativeSimd? Simd { get; }

    /// <summary>Our own convolutions of few channels; null where the native kernels have none.</summary>
    internal NativeDirect? Direct { get; }

    /// <summary>Fourier transforms; null where the native kernels have none.</summary>
    internal NativeFourierCalls? Fourier { get; }

    /// <summary>The library of a provider; zero where there is none.</summary>
    internal nint Library(Provider provider) => libraries[(int)provider];

    /// <summary>Whose kernels run an operation of so many multiply-adds, a convolution of so many channels, here.</summary>
    internal Provider Choose(Operation operation, DType type, double work)
    {
        if (Calls is null)
        {
            return Provider.Managed;
        }

        return table.Choose(operation, type, work, isHere);
    }

    /// <summary>Libraries, versions, instruction sets and choices, a line each.</summary>
    internal string Describe()
    {
        var text = new StringBuilder(Kernels.Description).Append('\n');
        if (Calls is null)
        {
            return text.ToString();
        }

        foreach (Provider provider in ProviderNames.Libraries.Append(Provider.Highway))
        {
            text.Append(provider.Text()).Append(": ").Append(libraries[(int)provider] == 0 ? "missing, " : "").Append(descriptions[(int)provider]).Append('\n');
        }

        return text.Append("providers from size, ").Append(tableSource).Append(": ").Append(table.Remark).Append('\n').Append(table).ToString();
    }

    /// <summary>The providers of some kernels under a table; for tests and for measuring.</summary>
    internal static Providers Of(KernelLibrary kernels, ProviderTable table) => new(kernels, table, "given", false);

    private static Providers Find()
    {
        bool anyVendor = Environment.GetEnvironmentVariable(AnyVendorVariable) == "1";
        string? given = Environment.GetEnvironmentVariable(TableVariable);
        string? file = string.IsNullOrEmpty(given) ? KernelLibrary.Default.Beside("providers.txt") : given;
        return file is null
            ? new(KernelLibrary.Default, ProviderTable.BuiltIn, "built in", anyVendor)
            : new(KernelLibrary.Default, ReadTable(file), file, anyVendor);
    }

    private static ProviderTable ReadTable(string file)
    {
        try
        {
            return ProviderTable.Parse(File.ReadAllText(file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new NativeException($"provider table {file}: {error.Message} Delete it, or write it with `build.fsx tune`.");
        }
    }
}
