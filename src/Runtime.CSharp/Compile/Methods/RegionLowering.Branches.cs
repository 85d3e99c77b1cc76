using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

/// <summary>Branches: what comes out lies in one place, whichever ran.</summary>
internal sealed partial class RegionLowering
{
    private ImmutableArray<Local> Branch(Frame frame, Node node, LoopValue choice, ImmutableArray<Graph> graphs)
    {
        ImmutableArray<Local> arguments = Operands(frame, node)[1..];
        LoopBuffer[] pinned = [.. arguments.SelectMany(argument => argument.Reads)];
        Array.ForEach(pinned, workspace.Pin);
        GiveUp(frame, node);
        Destination[] places = Destinations(frame, node, arguments, graphs);
        ImmutableArray<LoopValue> numbers = Choose(choice, graphs, 0, arguments, places);
        int next = 0;
        ImmutableArray<Local> results = [.. places.Select(place => place.Result(builder, numbers, ref next))];
        foreach (Local result in results)
        {
            workspace.Hold(result);
        }

        foreach (Destination place in places)
        {
            if (place.Memory is { } memory)
            {
                workspace.Unpin(memory.Buffer);
            }
        }

        Array.ForEach(pinned, workspace.Unpin);
        return results;
    }

    /// <summary>Where results come to lie: in the memory of an argument that a branch updates and nobody else reads, or it is left open.</summary>
    private Destination[] Destinations(Frame frame, Node node, ImmutableArray<Local> arguments, ImmutableArray<Graph> graphs)
    {
        var taken = new HashSet<LoopBuffer>(ReferenceEqualityComparer.Instance);
        var places = new Destination[node.Results.Length];
        for (int i = 0; i < places.Length; i++)
        {
            frame.Targets.Remove(node.Results[i], out LoopBuffer? target);
            var place = new Destination(node.Results[i].Type, target);
            int source = graphs.Max(graph => InPlace.Source(graph, i));
            Local? argument = source < 0 ? null : arguments[source];
            bool isFree = argument is not null && argument.Reads.Length > 0 && argument.Reads.All(buffer => workspace.Holds(buffer) == 0);
            if (!place.IsSmall && isFree && taken.Add(argument!.Reads[0]))
            {
                place.Take(argument!);
                Pin(place);
            }

            places[i] = place;
        }

        return places;
    }

    private ImmutableArray<LoopValue> Choose(
        LoopValue choice, ImmutableArray<Graph> graphs, int at, ImmutableArray<Local> arguments, Destination[] places)
    {
        if (at == graphs.Length - 1)
        {
            return Alternative(graphs[at], arguments, places);
        }

        LoopValue isLater = choice.Type == DType.Bool ? choice : builder.Less(builder.Constant(Scalar.Of(choice.Type, (long)at)), choice);
        return builder.If(
            isLater, () => Choose(choice, graphs, at + 1, arguments, places), () => Alternative(graphs[at], arguments, places));
    }

    /// <summary>Runs one branch and puts its results into their places.</summary>
    private ImmutableArray<LoopValue> Alternative(Graph graph, ImmutableArray<Local> arguments, Destination[] places)
    {
        ImmutableArray<Local> results = Run(graph, arguments);
        for (int i = 0; i < places.Length; i++)
        {
            Settle(places[i], results[i]);
        }

        var written = places.SelectMany(place => place.Buffers).ToHashSet<LoopBuffer>(ReferenceEqualityComparer.Instance);
        var numbers = ImmutableArray.CreateBuilder<LoopValue>();
        var last = new List<Action>();
        for (int i = 0; i < places.Length; i++)
        {
            numbers.AddRange(places[i] switch
            {
                { IsSmall: true } => workspace.Load((TensorLocal)results[i]).Elements,
                { Store: { } store } => IntoStack((StackLocal)results[i], store, written, last),
                _ => IntoMemory((TensorLocal)results[i], places[i].Memory!, written, last),
            });
        }

        last.ForEach(write => write());
        foreach (Local result in results)
        {
            workspace.Release(result);
        }

        return numbers.ToImmutable();
    }

