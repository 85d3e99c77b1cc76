using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A primitive that reads or writes one entry of a stack; operand 0 is the stack and operand 1 the index, i64[].</summary>
/// <remarks>Lanes of a batch have stacks of their own, so such a node runs lane by lane.</remarks>
public abstract record StackIndexed : Primitive
{
    /// <summary>Whether operand 2 is a value of an entry's type.</summary>
    protected abstract bool TakesEntry { get; }

    /// <inheritdoc/>
    public sealed override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        int count = TakesEntry ? 3 : 2;
        if (operands.Length != count)
        {
            throw new TypeRuleException($"{Name}: takes {count} operands, not {operands.Length}.");
        }

        StackType stack = operands[0] as StackType ?? throw new TypeRuleException($"{Name}: takes a stack, not {operands[0]}.");
        if (!operands[1].Equals(TensorType.Of(DType.I64)))
        {
            throw new TypeRuleException($"{Name}: the index is i64[], not {operands[1]}.");
        }

        return !TakesEntry || operands[2].Equals(stack.Element)
            ? [ResultOf(stack)]
            : throw new TypeRuleException($"{Name}: an entry of {stack} is wanted, not {operands[2]}.");
    }

    /// <inheritdoc/>
    public sealed override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        Lanes.Batch(node, operands, size);

    /// <summary>The result's type: the stack's, or its entries'.</summary>
    protected virtual ValueType ResultOf(StackType stack) => stack;

    /// <summary>The index, checked.</summary>
    /// <exception cref="DomainException">The index is negative or too large for a stack.</exception>
    protected int IndexOf(Held index)
    {
        long k = index.Array.Item<long>();
        return k is >= 0 and < int.MaxValue ? (int)k : throw new DomainException($"{Name}: index {k} is outside 0 to {int.MaxValue - 1}.");
    }

    /// <summary>The stack itself if it may be overwritten, otherwise a copy.</summary>
    protected static HostStack Writable(Held stack) => stack.Owned ? stack.Stack : stack.Stack.Copy();

    /// <summary>A stack of up to three entries, and a place in or behind it.</summary>
    protected static (HostStack Stack, NDArray Index, NDArray Entry) DrawStack(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        DType type = source.Floating();
        var stack = new HostStack(type, shape);
        int count = source.Int(1, 3);
        for (int i = 0; i < count; i++)
        {
            stack.Put(i, source.Real(type, shape, Domain.All));
        }

        return (stack, source.Integers(DType.I64, Shape.Scalar, 0, 4), source.Real(type, shape, Domain.All));
    }
}
