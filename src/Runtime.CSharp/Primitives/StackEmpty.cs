using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A stack without entries; it is also the zero of its type.</summary>
/// <param name="Type">The dtype of the innermost entries.</param>
/// <param name="Shape">The shape of the innermost entries.</param>
/// <param name="Depth">How many stacks are nested, from 1 to <see cref="StackType.MaxDepth"/>.</param>
public sealed partial record StackEmpty(DType Type, Shape Shape, int Depth) : Primitive
{
    /// <inheritdoc/>
    public override string Name => "stack_empty";

    /// <summary>An empty stack of these entries.</summary>
    public static Sample Draw(SampleSource source) => new(new StackEmpty(source.Floating(), source.Shape(), source.Int(1, 3)));

    /// <inheritdoc/>
    public override ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands)
    {
        if (Depth is < 1 or > StackType.MaxDepth || operands.Length != 0)
        {
            throw new TypeRuleException($"{Name}: takes no operands and a depth from 1 to {StackType.MaxDepth}, not {operands.Length} and {Depth}.");
        }

        ValueType type = new TensorType(Type, Shape);
        for (int i = 0; i < Depth; i++)
        {
            type = new StackType(type);
        }

        return [type];
    }

    /// <inheritdoc/>
    public override Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context) =>
        [Held.New(new HostStack(Type, Shape, Depth))];

    /// <inheritdoc/>
    public override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) => [null];

    /// <inheritdoc/>
    public override Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context) =>
        [Batched.Same(node.Result)];
}

/// <content>Empty stacks.</content>
public static partial class Ops
{
    /// <summary>An empty stack.</summary>
    public static Value StackEmpty(StackType type)
    {
        int depth = 0;
        ValueType inner = type;
        while (inner is StackType stack)
        {
            depth++;
            inner = stack.Element;
        }

        var tensor = (TensorType)inner;
        return Node.Make(new StackEmpty(tensor.DType, tensor.Shape, depth), []).Result;
    }
}
