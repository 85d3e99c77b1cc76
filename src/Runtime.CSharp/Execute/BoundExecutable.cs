using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>An <see cref="Executable"/> some of whose arguments are the same at each call, as the weights of a network are that says what it sees.</summary>
/// <remarks>
/// What depends on those arguments alone is computed once, when they are bound, and filters of convolutions are brought into the layout that is fastest for
/// them when they are first read. May be called from any number of threads at once.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class BoundExecutable
{
    private readonly Executable program;
    private readonly NDArray[] kept;
    private readonly int free;

    private BoundExecutable(Executable program, NDArray[] kept)
    {
        this.program = program;
        this.kept = kept;
        free = program.Graph.Parameters.Length - kept.Length;
    }

    /// <summary>The types of the arguments that each call takes.</summary>
    public ImmutableArray<Ir.ValueType> ParameterTypes => program.Graph.ParameterTypes[..free];

    /// <summary>Runs on arrays, which are only read, and gives fresh ones.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    public NDArray[] Run(params NDArray[] arguments) => Run(arguments, RunOptions.Default);

    /// <summary>Runs on arrays, which are only read unless they are donated, and gives fresh ones.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public NDArray[] Run(IReadOnlyList<NDArray> arguments, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        CheckCount(arguments.Count);
        return program.Run([.. arguments, .. kept], options);
    }

    /// <summary>Runs on arrays and writes the results into arrays of the caller.</summary>
    /// <exception cref="AdjointException">An array does not fit, or something went wrong on the way; then results may be half written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(ReadOnlySpan<NDArray> arguments, Span<NDArray> results, RunOptions? options = null)
    {
        CheckCount(arguments.Length);
        NDArray[] all = ArrayPool<NDArray>.Shared.Rent(free + kept.Length);
        try
        {
            arguments.CopyTo(all);
            kept.CopyTo(all, free);
            program.Run(all.AsSpan(0, free + kept.Length), results, options);
        }
        finally
        {
            ArrayPool<NDArray>.Shared.Return(all, clearArray: true);
        }
    }

    /// <summary>What a call does, as text; see <see cref="Executable.Explain"/>. What is kept stands behind the arguments.</summary>
    public string Explain() => program.Explain();

    /// <summary>Types and the number of nodes.</summary>
    public override string ToString() => $"{program}, of whose parameters the last {kept.Length} are bound";

    /// <summary>Computes what depends on bound arguments alone, and makes the rest ready to run.</summary>
    internal static BoundExecutable Of(Graph graph, Pipeline passes, int first, NDArray[] values)
    {
        var parts = BoundParameters.Of(graph, first, values.Length);
        int given = graph.Parameters.Length - values.Length;
        var each = Executable.CompileWith(parts.Each, passes, passed => new KeptFilters(passed.Parameters[given..]));
        return new(each, Executable.Compile(parts.Once, passes).Run(values));
    }

    private void CheckCount(int count)
    {
        if (count != free)
        {
            throw new StructureException($"run: {count} arguments for {free} parameters that are not bound ({string.Join(", ", ParameterTypes)}).");
        }
    }
}
