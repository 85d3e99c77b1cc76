using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The sum of two stacks, entry by entry.</summary>
/// <remarks>Derivative: linear in both together; the transpose gives both the cotangent.</remarks>
public sealed partial record StackAdd : Primitive
{
    /// <inheritdoc/>
    public override string Name => "stack_add";

    /// <summary>Two stacks of one type.</summary>
    public static Sample Draw(SampleSource source)
    {
        Shape shape = source.Shape(maxRank: 2);
        DType type = source.Floating();
        HostStack Stack()
        {
            var stack = new HostStack(type, shape);
            int count = source.Int(1, 3);
            for (int i = 0; i < count; i++)
            {
                stack.Put(i, source.Real(type, shape, Domain.All));
            }

            return stack;
        }

        return new(new StackAdd(), [Stack(), Stack()]);
    }

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands) =>
        operands is [StackType left, StackType right] && left.Equals(right)
            ? [HostSums.Summable(Name, left)]
            : throw new TypeRuleException($"{Name}: takes two stacks of one type.");

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) =>
        [Held.New(HostSums.Add(operands[0].Value, operands[1].Value, context))];

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        [tangents[0] is { } left && tangents[1] is { } right ? Ops.StackAdd(left, right) : tangents[0] ?? tangents[1]];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        accumulators[0]?.Add(cotangents[0]);
        accumulators[1]?.Add(cotangents[0]);
    }

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        Lanes.Batch(node, operands, size);
}

/// <content>Sums of stacks.</content>
public static partial class Ops
{
    /// <summary>The sum of two stacks, entry by entry.</summary>
    public static Value StackAdd(Value left, Value right) => Node.Make(new StackAdd(), [left, right]).Result;
}