    private ImmutableArray<LoopValue> IntoMemory(TensorLocal result, Stored place, HashSet<LoopBuffer> written, List<Action> last)
    {
        if (result is not Stored stored || !stored.IsAt(place.Buffer, place.Offset))
        {
            TensorLocal apart = result.Reads.Any(written.Contains) ? workspace.Materialise(result) : result;
            last.Add(() => Copying.Write(builder, apart, place.Buffer, place.Offset));
        }

        return [];
    }

    private ImmutableArray<LoopValue> IntoStack(StackLocal result, StackStore place, HashSet<LoopBuffer> written, List<Action> last)
    {
        bool isThere = ReferenceEquals(result.Store.Written, place.Written) && (place.Table is not null || result.State[0].IsConstant);
        if (!isThere && !result.State.All(number => number.IsConstant))
        {
            StackLocal apart = result.Reads.Any(written.Contains) ? CopyOf(result) : result;
            last.Add(() => CopyInto(apart, place));
        }

        return place.Table is null ? [result.State[1]] : result.State;
    }

    /// <summary>Decides on a place that was left open: memory that the branch has made, or new memory.</summary>
    private void Settle(Destination place, Local result)
    {
        if (place.IsSmall || place.Memory is not null || place.Store is not null)
        {
            return;
        }

        bool isNew = result.Reads.Length > 0 && result.Reads.All(buffer =>
            buffer.Kind is LoopBufferKind.Scratch or LoopBufferKind.Stack && workspace.IsOwned(buffer) && !workspace.IsPinned(buffer));
        switch (result)
        {
            case StackLocal stack:
                bool fromStart = stack.Store.Table is not null || stack.State[0].IsConstant;
                place.Take(isNew && fromStart ? stack : EmptyStack(stack.Type));
                break;
            case Stored { Offset.IsConstant: true } when isNew && place.Target is null:
                place.Take(result);
                break;
            default:
                var type = (TensorType)place.Type;
                place.Take(new Stored(type, place.Target ?? workspace.Rent(type.DType, type.Shape.Size), builder.Index(0)));
                break;
        }

        Pin(place);
    }

    private void Pin(Destination place)
    {
        if (place.Memory is { } memory)
        {
            workspace.Pin(memory.Buffer);
        }
    }

    /// <summary>Where a result of a branch comes to lie: in registers, in memory, or in a stack's memory.</summary>
    private sealed class Destination(ValueType type, LoopBuffer? target)
    {
        internal ValueType Type { get; } = type;

        /// <summary>The memory of the region's result, where it is one.</summary>
        internal LoopBuffer? Target { get; } = target;

        internal bool IsSmall { get; } = type is TensorType tensor && Sizes.InRegisters(tensor);

        internal Stored? Memory { get; private set; }

        internal StackStore? Store { get; private set; }

        internal ImmutableArray<LoopBuffer> Buffers => Memory?.Reads ?? Store?.Buffers ?? [];

        internal void Take(Local local)
        {
            Memory = local as Stored;
            Store = (local as StackLocal)?.Store;
        }

        internal Local Result(LoopBuilder builder, ImmutableArray<LoopValue> numbers, ref int next)
        {
            int count = Type is StackType ? (Store!.Table is null ? 1 : 2) : IsSmall ? ((TensorType)Type).Shape.Size : 0;
            ImmutableArray<LoopValue> own = numbers.Slice(next, count);
            next += count;
            return Type switch
            {
                StackType stack => new StackLocal(stack, Store!, Store!.Table is null ? [builder.Index(0), own[0]] : own),
                _ when IsSmall => new Registers((TensorType)Type, own),
                _ => Memory!,
            };
        }
    }
}
