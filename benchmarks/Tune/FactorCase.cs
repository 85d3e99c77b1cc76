using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Kernels.Libraries;
using Adjoint.Loops;
using Adjoint.Primitives;

namespace Adjoint.Tune;

/// <summary>A factorization, or a triangular system with as many right-hand sides, of one symmetric positive definite matrix.</summary>
internal sealed unsafe class FactorCase
{
    private readonly Operation operation;
    private readonly TensorType type;
    private readonly int n;
    private readonly NDArray[] operands;

    internal FactorCase(Operation operation, DType dtype, int n)
    {
        this.operation = operation;
        this.n = n;
        type = new(dtype, Shape.Of(n, n));
        NDArray a = NDArray.New(dtype, type.Shape);
        for (int i = 0; i < a.Size; i++)
        {
            (int row, int column) = (Math.Max(i / n, i % n), Math.Min(i / n, i % n));
            a.Set(i, Scalar.Of(dtype, ((((row * 7) + (column * column * 3)) % 13) - 6) / 8.0 + (row == column ? n : 0)));
        }

        operands = operation == Operation.TriangularSolve ? [a, a.Copy()] : [a];
    }

    /// <summary>All operations.</summary>
    internal static (Operation Operation, string Name)[] All { get; } =
    [
        (Operation.Cholesky, "cholesky"), (Operation.TriangularSolve, "triangular_solve"), (Operation.Lu, "lu"),
        (Operation.Qr, "qr"), (Operation.Eigh, "eigh"), (Operation.Svd, "svd"),
    ];

    /// <summary>As a program of this one operation runs.</summary>
    internal Action Program()
    {
        Value[] parameters = [.. operands.Select(operand => Value.Parameter(TensorType.Of(operand)))];
        Node node = Node.Make(Primitive(), [.. parameters]);
        var executable = Executable.Compile(new Graph([.. parameters], [.. node.Results]));
        NDArray[] results = Results();
        var options = new RunOptions { Parallel = Serial.Instance };
        return () => executable.Run(operands, results, options);
    }

    /// <summary>As the runtime runs it by a library, or by its own algorithm.</summary>
    internal Action Through(Factorizations? library)
    {
        Kernel kernel = operation switch
        {
            Operation.Cholesky => Cholesky.Lower(type, library)!,
            Operation.TriangularSolve => ((TriangularSolve)Primitive()).Lower(type, library)!,
            Operation.Lu => Lu.Lower(type, library)!,
            Operation.Qr => Qr.Lower(type, library)!,
            Operation.Eigh => Eigh.Lower(type, library)!,
            _ => Svd.Lower(type, library)!,
        };
        NDArray[] results = Results();
        return () => kernel.Run(operands, results, Alone.Instance);
    }

    /// <summary>As one bare call, after the copy that every call in place needs.</summary>
    internal Action Bare(Provider provider)
    {
        Factorizations library = Factorizations.Of(Providers.Default, provider)!.Value;
        var elimination = BareElimination.Of(provider, type.DType);
        return type.DType == DType.F32 ? Bare<float>(library, elimination) : Bare<double>(library, elimination);
    }

    private Action Bare<T>(Factorizations library, BareElimination elimination)
        where T : unmanaged
    {
        T[] given = operands[0].ToArray<T>(), a = new T[n * n], b = new T[n * n], c = new T[n * n], w = new T[n];
        int[] pivots = new int[n];
        Factorization? kind = operation switch
        {
            Operation.Qr => Factorization.Qr,
            Operation.Eigh => Factorization.Eigh,
            Operation.Svd => Factorization.Svd,
            _ => null,
        };
        byte[] space = new byte[kind is { } known ? (int)library.Calls.Scratch<T>(library.Library, known, n, n) : 1];
        return () =>
        {
            given.CopyTo(a, 0);
            fixed (T* x = a, y = b, z = c, v = w, from = given)
            {
                fixed (int* p = pivots)
                {
                    fixed (byte* work = space)
                    {
                        Call(library, elimination, from, x, y, z, v, p, work, space.Length);
                    }
                }
            }
        };
    }

    private void Call<T>(Factorizations to, BareElimination elimination, T* given, T* x, T* y, T* z, T* v, int* pivots, byte* work, int bytes)
        where T : unmanaged
    {
        switch (operation)
        {
            case Operation.Cholesky:
                to.Calls.Cholesky(to.Library, n, x);
                break;
            case Operation.TriangularSolve:
                to.Calls.Solve(to.Library, new NativeTriangle { Count = 1, N = n, K = n, Left = 1, Lower = 1 }, given, x);
                break;
            case Operation.Lu:
                elimination.Eliminate(n, x, pivots);
                break;
            case Operation.Qr:
                to.Calls.Qr(to.Library, n, n, x, y, z, work, bytes);
                break;
            case Operation.Eigh:
                to.Calls.Eigh(to.Library, n, x, v, work, bytes);
                break;
            default:
                to.Calls.Svd(to.Library, n, n, x, y, v, z, work, bytes);
                break;
        }
    }

    private NDArray[] Results() => [.. Primitive().Infer([.. operands.Select(TensorType.Of)]).Cast<TensorType>()
        .Select(result => NDArray.New(result.DType, result.Shape))];

    private Primitive Primitive() => operation switch
    {
        Operation.Cholesky => new Cholesky(),
        Operation.TriangularSolve => new TriangularSolve(Left: true, LowerTriangle: true, false, false, false),
        Operation.Lu => new Lu(),
        Operation.Qr => new Qr(),
        Operation.Eigh => new Eigh(),
        _ => new Svd(),
    };

    /// <summary>One thread.</summary>
    private sealed class Alone : KernelContext
    {
        internal static readonly Alone Instance = new();

        public override IParallel Parallel => Serial.Instance;

        public override CancellationToken Cancellation => CancellationToken.None;

        public override void Report(string line)
        {
        }
    }
}
