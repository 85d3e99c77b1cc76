using System.Collections.Immutable;
using System.Reflection;
using Adjoint.Core;

namespace Adjoint.Loops;

/// <summary>Builds a <see cref="LoopProgram"/> from inside out. Used by one thread, once.</summary>
/// <remarks>
/// While it builds, it computes what is known, makes equal instructions once, and puts an instruction in the outermost block where its operands
/// are there: out of loops, but never out of branches. Only what can have no effect and cannot fail moves.
/// </remarks>
public sealed partial class LoopBuilder(string name)
{
    /// <summary>Values that no program of a region comes near, unless elements ask for each other again and again.</summary>
    internal const int Long = 1 << 17;

    private readonly List<LoopBuffer> buffers = [];
    private readonly List<LoopPhase> phases = [];
    private readonly List<LoopFailure> failures = [];
    private LoopBuffer? fault;
    private LoopBlock? current;
    private int nextId;
    private int lanes;

    /// <summary>A builder for another form of a program: with its buffers and failures, and no phases yet.</summary>
    internal static LoopBuilder Like(LoopProgram program)
    {
        var builder = new LoopBuilder(program.Name);
        builder.buffers.AddRange(program.Buffers);
        builder.failures.AddRange(program.Failures);
        builder.fault = program.Fault;
        return builder;
    }

    /// <summary>Whether the block that is being built lies in a loop over lanes.</summary>
    public bool IsInLanes => lanes > 0;

    /// <summary>The most values that it builds; then it gives up with a <see cref="TooLongException"/>.</summary>
    internal int MostValues { get; init; } = int.MaxValue;

    /// <summary>Says in an error which operation is being lowered and where it stands in the user's model.</summary>
    internal Action<AdjointException>? Site { get; set; }

    /// <summary>The block that is being built.</summary>
    internal LoopBlock Current => current ?? throw new InvalidOperationException("An instruction stands in a phase.");

    /// <summary>A buffer; operands come first, then results, then working memory.</summary>
    public LoopBuffer Buffer(LoopBufferKind kind, DType type, long length)
    {
        var buffer = new LoopBuffer(buffers.Count, kind, type, length);
        buffers.Add(buffer);
        return buffer;
    }

    /// <summary>A phase of so many tiles; one alone has the number 0.</summary>
    public void Phase(long tiles, Action<LoopValue> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var block = new LoopBlock(null, mayNotRun: false);
        LoopValue tile = NewParameter(block, DType.I64, 0, Math.Max(tiles - 1, 0));
        Within(block, () => body(tiles == 1 ? Index(0) : tile));
        phases.Add(new LoopPhase { Tiles = tiles, Tile = tile, Body = block });
    }

    /// <summary>The program's name, and how many values it has so far.</summary>
    public override string ToString() => $"builder of {name}: {nextId} values";

    /// <summary>The program.</summary>
    public LoopProgram Build() => new()
    {
        Name = name,
        Buffers = [.. buffers],
        Phases = [.. phases],
        Failures = [.. failures],
        Fault = fault,
        ValueCount = nextId,
    };

    /// <summary>A number of a computed type.</summary>
    public LoopValue Constant(Scalar value)
    {
        long known = value.Type == DType.I64 ? value.AsLong : 0;
        return value.Type == DType.I64
            ? Make(LoopOp.Constant, DType.I64, [], value: value, least: known, most: known)
            : Make(LoopOp.Constant, value.Type, [], value: value);
    }

    /// <summary>A number of a computed type, rounded once.</summary>
    public LoopValue Constant(DType type, double value) => Constant(Scalar.Of(type, value));

    /// <summary>An i64.</summary>
    public LoopValue Index(long value) => Constant(Scalar.Of(DType.I64, value));

    /// <summary>The element of a buffer at an offset.</summary>
    public LoopValue Load(LoopBuffer buffer, LoopValue offset)
    {
        DType type = LoopTypes.Computed(buffer.Type);
        bool inside = offset.Least >= 0 && offset.Most < buffer.Length;
        return buffer.Kind == LoopBufferKind.Input
            ? Make(LoopOp.Load, type, [offset], buffer, stays: !inside)
            : Fresh(Current, LoopOp.Load, type, [offset], buffer);
    }

    /// <summary>A function of numbers of its type.</summary>
    public LoopValue Apply(LoopFunction function, params ImmutableArray<LoopValue> operands) =>
        Make(LoopOp.Function, function.Type, operands, function);

    /// <summary>A static method of numbers, without effect, called for each lane.</summary>
    public LoopValue Call(MethodInfo method, params ImmutableArray<LoopValue> operands) =>
        Make(LoopOp.Call, DTypes.TryOf(method.ReturnType)!.Value, operands, method);

    /// <summary>x as it comes back from being stored as a dtype.</summary>
    public LoopValue ThroughStorage(LoopValue x, DType storage) =>
        LoopTypes.Computed(storage) == storage || IsStoredAs(x, storage) ? x : Make(LoopOp.ThroughStorage, x.Type, [x], storage: storage);

    /// <summary>Writes an element.</summary>
    public void Store(LoopBuffer buffer, LoopValue offset, LoopValue value) => Current.Append(new StoreItem(buffer, offset, value));

