using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Execute;
using Adjoint.Ir;

namespace Adjoint.Front;

/// <summary>A function that is traced once per argument types and kept ready to run, from any number of threads.</summary>
public sealed class Compiled
{
    private const int MostSignatures = 64;

    private readonly Func<Expr[], Expr[]> function;
    private readonly IReadOnlyList<string>? paths;
    private readonly Dictionary<Signature, Entry> entries = [];
    private readonly Lock gate = new();
    private volatile Entry? latest;

    private readonly CompileOptions options;

    internal Compiled(Func<Expr[], Expr[]> function, IReadOnlyList<string>? paths, CompileOptions? options = null)
    {
        this.function = function;
        this.paths = paths;
        this.options = options ?? CompileOptions.Default;
    }

    /// <summary>For how many lists of argument types the function has been traced.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    /// <summary>Calls the function: at the top level it runs at once, in a trace it becomes one node.</summary>
    public Expr[] Call(params Expr[] arguments) => Call(arguments, RunOptions.Default);

    /// <summary>
    /// Calls the function. At the top level it runs at once as the options say: a donated argument's elements are gone afterwards, unless another
    /// argument has the same ones. In a trace it becomes one node, and the options say nothing.
    /// </summary>
    public Expr[] Call(Expr[] arguments, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(options);
        Entry entry = EntryOf(arguments);
        if (Frame.Current.Kind != FrameKind.Top)
        {
            return Differential.CallOf(entry.Graph, [.. arguments, .. entry.Captured]);
        }

        HostValue[] values = Observer.Observe(entry.Captured.Length == 0 ? arguments : [.. arguments, .. entry.Captured]);
        RunOptions apart = options.Donated.IsEmpty ? options : options with { Donated = Apart(options.Donated, values) };
        return Expr.OfHosts(entry.Program.Value.Run(values, apart), entry.Graph.Results.AsSpan());
    }

    /// <summary>Calls the function on arrays.</summary>
    public NDArray[] Run(params NDArray[] arguments) => Run(arguments, RunOptions.Default);

    /// <summary>Calls the function on arrays, as the options say.</summary>
    public NDArray[] Run(NDArray[] arguments, RunOptions options)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        Entry entry = EntryOf(arguments);
        HostValue[] values = entry.Captured.Length == 0 ? arguments : [.. arguments, .. Observer.Observe(entry.Captured)];
        HostValue[] found = entry.Program.Value.Run(values, options);
        return found as NDArray[] ?? [.. found.Cast<NDArray>()];
    }

    /// <summary>What a run on arguments of these types does, as text; see <see cref="Executable.Explain"/>.</summary>
    public string Explain(params TensorType[] types) => EntryOf(new Signature([.. types])).Program.Value.Explain();

    /// <summary>The function's graph for arguments of these types: (arguments, what it uses from outside) → results.</summary>
    public Graph GraphOf(params TensorType[] types) => EntryOf(new Signature([.. types])).Graph;

    /// <summary>For how many lists of argument types it was traced.</summary>
    public override string ToString() => $"compiled function, traced for {Count} {(Count == 1 ? "list" : "lists")} of argument types";

    /// <summary>The donated arguments whose elements are no other argument's.</summary>
    private static ImmutableArray<int> Apart(ImmutableArray<int> donated, HostValue[] values) =>
    [
        .. donated.Where(index => (uint)index >= (uint)values.Length
            || (values[index] is NDArray array && values.Count(other => other is NDArray { Fate: null } found && ReferenceEquals(found.Storage, array.Storage)) <= 1)),
    ];

    /// <summary>What was called last serves again without a look into the table.</summary>
    private Entry EntryOf(Expr[] arguments)
    {
        Entry? last = latest;
        bool fits = last is not null && last.Types.Length == arguments.Length;
        for (int i = 0; fits && i < arguments.Length; i++)
        {
            fits = last!.Types[i].Equals(arguments[i].Handle.Type);
        }

        return fits ? last! : EntryOf(new Signature([.. arguments.Select(argument => argument.Handle.Type)]));
    }

    private Entry EntryOf(NDArray[] arguments)
    {
        Entry? last = latest;
        bool fits = last is not null && last.Types.Length == arguments.Length;
        for (int i = 0; fits && i < arguments.Length; i++)
        {
            fits = last!.Types[i] is TensorType type && type.DType == arguments[i].Type && type.Shape.Equals(arguments[i].Shape);
        }

        return fits ? last! : EntryOf(new Signature([.. arguments.Select(ValueTypes.Of)]));
    }

    private Entry EntryOf(Signature signature)
    {
        lock (gate)
        {
            if (entries.TryGetValue(signature, out Entry? known))
            {
                latest = known;
                return known;
            }
        }

        Traced traced = FrameStack.WithLines(() => Traced.Of("compile", signature.Types, function, paths));
        Graph graph = traced.Close();
        Entry entry = new(signature.Types, graph, [.. traced.Captured], new(() => new(graph, options)));
        if (traced.Captured.All(expr => expr.Frame.Kind == FrameKind.Top))
        {
            Keep(signature, ref entry);
        }

        return entry;
    }

    /// <summary>Keeps what uses nothing of an open frame; what another thread has kept meanwhile goes first.</summary>
    private void Keep(Signature signature, ref Entry entry)
    {
        lock (gate)
        {
            if (entries.Count == MostSignatures)
            {
                entries.Clear();
                Diagnostics.Report(
                    $"compile: a function was called with {MostSignatures} different lists of argument types; it starts anew.");
            }

            entries.TryAdd(signature, entry);
            entry = entries[signature];
            latest = entry;
        }
    }

    private sealed record Entry(ImmutableArray<ValueType> Types, Graph Graph, Expr[] Captured, Lazy<Program> Program);

    private sealed class Signature(ImmutableArray<ValueType> types) : IEquatable<Signature>
    {
        internal ImmutableArray<ValueType> Types { get; } = types;

        public bool Equals(Signature? other) => other is not null && Types.AsSpan().SequenceEqual(other.Types.AsSpan());

        public override bool Equals(object? obj) => Equals(obj as Signature);

        public override int GetHashCode()
        {
            HashCode code = default;
            foreach (ValueType type in Types)
            {
                code.Add(type);
            }

            return code.ToHashCode();
        }
    }
}
