using System.Runtime.CompilerServices;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Kernels;
using Adjoint.Loops;

namespace Adjoint.Execute;

/// <summary>Runs graphs node by node: the managed backend, and the oracle of every other.</summary>
/// <remarks>
/// <para>Who may overwrite what. A value is held as owned when its holder is the only one: no other value of the run, no
/// stack and nobody outside shares its memory.</para>
/// <list type="bullet">
/// <item>The arguments of a run are never owned; those of <see cref="Run(Graph, ReadOnlySpan{Held})"/> are owned as given,
/// and an owned one is given away: the caller must not read it again.</item>
/// <item>An operand is handed to a node as owned if it is, this is its last use, and it stands once among the operands.</item>
/// <item>A primitive may write into an owned operand, keep it, or give it back. Of any other operand it may give back the
/// value itself or an array that shares its memory: then both count as not owned from there on. What it puts into a
/// stack must be owned or copied, and the entries of a stack are never written.</item>
/// <item>A kernel's result lies in memory that was free, or in that of an owned operand that the kernel may overwrite.</item>
/// <item>A result of a body is owned if it is in the body and stands once among the results.</item>
/// <item>A result of a run that is not owned is copied, so no two results share memory with each other or an argument.</item>
/// </list>
/// <para>Memory that is owned and read no more serves later results. An interpreter is used by one thread at a time.</para>
/// </remarks>
public sealed class Interpreter : EvaluationContext
{
    private const int MostFrames = 4096;
    private const int MostCompared = 256;

    private readonly PlanTable plans;
    private readonly Dictionary<Graph, Frame> frames = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Array> targetMemory = [];
    private bool usesKernels = true;
    private RunOptions options = RunOptions.Default;
    private readonly WorkingMemory scratch = new();
    private readonly SlotPool<WorkingMemory> tiles = new(8);
    private readonly LoopTiles loopTiles;
    private LaneContext[] lanes = [];
    private Held[] given = [];
    private Frame? last;

    internal Interpreter(PlanTable plans)
    {
        this.plans = plans;
        loopTiles = new(this);
    }

    /// <inheritdoc/>
    public override IParallel Parallel => options.Parallel;

    /// <inheritdoc/>
    public override CancellationToken Cancellation => options.Cancellation;

    /// <summary>What collects the times of this run.</summary>
    internal Profile? Profile => options.Profile;

    /// <summary>The memory of this interpreter's runs.</summary>
    internal Arena Arena { get; } = new();

    /// <summary>The graph that an executable has it run.</summary>
    internal Graph Whole { get; init; } = null!;

    /// <summary>Where it waits for the next run.</summary>
    internal SlotPool<Interpreter> Home { get; init; } = null!;

    /// <summary>What it runs by.</summary>
    internal PlanTable Plans => plans;

    /// <summary>The bytes that are kept for later runs.</summary>
    internal long Bytes => Arena.Bytes + ScratchBytes;

    /// <summary>The most bytes that runs so far worked in at a time.</summary>
    internal long PeakBytes => Arena.Peak + ScratchBytes;

    private long ScratchBytes
    {
        get
        {
            long bytes = scratch.Bytes;
            foreach (LaneContext lane in lanes)
            {
                bytes += lane.Bytes;
            }

            return bytes;
        }
    }

    /// <summary>The bytes that an executable has counted for it.</summary>
    internal long CountedBytes { get; set; }

