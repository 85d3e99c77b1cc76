using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A stack with one entry zero: (S, k) → S with S[k] = 0. The entry's memory is let go.</summary>
/// <remarks>Derivative: linear in S, and its own transpose. In place when nobody else holds S.</remarks>
public sealed partial record StackClear : StackIndexed
{
    /// <inheritdoc/>
    public override string Name => "stack_clear";

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand == 0;

    /// <inheritdoc/>
    protected override bool TakesEntry => false;

    /// <summary>A stack and a place in it or behind it.</summary>
    public static Sample Draw(SampleSource source)
    {
        (HostStack stack, NDArray index, _) = DrawStack(source);
        return new(new StackClear(), [stack, index]);
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        HostStack stack = Writable(operands[0]);
        stack.Put(IndexOf(operands[1]), null);
        return [Held.New(stack)];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        [tangents[0] is { } stack ? Ops.StackClear(stack, node.Operands[1]) : null];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context) =>
        accumulators[0]!.Add(Ops.StackClear(cotangents[0]!, node.Operands[1]));
}

/// <content>Clearing of stacks.</content>
public static partial class Ops
{
    /// <summary>A stack with entry k zero.</summary>
    public static Value StackClear(Value stack, Value k) => Node.Make(new StackClear(), [stack, k]).Result;
}
