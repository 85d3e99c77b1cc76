using System.Diagnostics;
using System.Globalization;
using Adjoint.Compile;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Execute;

/// <summary>A graph made ready to run many times, from any number of threads at once.</summary>
/// <remarks>
/// Memory that runs work in is kept for later runs, up to <see cref="KeptBytes"/>, and let go when no run came between two
/// full collections of garbage; arrays that are handed out as results are the caller's. The rules of ownership are those of <see cref="Interpreter"/>.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Executable
{
    private const long DefaultKeptBytes = 1L << 30;

    [ThreadStatic]
    private static Seat? seat;

    private readonly ParameterTypes parameters;
    private readonly ParameterTypes results;
    private readonly Graph source;
    private readonly Pipeline pipeline;
    private readonly Tiers? tiers;
    private volatile Ready ready;
    private long kept;
    private bool hasRun;
    private long budget;
    private Fitted? fitted;

    private Executable(Graph source, Pipeline pipeline, KernelSource kernels, bool inTiers = false)
        : this(source, pipeline, new Ready(pipeline.Run(source), new(kernels)), inTiers)
    {
    }

    private Executable(Graph source, Pipeline pipeline, Ready ready, bool inTiers)
    {
        this.source = source;
        this.pipeline = pipeline;
        this.ready = ready;
        parameters = new(Graph.ParameterTypes);
        results = new(Graph.ResultTypes);
        tiers = inTiers ? Tiers.Of(Graph) : null;
        ready.Prepare();
        IdleMemory.Watch(this);
    }

    /// <summary>The graph that runs: what the passes made.</summary>
    public Graph Graph => ready.Graph;

    /// <summary>How many bytes of working memory may be kept between runs; 1 GiB unless set.</summary>
    public long KeptBytes { get; set; } = DefaultKeptBytes;

    /// <summary>Makes a graph ready to run, after the passes that every graph goes through.</summary>
    public static Executable Compile(Graph graph) => Compile(graph, Pipeline.Default);

    /// <summary>Makes a graph ready to run as the options say, after the passes that every graph goes through.</summary>
    /// <exception cref="MemoryBudgetException">No way was found to run within the budget.</exception>
    public static Executable Compile(Graph graph, CompileOptions options)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(options);
        if (options.MemoryBudget is not { } budget)
        {
            return Compile(graph);
        }

        Fitted found = MemoryFit.Of(Pipeline.Unfused.Run(graph), budget);
        var passes = new Pipeline([.. Pipeline.Unfused.Passes, new("fit_memory", _ => found.Graph)]);
        return new(graph, passes, new Ready(found.Graph, new(KernelSource.Default, found.Orders)), inTiers: false)
        {
            budget = budget,
            fitted = found,
        };
    }

    /// <summary>Makes a graph ready to run, after these passes.</summary>
    public static Executable Compile(Graph graph, Pipeline pipeline) => Compile(graph, pipeline, KernelSource.Default);

    /// <summary>Makes a graph ready to run, after these passes, its nodes as kernels that depend on the graph that they leave.</summary>
    internal static Executable CompileWith(Graph graph, Pipeline pipeline, Func<Graph, KernelSource> kernels)
    {
        Graph passed = pipeline.Run(graph);
        return new(graph, pipeline, new Ready(passed, new(kernels(passed))), inTiers: false);
    }

    /// <summary>Makes a graph ready to run, after these passes, its nodes as these kernels.</summary>
    internal static Executable Compile(Graph graph, Pipeline pipeline, KernelSource kernels)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(pipeline);
        return new Executable(graph, pipeline, kernels);
    }

    /// <summary>Makes a graph ready to run with kernels side by side however small they are.</summary>
    internal static Executable CompileSideBySide(Graph graph) =>
        new(graph, Pipeline.Default, new Ready(Pipeline.Default.Run(graph), new(KernelSource.Default) { Least = 0 }), inTiers: false);

    /// <summary>
    /// Makes a graph ready to run at once, node by node by precompiled kernels. When it has run for about as long as it takes to make machine code
    /// of it, that is done, where the bits stay the same: functions of single elements run together then, sums and products as before.
    /// </summary>
    internal static Executable CompileInTiers(Graph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return new Executable(graph, Pipeline.Unfused, KernelSource.Single, inTiers: true);
    }

    /// <summary>Runs on arrays, which are only read, and gives fresh ones.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    public NDArray[] Run(params NDArray[] arguments) => Run(arguments, RunOptions.Default);

    /// <summary>Runs on arrays, which are only read unless they are donated, and gives fresh ones.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public NDArray[] Run(IReadOnlyList<NDArray> arguments, RunOptions options)
    {
        if (results.FirstStack >= 0)
        {
            throw new StructureException($"run: a result is a {Graph.ResultTypes[results.FirstStack]}, no array. Ask for values instead of arrays.");
        }

        HostValue[] values = RunValues(arguments as NDArray[] ?? [.. arguments], options);
        return values as NDArray[] ?? Array.ConvertAll(values, value => (NDArray)value);
    }

    /// <summary>Runs on arrays and stacks, which are only read unless they are donated, and gives fresh ones.</summary>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public HostValue[] RunValues(IReadOnlyList<HostValue> arguments, RunOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        HostValue[] values = arguments as HostValue[] ?? [.. arguments];
        if (!parameters.Fit(values))
        {
            Arguments.Check(Graph, values);
        }

        Seat own = seat ??= new();
        Interpreter interpreter = Take(own);
        try
        {
            long begin = IsCool ? Stopwatch.GetTimestamp() : 0;
            HostValue[] found = interpreter.RunWhole(interpreter.Whole, values, options ?? RunOptions.Default);
            GiveBack(interpreter, own);
            if (begin != 0)
            {
                Warm(Stopwatch.GetTimestamp() - begin);
            }

            return found;
        }
        catch
        {
            Drop(interpreter);
            throw;
        }
    }

    /// <summary>Runs on arrays and writes the results into arrays of the caller, which may be arguments too. Kernels alone allocate nothing.</summary>
    /// <exception cref="AdjointException">An array does not fit, or something went wrong on the way; then results may be half written.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(ReadOnlySpan<NDArray> arguments, Span<NDArray> results, RunOptions? options = null)
    {
        if (!parameters.Fit(ReadOnlySpan<HostValue>.CastUp(arguments)))
        {
            Arguments.Check(Graph, ReadOnlySpan<HostValue>.CastUp(arguments));
        }

        if (!this.results.Fit(ReadOnlySpan<HostValue>.CastUp((ReadOnlySpan<NDArray>)results)))
        {
            Arguments.CheckTargets(Graph, results);
        }

        Seat own = seat ??= new();
        Interpreter interpreter = Take(own);
        try
        {
            interpreter.RunInto(interpreter.Whole, arguments, results, options ?? RunOptions.Default);
        }
        catch
        {
            Drop(interpreter);
            throw;
        }

        GiveBack(interpreter, own);
    }

    /// <summary>
    /// Fixes the arguments from the one numbered <paramref name="first"/> on, as the weights of a network that only says what it sees: what depends on them alone
    /// is computed now, once, and filters of convolutions keep the layout that is fastest for them. The arrays are copied where they are read as they are, so writing to
    /// them later changes nothing. Numbers are rounded as by <see cref="Run(NDArray[])"/> up to the order of sums.
    /// </summary>
    /// <param name="first">The number of the first bound parameter.</param>
    /// <param name="values">Its argument, and those of the parameters behind it.</param>
    /// <exception cref="AdjointException">There are no such parameters, they have other types, or the executable keeps to a memory budget.</exception>
    public BoundExecutable Bind(int first, params NDArray[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (first < 0 || first + values.Length > source.Parameters.Length)
        {
            throw new StructureException($"bind: {values.Length} arguments from number {first} on for {source.Parameters.Length} parameters.");
        }

        if (fitted is not null)
        {
            throw new AdjointException("bind: the executable keeps to a memory budget, which does not count what bound arguments keep; compile without one.");
        }

        return BoundExecutable.Of(source, pipeline, first, values);
    }

    /// <summary>
    /// What a run does, as text: the passes, the schedule with the kernels and their loops, where values lie and how long they live, operations
    /// and bytes of each step, and the most memory that it works in. The same text for the same graph in every process.
    /// </summary>
    public string Explain()
    {
        Ready now = ready;
        return Explanation.Of(source, pipeline, now.Graph, now.Plans, now.Fresh(), BudgetLines());
    }

    /// <summary>The most bytes that a run works in besides arguments, on any number of threads, and whether that holds for loops of any length.</summary>
    internal (long Bytes, bool IsComplete) Forecast() => ready.Forecast();

    private IEnumerable<string> BudgetLines() => fitted is null
        ? []
        : [string.Create(CultureInfo.InvariantCulture, $"memory budget: {budget} bytes"), .. fitted.Describe()];

    /// <summary>Types and the number of nodes.</summary>
    public override string ToString() => $"executable {GraphView.Line(Graph)}";

    /// <summary>Lets the memory go that is kept for later runs.</summary>
    public void ReleaseMemory()
    {
        while (ready.Idle.TryTake() is { } interpreter)
        {
            Drop(interpreter);
        }
    }

    /// <summary>The bytes of working memory that runs have left for later ones.</summary>
    internal long Kept => Interlocked.Read(ref kept);

    /// <summary>Lets the memory go unless there was a run since this was last asked.</summary>
    internal void ReleaseIfIdle()
    {
        if (!Volatile.Read(ref hasRun))
        {
            ReleaseMemory();
        }

        Volatile.Write(ref hasRun, false);
    }

    /// <summary>Whether it still runs node by node, until it has run often enough.</summary>
    internal bool IsCool => tiers is { IsCool: true };

    private Interpreter Take(Seat own)
    {
        Ready now = ready;
        if (own.Resting is { } last && ReferenceEquals(last.Plans, now.Plans))
        {
            own.Resting = null;
            return last;
        }

        return now.Idle.TryTake() ?? now.Fresh();
    }

    /// <summary>Goes over to machine code after enough runs; those that are under way end as they began.</summary>
    private void Warm(long ticks)
    {
        if (tiers!.IsHotAfter(ticks) && Pipeline.Exact.Run(Graph) is var exact && !ReferenceEquals(exact, Graph))
        {
            var hot = new Ready(exact, new(KernelSource.Default));
            hot.Prepare();
            ReleaseMemory();
            ready = hot;
        }
    }

    /// <summary>Keeps an interpreter whose run has ended well; one whose run has failed is let go, values and all.</summary>
    private void GiveBack(Interpreter interpreter, Seat own)
    {
        long more = interpreter.Bytes - interpreter.CountedBytes;
        if (more != 0)
        {
            interpreter.CountedBytes += more;
            if (Interlocked.Add(ref kept, more) > KeptBytes)
            {
                Drop(interpreter);
                return;
            }
        }

        if (!Volatile.Read(ref hasRun))
        {
            Volatile.Write(ref hasRun, true);
        }

        Ready now = ready;
        if (ReferenceEquals(now.Plans, interpreter.Plans))
        {
            if (interpreter.Bytes == 0)
            {
                own.Rest(interpreter);
                return;
            }

            if (now.Idle.TryPut(interpreter))
            {
                return;
            }
        }

        Drop(interpreter);
    }

    /// <summary>Where a thread leaves the interpreter that it ran last, if that keeps no memory, to find it again without asking other threads.</summary>
    private sealed class Seat
    {
        internal Interpreter? Resting { get; set; }

        /// <summary>Leaves an interpreter here; the one before goes where every thread finds it.</summary>
        internal void Rest(Interpreter interpreter)
        {
            Interpreter? before = Resting;
            Resting = interpreter;
            before?.Home.TryPut(before);
        }
    }

    /// <summary>A graph with plans for one kind of code, and the interpreters that hold memory for them.</summary>
    private sealed class Ready(Graph graph, PlanTable plans)
    {
        internal Graph Graph => graph;

        internal PlanTable Plans => plans;

        internal SlotPool<Interpreter> Idle { get; } = new(2 * Math.Max(Environment.ProcessorCount, 8));

        internal Interpreter Fresh() => new(plans) { Whole = graph, Home = Idle };

        internal void Prepare()
        {
            Interpreter first = Fresh();
            plans.Of(graph, first);
            Idle.TryPut(first);
        }

        internal (long Bytes, bool IsComplete) Forecast() => MemoryForecast.Most(graph, plans, Fresh());
    }

    /// <summary>Lets an interpreter go with its memory.</summary>
    private void Drop(Interpreter interpreter) => Interlocked.Add(ref kept, -interpreter.CountedBytes);
}