    /// <summary>Runs a graph as it stands, without any pass.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="arguments">A value for each parameter; they are only read.</param>
    /// <param name="options">What this run is told.</param>
    /// <returns>The results; they share no memory with each other or with the arguments.</returns>
    /// <exception cref="AdjointException">An argument does not fit, or something went wrong on the way.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static HostValue[] Run(Graph graph, IReadOnlyList<HostValue> arguments, RunOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(arguments);
        HostValue[] values = [.. arguments];
        Arguments.Check(graph, values);
        return new Interpreter(new PlanTable()).RunWhole(graph, values, options ?? RunOptions.Default);
    }

    /// <inheritdoc/>
    public override Held[] Run(Graph body, ReadOnlySpan<Held> arguments)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw RunErrors.TooDeep();
        }

        if (arguments.Length != body.Parameters.Length)
        {
            throw new InvalidOperationException($"{arguments.Length} arguments for a body of {body.Parameters.Length} parameters.");
        }

        ThrowIfCancelled();

        Frame frame = FrameOf(body);
        frame.Run(arguments, []);
        var results = new Held[body.Results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = frame.Result(i);
        }

        frame.End();
        return results;
    }

    /// <inheritdoc/>
    public override NDArray NewArray(DType type, Shape shape) => Arena.List(type, shape.Size).Rent(shape);

    /// <inheritdoc/>
    internal override void Return(Held value)
    {
        if (value.Owned && value.Value is NDArray array)
        {
            Arena.List(array.Type, array.Size).Return(array);
        }
    }

    /// <inheritdoc/>
    public override NDArray Scratch(int slot, DType type, int length) => scratch.Get(slot, type, length);

    /// <inheritdoc/>
    internal override NDArray Stack(int slot, DType type, int least) => scratch.AtLeast(slot, type, least);

    /// <inheritdoc/>
    public override NDArray[] Table(int count) => scratch.Table(count);

    /// <inheritdoc/>
    internal override WorkingMemory RentTileMemory() => tiles.TryTake() ?? new();

    /// <inheritdoc/>
    internal override void RunTiles(LoopKernel kernel, int phase, NDArray[] buffers, long count) => loopTiles.Run(kernel, phase, buffers, count);

    /// <inheritdoc/>
    internal override void ReturnTileMemory(WorkingMemory memory) => tiles.TryPut(memory);

    /// <summary>Whether kernels run side by side: whether there are several threads of a pool.</summary>
    internal bool IsWide => options.Parallel is WorkerPool { Threads: > 1 };

    /// <summary>Makes sure of contexts for so many kernels at a time.</summary>
    internal void PrepareLanes(int count)
    {
        if (lanes.Length + 1 < count)
        {
            lanes = [.. lanes, .. Enumerable.Range(lanes.Length + 1, count - 1 - lanes.Length).Select(_ => new LaneContext(this))];
        }
    }

    /// <summary>The context of one of the kernels that run side by side: of the first, this.</summary>
    internal KernelContext Lane(int index) => index == 0 ? this : lanes[index - 1];

    /// <inheritdoc/>
    public override void Report(string line) => options.Diagnostics?.Invoke(line);

    /// <inheritdoc/>
    public override void CountElements(long elements) => options.CountElements?.Add(elements);

    /// <summary>A run from the outside: arguments that fit are only read, unless they are donated, and results are fresh.</summary>
    internal HostValue[] RunWhole(Graph graph, ReadOnlySpan<HostValue> arguments, RunOptions run)
    {
        if (DirectFrame(graph, run) is { } direct)
        {
            NDArray[] fresh = direct.RunDirect(arguments);
            options = RunOptions.Default;
            return fresh;
        }

        Frame frame = Begin(graph, arguments, [], run);
        var results = new HostValue[graph.Results.Length];
        for (int i = 0; i < results.Length; i++)
        {
            results[i] = frame.Leave(i);
        }

        frame.End();
        Finish();
        return results;
    }

    /// <summary>The same, with the results written into arrays that fit. They may be arguments too, but share no memory with each other.</summary>
    internal void RunInto(Graph graph, ReadOnlySpan<NDArray> arguments, ReadOnlySpan<NDArray> targets, RunOptions run)
    {
        bool apart = AreApart(arguments, targets);
        if (apart && DirectFrame(graph, run) is { } direct)
        {
            direct.RunDirect(ReadOnlySpan<HostValue>.CastUp(arguments), targets);
            options = RunOptions.Default;
            return;
        }

        Frame frame = Begin(graph, ReadOnlySpan<HostValue>.CastUp(arguments), apart ? targets : [], run);
        if (!apart)
        {
            frame.KeepResults();
        }

        for (int i = 0; i < targets.Length; i++)
        {
            NDArray source = frame.Result(i).Array;
            if (!ReferenceEquals(source.Storage, targets[i].Storage))
            {
                Array.Copy(source.Storage, source.Start, targets[i].Storage, targets[i].Start, source.Size);
            }
        }

        if (!apart)
        {
            frame.FreeResults();
        }

        frame.End();
        Finish();
    }

    /// <summary>The frame of a graph that is one kernel, where nothing is asked for that needs to look into the run.</summary>
    private Frame? DirectFrame(Graph graph, RunOptions run)
    {
        if (last is not { IsDirect: true, IsBusy: false } || !ReferenceEquals(last.Graph, graph)
            || run.Profile is not null || run.SpoilFreed || !run.Donated.IsEmpty || run.UseKernels != usesKernels)
        {
            return null;
        }

        options = run;
        return last;
    }

    private Frame Begin(Graph graph, ReadOnlySpan<HostValue> arguments, ReadOnlySpan<NDArray> targets, RunOptions run)
    {
        options = run;
        Arena.Spoil = run.SpoilFreed;
        if (usesKernels != run.UseKernels)
        {
            usesKernels = run.UseKernels;
            DropFrames();
        }

        if (!run.Donated.IsEmpty)
        {
            return BeginDonated(graph, arguments, targets, run);
        }

        Frame frame = FrameOf(graph);
        frame.RunReading(arguments, targets);
        return frame;
    }

    private Frame BeginDonated(Graph graph, ReadOnlySpan<HostValue> arguments, ReadOnlySpan<NDArray> targets, RunOptions run)
    {
        if (given.Length < arguments.Length)
        {
            given = new Held[arguments.Length];
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            given[i] = new(arguments[i], Owned: false);
        }

        Donation.Take(graph, given.AsSpan(0, arguments.Length), run.Donated);
        Frame frame = FrameOf(graph);
        frame.Run(given.AsSpan(0, arguments.Length), targets);
        Array.Clear(given);
        return frame;
    }

    private void Finish()
    {
        options.Profile?.AddPeak(PeakBytes);
        Arena.Settle();
        if (frames.Count == 1)
        {
            last!.Forget();
        }
        else
        {
            foreach (Frame frame in frames.Values)
            {
                frame.Forget();
            }
        }

        options = RunOptions.Default;
    }

    private Frame FrameOf(Graph graph)
    {
        if (last is { IsBusy: false } && ReferenceEquals(graph, last.Graph) && (!last.HasTwin || last.IsWide == IsWide))
        {
            return last;
        }

        if (frames.TryGetValue(graph, out Frame? frame) && frame is { IsBusy: false, HasTwin: true } && frame.IsWide != IsWide)
        {
            Arena.Add(-frame.Bytes);
            frame = null;
        }

        if (frame is null || frame.IsBusy)
        {
            if (frames.Count >= MostFrames)
            {
                DropFrames();
            }

            frame = new Frame(plans.Of(graph, this, usesKernels), IsWide, this);
            frames[graph] = frame;
        }

        last = frame;
        return frame;
    }

    private void DropFrames()
    {
        foreach (Frame frame in frames.Values)
        {
            Arena.Add(-frame.Bytes);
        }

        frames.Clear();
        last = null;
    }

    /// <summary>Whether no target is an argument, so that results may be written there while arguments are still read.</summary>
    private bool AreApart(ReadOnlySpan<NDArray> arguments, ReadOnlySpan<NDArray> targets) =>
        (long)targets.Length * (arguments.Length + targets.Length) > MostCompared
            ? AreApartByTable(arguments, targets)
            : AreApartByPairs(arguments, targets);

    private static bool AreApartByPairs(ReadOnlySpan<NDArray> arguments, ReadOnlySpan<NDArray> targets)
    {
        bool apart = true;
        for (int i = 0; i < targets.Length; i++)
        {
            Array memory = targets[i].Storage;
            for (int j = 0; j < i; j++)
            {
                if (ReferenceEquals(memory, targets[j].Storage) && targets[i].Size > 0)
                {
                    throw SharedTarget(i);
                }
            }

            foreach (NDArray argument in arguments)
            {
                apart &= !ReferenceEquals(memory, argument.Storage);
            }
        }

        return apart;
    }

    private bool AreApartByTable(ReadOnlySpan<NDArray> arguments, ReadOnlySpan<NDArray> targets)
    {
        targetMemory.Clear();
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i].Size > 0 && !targetMemory.Add(targets[i].Storage))
            {
                throw SharedTarget(i);
            }
        }

        bool apart = true;
        foreach (NDArray argument in arguments)
        {
            apart &= !targetMemory.Contains(argument.Storage);
        }

        targetMemory.Clear();
        return apart;
    }

    private static AdjointException SharedTarget(int result) =>
        new($"run: result {result} is to be written into the memory of an earlier result. Give each its own array.");
}
