using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Front;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Formats;

/// <summary>A graph with the names of its parameters and results and the arrays that belong to it, as it is kept in a file.</summary>
/// <remarks>
/// The file is text (UTF-8): a version, a checksum (SHA-256) of all that follows, names and arrays, and the graph in its text form
/// (<see cref="GraphText"/>). Nothing in it is code: a graph names primitives of a catalogue, its types are inferred anew, and sizes are
/// checked before memory is taken. A program may run on any number of threads at once.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
[TypeFormatterSource(typeof(HtmlFormatterSource))]
public sealed class SavedProgram : IHtml
{
    private readonly Lazy<Compiled> compiled;

    /// <summary>A program of a graph.</summary>
    /// <param name="graph">The graph; its last parameters are for the constants.</param>
    /// <param name="parameterNames">Names of the other parameters; their own where this is null.</param>
    /// <param name="resultNames">Names of the results; none where this is null.</param>
    /// <param name="constants">Arrays that belong to the program: what a model has learned.</param>
    /// <param name="notes">Texts about the program, by key.</param>
    /// <exception cref="StructureException">Names or constants are not as many as parameters and results, or a constant does not fit.</exception>
    public SavedProgram(
        Graph graph,
        IReadOnlyList<string>? parameterNames = null,
        IReadOnlyList<string>? resultNames = null,
        IReadOnlyList<NDArray>? constants = null,
        IReadOnlyDictionary<string, string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        Constants = constants ?? [];
        int own = graph.Parameters.Length - Constants.Count;
        ParameterNames = parameterNames ?? [.. graph.Parameters.Take(own).Select(parameter => parameter.Name ?? "")];
        ResultNames = resultNames ?? [.. graph.Results.Select(_ => "")];
        Notes = notes ?? ImmutableSortedDictionary<string, string>.Empty;
        Check(graph, own);
        Graph = Named(graph);
        compiled = new(() => Differential.Compile(arguments => GraphBuilder.Inline(Graph, [.. arguments, .. Constants.Select(Expr.Of)])));
    }

    /// <summary>The graph: (parameters, constants) → results.</summary>
    public Graph Graph { get; }

    /// <summary>The names of the parameters that are not constants; empty for one without a name.</summary>
    public IReadOnlyList<string> ParameterNames { get; }

    /// <summary>The types of the parameters that are not constants.</summary>
    public IReadOnlyList<ValueType> ParameterTypes => [.. Graph.Parameters.Take(ParameterNames.Count).Select(parameter => parameter.Type)];

    /// <summary>The names of the results; empty for one without a name.</summary>
    public IReadOnlyList<string> ResultNames { get; }

    /// <summary>The types of the results.</summary>
    public IReadOnlyList<ValueType> ResultTypes => Graph.ResultTypes;

    /// <summary>The arrays that belong to the program, for the last parameters of the graph.</summary>
    public IReadOnlyList<NDArray> Constants { get; }

    /// <summary>Texts about the program, by key.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; }

    /// <summary>The program of a function for arguments of these types. Concrete values that it uses from outside become constants.</summary>
    /// <exception cref="TraceException">The function uses a value of a trace that is open.</exception>
    public static SavedProgram Trace(
        IEnumerable<TensorType> types,
        Func<Expr[], Expr[]> function,
        IReadOnlyList<string>? parameterNames = null,
        IReadOnlyList<string>? resultNames = null,
        IReadOnlyDictionary<string, string>? notes = null)
    {
        (Graph graph, ImmutableArray<Expr> captured) = GraphBuilder.BuildOpen(types, function, parameterNames);
        return new(graph, parameterNames, resultNames, Expr.Values([.. captured]), notes);
    }

    /// <summary>Writes the program to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="origins">Whether to keep scopes, source files and lines, which errors of a program that is read then tell.</param>
    public void Save(string path, bool origins = false) => AtomicFile.Write(path, stream => Write(stream, origins));

