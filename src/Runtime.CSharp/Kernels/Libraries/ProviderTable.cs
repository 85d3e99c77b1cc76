using System.Globalization;
using System.Text;
using Adjoint.Core;
using FormatException = Adjoint.Core.FormatException;

namespace Adjoint.Kernels.Libraries;

/// <summary>An operation that several providers have.</summary>
internal enum Operation
{
    /// <summary>A product of two matrices; its size is the cube root of its multiply-adds.</summary>
    Product = 0,

    /// <summary>A product with one row or one column; its size is the square root of its multiply-adds.</summary>
    VectorProduct = 1,

    /// <summary>A convolution; its size is the smaller number of channels of a group.</summary>
    Convolution = 2,

    /// <summary>The gradient of a convolution by its input.</summary>
    ConvolutionByInput = 3,

    /// <summary>The gradient of a convolution by its filter.</summary>
    ConvolutionByFilter = 4,

    /// <summary>A Cholesky factorization; its size, like that of those that follow, is the smaller extent of the matrix.</summary>
    Cholesky = 5,

    /// <summary>A triangular system.</summary>
    TriangularSolve = 6,

    /// <summary>A factorization by elimination.</summary>
    Lu = 7,

    /// <summary>A factorization by reflections.</summary>
    Qr = 8,

    /// <summary>Eigenvalues and vectors of a symmetric matrix.</summary>
    Eigh = 9,

    /// <summary>Singular values and vectors.</summary>
    Svd = 10,

    /// <summary>A sort of unsigned words; its size is their number.</summary>
    Sort = 11,

    /// <summary>A sort of unsigned keys with their places.</summary>
    SortPlaced = 12,

    /// <summary>A Fourier transform; its size is the length of a line.</summary>
    Fourier = 13,
}

/// <summary>Which provider runs an operation of a dtype from which size on; of several lines that fit, the last whose provider is here.</summary>
/// <remarks>
/// As text, one choice a line: <c>product f32 128 onednn</c>. Lines that begin with <c>#</c> are remarks, of which the first says where the
/// table was measured.
/// </remarks>
internal sealed class ProviderTable
{
    private static readonly string[] Operations =
    [
        "product", "vector_product", "convolution", "convolution_by_input", "convolution_by_filter",
        "cholesky", "triangular_solve", "lu", "qr", "eigh", "svd", "sort", "sort_placed", "fourier",
    ];

    private static readonly DType[] Types = [DType.F32, DType.F64, DType.U32, DType.U64];

    private readonly List<Choice> choices;

    private ProviderTable(List<Choice> choices, string remark)
    {
        this.choices = choices;
        Remark = remark;
    }

    /// <summary>What holds where nobody has measured: the best on the machine that docs/benchmarks.md speaks of, MKL as it comes.</summary>
    internal static ProviderTable BuiltIn { get; } = Parse(
        """
        # built in
        product f32 48 openblas
        product f32 112 onednn
        product f64 48 openblas
        product f64 112 managed
        product f64 448 openblas
        vector_product f32 64 openblas
        vector_product f32 384 onednn
        vector_product f64 64 openblas
        vector_product f64 384 managed
        convolution f32 1 highway
        convolution f32 16 onednn
        convolution_by_input f32 1 highway
        convolution_by_input f32 16 onednn
        convolution_by_filter f32 1 highway
        convolution_by_filter f32 8 onednn
        cholesky f32 16 openblas
        cholesky f32 48 mkl
        cholesky f32 96 openblas
        cholesky f64 16 openblas
        cholesky f64 48 mkl
        cholesky f64 96 openblas
        cholesky f64 192 mkl
        cholesky f64 384 openblas
        triangular_solve f32 16 openblas
        triangular_solve f64 16 openblas
        lu f32 24 openblas
        lu f64 24 openblas
        qr f32 16 openblas
        qr f32 96 managed
        qr f64 16 openblas
        qr f64 96 managed
        eigh f32 48 mkl
        eigh f32 96 openblas
        eigh f64 48 mkl
        eigh f64 96 openblas
        svd f32 16 openblas
        svd f64 16 openblas
        sort u32 16 highway
        sort u64 16 highway
        sort_placed u32 16 highway
        sort_placed u64 16 highway
        sort_placed u64 96 managed
        fourier f32 16 mkl
        fourier f64 16 mkl
        """);

    /// <summary>Where it was measured.</summary>
    internal string Remark { get; }

    /// <summary>Reads a table.</summary>
    /// <exception cref="FormatException">A line says something else.</exception>
    internal static ProviderTable Parse(string text)
    {
        var read = new List<Choice>();
        string remark = "";
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('#'))
            {
                remark = remark.Length == 0 ? line[1..].Trim() : remark;
                continue;
            }

            read.Add(Read(line) ?? throw new FormatException(
                $"provider table: '{line}' is no choice. One is an operation, a dtype, a smallest size and a provider, like 'product f32 128 onednn'."));
        }

        return new(read, remark);
    }

    /// <summary>
    /// The provider of an operation of so many multiply-adds, of so many channels or numbers of a line, among those that are here; managed where
    /// the table says nothing.
    /// </summary>
    internal Provider Choose(Operation operation, DType type, double work, Func<Provider, bool> isHere)
    {
        Provider found = Provider.Managed;
        foreach (Choice choice in choices)
        {
            if (work >= choice.Work && choice.Operation == operation && choice.Type == type && isHere(choice.Provider))
            {
                found = choice.Provider;
            }
        }

        return found;
    }

    /// <summary>The table as it is written.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Choice choice in choices)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Operations[(int)choice.Operation]} {choice.Type.Name()} {choice.From} {choice.Provider.Text()}\n");
        }

        return text.ToString();
    }

    private static Choice? Read(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 4
            || Array.IndexOf(Operations, words[0]) is not (>= 0 and int operation)
            || Array.FindIndex(Types, type => type.Name() == words[1]) is not (>= 0 and int type)
            || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int from)
            || !ProviderNames.TryParse(words[3], out Provider provider))
        {
            return null;
        }

        return new((Operation)operation, Types[type], from, provider);
    }

    private sealed record Choice(Operation Operation, DType Type, int From, Provider Provider)
    {
        /// <summary>The multiply-adds, channels or numbers of a line from which on it holds.</summary>
        internal double Work { get; } = Operation switch
        {
            Operation.Product => Math.Pow(From, 3),
            Operation.VectorProduct => Math.Pow(From, 2),
            _ => From,
        };
    }
}