    /// <summary>Copies a block of a matrix, rows becoming columns. Not inside lanes.</summary>
    /// <param name="from">What is read, from an offset on, with a distance between rows.</param>
    /// <param name="to">What is written, another buffer of the same dtype, from an offset on, with a distance between rows.</param>
    /// <param name="rows">How many rows are read.</param>
    /// <param name="columns">How many columns are read.</param>
    public void Transpose(
        (LoopBuffer Buffer, LoopValue Offset, long Stride) from, (LoopBuffer Buffer, LoopValue Offset, long Stride) to, LoopValue rows, LoopValue columns)
    {
        if (IsInLanes || from.Buffer.Type != to.Buffer.Type)
        {
            throw new InvalidOperationException("Blocks are transposed outside of lanes, between buffers of one dtype.");
        }

        Current.Append(new TransposeItem
        {
            From = from.Buffer,
            FromOffset = from.Offset,
            FromStride = from.Stride,
            To = to.Buffer,
            ToOffset = to.Offset,
            ToStride = to.Stride,
            Rows = rows,
            Columns = columns,
        });
    }

    /// <summary>Makes room in a stack.</summary>
    public void Grow(LoopBuffer stack, LoopValue needed) => Current.Append(new GrowItem(stack, needed));

    /// <summary>Ends the run with an error if a test holds. Where a site is known, the error says it.</summary>
    public void Fail(LoopValue test, Func<AdjointException> error)
    {
        if (test.IsConstant && test.Constant.AsLong == 0)
        {
            return;
        }

        Add(test, _ => error(), isTold: false);
    }

    /// <summary>The same, with a number (i64) for the error to say; over lanes the error has none.</summary>
    public void Fail(LoopValue test, LoopValue number, Func<long?, AdjointException> error)
    {
        if (!IsInLanes)
        {
            LoopBuffer told = fault ??= Buffer(LoopBufferKind.Shared, DType.I64, 1);
            If(
                test,
                () =>
                {
                    Store(told, Index(0), number);
                    return [];
                },
                () => []);
        }

        Add(test, error, isTold: !IsInLanes);
    }

    private void Add(LoopValue test, Func<long?, AdjointException> error, bool isTold)
    {
        Current.Append(new FailItem(test, failures.Count));
        failures.Add(new(Site is { } site ? number => Located(error(number), site) : error, isTold));
    }

    private static AdjointException Located(AdjointException error, Action<AdjointException> site)
    {
        site(error);
        return error;
    }

    /// <summary>Whether a value can be read in the block that is being built: it stands in it or around it.</summary>
    internal bool Sees(LoopValue value)
    {
        LoopBlock? block = current;
        while (block is not null && block.Depth > value.Home.Depth)
        {
            block = block.Parent;
        }

        return ReferenceEquals(block, value.Home);
    }

    private static bool IsStoredAs(LoopValue x, DType storage) =>
        (x.Op == LoopOp.ThroughStorage && x.Storage == storage) || (x.Op == LoopOp.Load && x.Buffer!.Type == storage);

    /// <summary>Ends the run with an error that the program has already.</summary>
    internal void Fail(LoopValue test, int failure) => Current.Append(new FailItem(test, failure));

    private LoopValue NewParameter(LoopBlock home, DType type, long least = long.MinValue, long most = long.MaxValue) =>
        new(this, nextId++, home, LoopOp.Parameter, type, []) { Least = least, Most = most };

    /// <summary>An instruction that has no effect: one that is known, or a new one in the outermost block that has its operands.</summary>
    private LoopValue Make(
        LoopOp op,
        DType type,
        ImmutableArray<LoopValue> operands,
        object? attribute = null,
        Scalar value = default,
        DType storage = default,
        bool stays = false,
        long least = long.MinValue,
        long most = long.MaxValue)
    {
        var key = new LoopKey(op, type, IdOf(operands, 0), IdOf(operands, 1), IdOf(operands, 2), operands.Length > 3 ? null : attribute ?? storage, value);
        LoopBlock? home = stays ? Current : Outermost(operands);
        for (LoopBlock? block = Current; block is not null && operands.Length <= 3; block = block.Parent)
        {
            if (block.Known.TryGetValue(key, out LoopValue? known))
            {
                return known;
            }
        }

        LoopValue made = Fresh(home, op, type, operands, attribute, value, storage, least, most);
        home.Known[key] = made;
        return made;
    }

    private LoopValue Fresh(
        LoopBlock home,
        LoopOp op,
        DType type,
        ImmutableArray<LoopValue> operands,
        object? attribute = null,
        Scalar value = default,
        DType storage = default,
        long least = long.MinValue,
        long most = long.MaxValue)
    {
        if (nextId >= MostValues)
        {
            throw new TooLongException();
        }

        var made = new LoopValue(this, nextId++, home, op, type, operands)
        {
            Constant = value,
            Buffer = attribute as LoopBuffer,
            Function = attribute as LoopFunction,
            Method = attribute as MethodInfo,
            Storage = storage,
            Least = least,
            Most = most,
        };
        home.Append(made);
        return made;
    }

    private LoopBlock Outermost(ImmutableArray<LoopValue> operands)
    {
        int deepest = 0;
        foreach (LoopValue operand in operands)
        {
            deepest = Math.Max(deepest, operand.Home.Depth);
        }

        LoopBlock block = Current;
        LoopBlock before = block;
        while (block.Depth > deepest && (!block.MayNotRun || operands.IsEmpty))
        {
            before = block;
            block = block.Parent!;
        }

        return block.IsCondition ? before : block;
    }

    private static int IdOf(ImmutableArray<LoopValue> operands, int place) => place < operands.Length ? operands[place].Id : -1;

    private void Within(LoopBlock block, Action body)
    {
        LoopBlock? outer = current;
        current = block;
        try
        {
            body();
        }
        finally
        {
            current = outer;
        }
    }
}