    /// <summary>Writes the program to a stream.</summary>
    public void Write(Stream stream, bool origins = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ProgramWriter.Write(this, stream, origins);
    }

    /// <summary>Reads the program of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="catalogue">The primitives that it may name; the library's own where this is null.</param>
    /// <param name="options">What reading may cost.</param>
    /// <exception cref="Core.FormatException">The file is no program, is damaged, or names something unknown; the message names the place.</exception>
    public static SavedProgram Load(string path, PrimitiveCatalogue? catalogue = null, ReadOptions? options = null)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, catalogue, options);
    }

    /// <summary>Reads the program of a stream, to its end.</summary>
    /// <exception cref="Core.FormatException">The stream is no program, is damaged, or names something unknown; the message names the place.</exception>
    public static SavedProgram Read(Stream stream, PrimitiveCatalogue? catalogue = null, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new ProgramReader(new ByteReader(ProgramWriter.Format, stream, options), options, catalogue ?? Catalogue.Core).Read();
    }

    /// <summary>Makes the graph ready to run by itself: its arguments are the parameters' and then the constants.</summary>
    public Executable Compile() => Executable.Compile(Graph);

    /// <summary>Runs the program on arrays.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    public NDArray[] Run(params NDArray[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return Expr.Values(Call([.. arguments.Select(Expr.Of)]));
    }

    /// <summary>Calls the program on expressions: it can be differentiated, batched and traced like any other function.</summary>
    /// <exception cref="AdjointException">An argument does not fit.</exception>
    public Expr[] Call(params Expr[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        if (arguments.Length != ParameterNames.Count)
        {
            throw new StructureException(
                $"program: {arguments.Length} arguments for {ParameterNames.Count} parameters ({string.Join(", ", Described())}).").Here();
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (!arguments[i].Type.Equals(Graph.Parameters[i].Type))
            {
                throw new StructureException(
                    $"program: {LeafPath.Of(ParameterNames, i)} is {arguments[i].Type}; the program was saved for {Graph.Parameters[i].Type}.").Here();
            }
        }

        return compiled.Value.Call(arguments);
    }

    /// <summary>Parameters, results and the number of nodes.</summary>
    public override string ToString() =>
        $"program ({string.Join(", ", Described())}) -> ({string.Join(", ", ResultTypes)}), {Graph.Nodes.Length} nodes";

    /// <inheritdoc/>
    void IHtml.WriteHtml(TextWriter writer) => HtmlView.WriteText($"{this}\n{new GraphView(Graph).Text}", writer);

    private IEnumerable<string> Described() =>
        ParameterNames.Zip(ParameterTypes, (name, type) => name.Length == 0 ? $"{type}" : $"{name}: {type}");

    private void Check(Graph graph, int own)
    {
        if (own < 0 || ParameterNames.Count != own)
        {
            throw new StructureException(
                $"program: {ParameterNames.Count} names and {Constants.Count} constants for {graph.Parameters.Length} parameters.");
        }

        if (ResultNames.Count != graph.Results.Length)
        {
            throw new StructureException($"program: {ResultNames.Count} names for {graph.Results.Length} results.");
        }

        for (int i = 0; i < Constants.Count; i++)
        {
            if (!graph.Parameters[own + i].Type.Equals(TensorType.Of(Constants[i])))
            {
                throw new StructureException(
                    $"program: constant {i} is {Constants[i].Describe()}, its parameter {graph.Parameters[own + i].Type}.");
            }
        }
    }

    /// <summary>The graph with its parameters' names, which messages tell.</summary>
    private Graph Named(Graph graph)
    {
        ImmutableArray<Value> parameters =
        [
            .. graph.Parameters.Select((parameter, i) => Value.Parameter(
                parameter.Type, i < ParameterNames.Count && ParameterNames[i].Length > 0 ? ParameterNames[i] : null)),
        ];
        return new(parameters, Substitution.Inline(graph, parameters));
    }
}
