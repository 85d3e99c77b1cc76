using System.Collections.Immutable;
using Adjoint.Compile.Emit;
using Adjoint.Loops;

namespace Adjoint.Compile.Nests;

/// <summary>Which results of a program may lie where operands lie: those that are written once, each place after it was read there for the last time.</summary>
/// <remarks>
/// What is written at a place depends on the operand at that place alone: the operand is read right before the result is written, in the same
/// iteration and at the same offset, or in an earlier phase, which is over by then. The offset names every loop around, so that no
/// iteration comes to a place twice.
/// </remarks>
internal static class InPlaceResults
{
    /// <summary>Pairs of operands and results, each named once at most.</summary>
    internal static ImmutableArray<(int Operand, int Result)> Of(LoopProgram program)
    {
        if (program.Buffers.Any(buffer => buffer.Kind == LoopBufferKind.InOut))
        {
            return [];
        }

        ILookup<LoopBuffer, Access> accesses = program.Phases.SelectMany((phase, i) => In(phase, i)).ToLookup(access => access.Buffer);
        Operand[] operands = [.. program.Buffers.Where(buffer => buffer.Kind == LoopBufferKind.Input).Select(buffer => new Operand(buffer, accesses[buffer]))];
        LoopBuffer[] results = [.. program.Buffers.Where(buffer => buffer.Kind == LoopBufferKind.Output)];
        var pairs = ImmutableArray.CreateBuilder<(int, int)>();
        bool[] taken = new bool[operands.Length];
        for (int result = 0; result < results.Length; result++)
        {
            LoopBuffer into = results[result];
            Access[] stores = [.. accesses[into].Where(access => access.IsStore)];
            for (int operand = 0; stores is [{ IsOnce: true } store] && operand < operands.Length; operand++)
            {
                if (!taken[operand] && operands[operand].FitsUnder(into) && operands[operand].IsReadBefore(store))
                {
                    taken[operand] = true;
                    pairs.Add((operand, result));
                    break;
                }
            }
        }

        return pairs.ToImmutable();
    }

    private static IEnumerable<Access> In(LoopPhase phase, int number)
    {
        ImmutableArray<LoopValue> around = phase.Tiles > 1 ? [phase.Tile] : [];
        var pending = new Stack<(LoopBlock Block, ImmutableArray<LoopValue> Around, bool IsSure)>([(phase.Body, around, true)]);
        while (pending.TryPop(out (LoopBlock Block, ImmutableArray<LoopValue> Around, bool IsSure) next))
        {
            for (int place = 0; place < next.Block.Items.Count; place++)
            {
                LoopItem item = next.Block.Items[place];
                foreach (LoopBlock inner in BlockWalk.Inside(item))
                {
                    pending.Push((inner, item is ForItem loop ? next.Around.Add(loop.Index) : next.Around, next.IsSure && item is ForItem));
                }

                if (item is StoreItem { Buffer.Kind: LoopBufferKind.Output } store)
                {
                    bool isOnce = next.IsSure && next.Around.All(index => DependsOn(store.Offset, index));
                    yield return new(store.Buffer, store.Offset, number, next.Block, place, IsStore: true, isOnce);
                }
                else if (item is LoopValue { Op: LoopOp.Load, Buffer.Kind: LoopBufferKind.Input } load)
                {
                    yield return new(load.Buffer!, load.Operands[0], number, next.Block, place, IsStore: false, IsOnce: false);
                }
                else if (item is TransposeItem turned)
                {
                    // A block is read and written at many places: behind all that is stored in its iteration, and more than once.
                    yield return new(turned.From, turned.FromOffset, number, next.Block, int.MaxValue, IsStore: false, IsOnce: false);
                    yield return new(turned.To, turned.ToOffset, number, next.Block, place, IsStore: true, IsOnce: false);
                }
            }
        }
    }

    private static bool DependsOn(LoopValue value, LoopValue index)
    {
        var seen = new HashSet<LoopValue>();
        var pending = new Stack<LoopValue>([value]);
        while (pending.TryPop(out LoopValue? next))
        {
            if (ReferenceEquals(next, index))
            {
                return true;
            }

            foreach (LoopValue operand in next.Operands.Where(seen.Add))
            {
                pending.Push(operand);
            }
        }

        return false;
    }

    /// <summary>A load or a store.</summary>
    private sealed record Access(LoopBuffer Buffer, LoopValue Offset, int Phase, LoopBlock Block, int Place, bool IsStore, bool IsOnce);

    /// <summary>An operand and where it is read for the last time.</summary>
    private sealed class Operand
    {
        private readonly LoopBuffer buffer;
        private readonly Access? last;
        private readonly bool isAtOnePlace;

        internal Operand(LoopBuffer buffer, IEnumerable<Access> loads)
        {
            this.buffer = buffer;
            last = loads.MaxBy(load => (load.Phase, load.Place));
            isAtOnePlace = loads.All(load => load.Phase < last!.Phase
                || (ReferenceEquals(load.Block, last.Block) && ReferenceEquals(load.Offset, last.Offset)));
        }

        internal bool FitsUnder(LoopBuffer result) => buffer.Length == result.Length && buffer.Type == result.Type;

        /// <summary>Whether a store writes over nothing but what was read before, and no other iteration's.</summary>
        internal bool IsReadBefore(Access store) => last is null || last.Phase < store.Phase
            || (last.Phase == store.Phase && isAtOnePlace && last.Place < store.Place
                && ReferenceEquals(last.Block, store.Block) && ReferenceEquals(last.Offset, store.Offset));
    }
}
