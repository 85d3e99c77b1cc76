using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A stack with something added to one entry: (S, k, v) → S with S[k] + v at k. The transpose of <see cref="StackGet"/>.</summary>
/// <remarks>Derivative: linear in S and v together. In place when nobody else holds S; the entry itself is made anew.</remarks>
public sealed partial record StackAddAt : StackIndexed
{
    /// <inheritdoc/>
    public override string Name => "stack_add_at";

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand == 0;

    /// <inheritdoc/>
    protected override bool TakesEntry => true;

    /// <inheritdoc/>
    protected override ValueType ResultOf(StackType stack) => HostSums.Summable(Name, stack);

    /// <summary>A stack, a place in it or behind it, and an entry.</summary>
    public static Sample Draw(SampleSource source)
    {
        (HostStack stack, NDArray index, NDArray entry) = DrawStack(source);
        return new(new StackAddAt(), [stack, index, entry]);
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        HostStack stack = Writable(operands[0]);
        int k = IndexOf(operands[1]);
        stack.Put(k, HostSums.Add(stack[k], context.Keep(operands[2]), context));
        return [Held.New(stack)];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
    [
        tangents[2] is { } entry
            ? Ops.StackAddAt(tangents[0] ?? Ops.ZerosLike(node.Operands[0]), node.Operands[1], entry)
            : tangents[0],
    ];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        accumulators[0]?.Add(cotangents[0]);
        accumulators[2]?.Add(Ops.StackGet(cotangents[0]!, node.Operands[1]));
    }
}

/// <content>Updates of stacks.</content>
public static partial class Ops
{
    /// <summary>A stack with something added to entry k.</summary>
    public static Value StackAddAt(Value stack, Value k, Value entry) => Node.Make(new StackAddAt(), [stack, k, entry]).Result;
}
