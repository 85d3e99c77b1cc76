using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>An entry of a stack: (S, k) → S[k], zero where nothing was put.</summary>
/// <remarks>Derivative: linear in S; the transpose adds the cotangent to entry k.</remarks>
public sealed partial record StackGet : StackIndexed
{
    /// <inheritdoc/>
    public override string Name => "stack_get";

    /// <inheritdoc/>
    protected override bool TakesEntry => false;

    /// <summary>A stack and a place in it or behind it.</summary>
    public static Sample Draw(SampleSource source)
    {
        (HostStack stack, NDArray index, _) = DrawStack(source);
        return new(new StackGet(), [stack, index]);
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        HostStack stack = operands[0].Stack;
        return [stack[IndexOf(operands[1])] is { } entry ? new(entry, false) : Held.New(stack.ZeroEntry())];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        [tangents[0] is { } stack ? Ops.StackGet(stack, node.Operands[1]) : null];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context) =>
        accumulators[0]!.Update(current => Ops.StackAddAt(current, node.Operands[1], cotangents[0]!));

    /// <inheritdoc/>
    protected override ValueType ResultOf(StackType stack) => stack.Element;
}

/// <content>Reads of stacks.</content>
public static partial class Ops
{
    /// <summary>Entry k of a stack.</summary>
    public static Value StackGet(Value stack, Value k) => Node.Make(new StackGet(), [stack, k]).Result;
}
