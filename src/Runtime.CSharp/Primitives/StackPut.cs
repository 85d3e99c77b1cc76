using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A stack with another entry: (S, k, v) → S with S[k] = v.</summary>
/// <remarks>
/// Derivative: linear in S and v together; the transpose gives v the entry k of the cotangent, and S the cotangent with entry k cleared.
/// In place when nobody else holds S.
/// </remarks>
public sealed partial record StackPut : StackIndexed
{
    /// <inheritdoc/>
    public override string Name => "stack_put";

    /// <inheritdoc/>
    public override bool MayUpdate(int operand) => operand == 0;

    /// <inheritdoc/>
    protected override bool TakesEntry => true;

    /// <summary>A stack, a place in it or behind it, and an entry.</summary>
    public static Sample Draw(SampleSource source)
    {
        (HostStack stack, NDArray index, NDArray entry) = DrawStack(source);
        return new(new StackPut(), [stack, index, entry]);
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context)
    {
        HostStack stack = Writable(operands[0]);
        stack.Put(IndexOf(operands[1]), context.Keep(operands[2]));
        return [Held.New(stack)];
    }

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
    [
        Ops.StackPut(
            tangents[0] ?? Ops.ZerosLike(node.Operands[0]),
            node.Operands[1],
            tangents[2] ?? Ops.ZerosLike(node.Operands[2])),
    ];

    /// <inheritdoc/>
    public override void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context)
    {
        Value k = node.Operands[1];
        accumulators[2]?.Add(Ops.StackGet(cotangents[0]!, k));
        accumulators[0]?.Add(Ops.StackClear(cotangents[0]!, k));
    }
}

/// <content>Writes of stacks.</content>
public static partial class Ops
{
    /// <summary>A stack with entry k set.</summary>
    public static Value StackPut(Value stack, Value k, Value entry) => Node.Make(new StackPut(), [stack, k, entry]).Result;
}
