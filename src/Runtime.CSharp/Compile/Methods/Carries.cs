using System.Collections.Immutable;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Methods;

internal sealed partial class RegionLowering
{
    /// <summary>What a loop carries: numbers in registers, tensors in memory, stacks.</summary>
    /// <remarks>
    /// A tensor in memory that the step updates in place lies in one place. Any other has two, and each step writes the one that it
    /// does not read.
    /// </remarks>
    private sealed class Carries
    {
        private readonly RegionLowering owner;
        private readonly ImmutableArray<Carry> carries;

        /// <param name="owner">Who lowers.</param>
        /// <param name="frame">Where the loop stands.</param>
        /// <param name="node">The loop.</param>
        /// <param name="step">Its step.</param>
        /// <param name="first">The operand that is carried first.</param>
        /// <param name="count">How many are carried.</param>
        /// <param name="parameter">The step's parameter that is carried first.</param>
        internal Carries(RegionLowering owner, Frame frame, Node node, Graph step, int first, int count, int parameter)
        {
            this.owner = owner;
            Count = count;
            var made = ImmutableArray.CreateBuilder<Carry>(count);
            var initial = ImmutableArray.CreateBuilder<LoopValue>();
            for (int i = 0; i < count; i++)
            {
                bool inPlace = InPlace.Source(step, i) == parameter + i;
                made.Add(New(frame, node, first + i, i, inPlace, initial));
            }

            carries = made.MoveToImmutable();
            Initial = initial.ToImmutable();
        }

        /// <summary>How many values of the graph are carried.</summary>
        internal int Count { get; }

        /// <summary>The numbers that are carried, before the first step.</summary>
        internal ImmutableArray<LoopValue> Initial { get; }

        /// <summary>What stands for the carries where the numbers are these.</summary>
        internal ImmutableArray<Local> At(ImmutableArray<LoopValue> values) =>
            [.. carries.Select(carry => carry.At(owner.builder, values.AsSpan(carry.First, carry.Numbers)))];

        /// <summary>The numbers for the next step, after memory has been written.</summary>
        internal ImmutableArray<LoopValue> Advance(ImmutableArray<Local> results, ImmutableArray<LoopValue> values)
        {
            var next = new LoopValue[values.Length];
            var last = new List<Action>();
            for (int i = 0; i < carries.Length; i++)
            {
                Carry carry = carries[i];
                ImmutableArray<LoopValue> numbers = carry switch
                {
                    { Store: { } store } => Stack((StackLocal)results[i], store, last),
                    { Buffer: { } buffer } => Memory(carry, buffer, (TensorLocal)results[i], values, last),
                    _ => owner.workspace.Load((TensorLocal)results[i]).Elements,
                };
                numbers.CopyTo(next, carry.First);
            }

            last.ForEach(write => write());
            return [.. next];
        }

        /// <summary>The loop is over.</summary>
        internal void Unpin()
        {
            foreach (Carry carry in carries)
            {
                if (carry.Buffer is { } buffer)
                {
                    owner.workspace.Unpin(buffer);
                }
            }
        }

        private Carry New(Frame frame, Node node, int operand, int result, bool inPlace, ImmutableArray<LoopValue>.Builder initial)
        {
            Value value = node.Operands[operand];
            Local local = frame[value];
            int first = initial.Count;
            if (local is StackLocal stack)
            {
                StackLocal own = owner.MayTake(frame, value, stack) ? stack : owner.CopyOf(stack);
                initial.AddRange(own.Store.Table is null ? [own.State[1]] : own.State);
                return new(own.Type, first, initial.Count - first) { Store = own.Store };
            }

            var tensor = (TensorLocal)local;
            if (Sizes.InRegisters(tensor.Type))
            {
                initial.AddRange(owner.workspace.Load(tensor).Elements);
                return new(tensor.Type, first, tensor.Size);
            }

            Stored stored = inPlace && owner.MayTake(frame, value, tensor) ? (Stored)tensor : Place(frame, node.Results[result], tensor, inPlace);
            owner.workspace.Pin(stored.Buffer);
            if (!inPlace)
            {
                initial.Add(stored.Offset);
            }

            return new(tensor.Type, first, initial.Count - first) { Buffer = stored.Buffer, Fixed = inPlace ? stored.Offset : null };
        }

        private Stored Place(Frame frame, Value result, TensorLocal tensor, bool inPlace) => owner.workspace.Materialise(
            tensor,
            inPlace ? Target(frame, result) : owner.workspace.Rent(tensor.Type.DType, 2L * tensor.Size));

        private ImmutableArray<LoopValue> Memory(
            Carry carry, LoopBuffer buffer, TensorLocal result, ImmutableArray<LoopValue> values, List<Action> last)
        {
            LoopBuilder builder = owner.builder;
            LoopValue offset = carry.Fixed ?? values[carry.First];
            bool isThere = result is Stored stored && stored.IsAt(buffer, offset);
            if (carry.Fixed is not null)
            {
                if (!isThere)
                {
                    Stored copy = owner.workspace.Materialise(result);
                    owner.workspace.Hold(copy);
                    last.Add(() =>
                    {
                        Copying.Write(builder, copy, buffer, offset);
                        owner.workspace.Release(copy);
                    });
                }

                return [];
            }

            if (isThere)
            {
                return [offset];
            }

            LoopValue other = builder.Index(result.Size) - offset;
            Copying.Write(builder, result, buffer, other);
            return [other];
        }

        private ImmutableArray<LoopValue> Stack(StackLocal result, StackStore store, List<Action> last)
        {
            bool isThere = ReferenceEquals(result.Store.Written, store.Written) && (store.Table is not null || result.State[0].IsConstant);
            if (!isThere)
            {
                StackLocal copy = owner.CopyOf(result);
                last.Add(() => owner.CopyInto(copy, store));
            }

            return store.Table is null ? [result.State[1]] : result.State;
        }

        /// <summary>A value of the graph that is carried.</summary>
        /// <param name="Type">Its type.</param>
        /// <param name="First">The first of its numbers among those that are carried.</param>
        /// <param name="Numbers">How many: elements, or the offset of a tensor with two places, or what is known of a stack.</param>
        private sealed record Carry(ValueType Type, int First, int Numbers)
        {
            internal LoopBuffer? Buffer { get; init; }

            /// <summary>Where it lies if it has one place.</summary>
            internal LoopValue? Fixed { get; init; }

            internal StackStore? Store { get; init; }

            internal Local At(LoopBuilder builder, ReadOnlySpan<LoopValue> numbers) => this switch
            {
                { Store: { Table: null } store } => new StackLocal((StackType)Type, store, [builder.Index(0), numbers[0]]),
                { Store: { } store } => new StackLocal((StackType)Type, store, [.. numbers]),
                { Buffer: { } buffer } => new Stored((TensorType)Type, buffer, Fixed ?? numbers[0]),
                _ => new Registers((TensorType)Type, [.. numbers]),
            };
        }
    }

    /// <summary>Whether a node may go on in the memory of a value: it is the last to read it, and nobody else does.</summary>
    private bool MayTake(Frame frame, Value value, Local local) => frame.IsLastUse(value) && local switch
    {
        Stored stored => workspace.IsOwned(stored.Buffer),
        StackLocal stack => workspace.IsOwned(stack.Store.Written) && (stack.Store.Table is not null || stack.State[0].IsConstant),
        _ => false,
    };
}
