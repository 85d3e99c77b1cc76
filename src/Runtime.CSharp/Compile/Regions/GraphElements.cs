using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Adjoint.Compile.Methods;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Compile.Regions;

/// <summary>The values of a graph as functions of an index, inside one program of the loop language.</summary>
/// <remarks>
/// A value is what it was defined as, or what the element rule of its node says. An element that is asked for twice is computed once, where the
/// first of both is seen; one that is joined from others, outside of all loops that its index does not depend on. Sources ask each other, so
/// nodes in a long row had better be asked in order: a row that is too long for the stack is given up.
/// </remarks>
/// <param name="builder">Where instructions go.</param>
internal sealed class GraphElements(LoopBuilder builder)
{
    private readonly Dictionary<Value, ElementSource> sources = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Asked, LoopValue> known = [];

    /// <summary>Says what a value's elements are: loads of a buffer, numbers already computed.</summary>
    internal void Define(Value value, ElementSource source) => sources[value] = source;

    /// <summary>A value's elements.</summary>
    /// <exception cref="InvalidOperationException">It is not defined, and its node has no rule.</exception>
    internal ElementSource Of(Value value)
    {
        if (!sources.TryGetValue(value, out ElementSource? source))
        {
            source = FromRule(value);
            sources.Add(value, source);
        }

        return source;
    }

    /// <summary>One element of a value.</summary>
    internal LoopValue At(Value value, ImmutableArray<LoopValue> index) => Of(value)(index);

    private ElementSource FromRule(Value value)
    {
        Node node = value.Producer ?? throw new InvalidOperationException("A parameter has no elements until they are defined.");
        ElementRule rule = node.Primitive.LowerElement([.. node.Operands.Select(operand => operand.Type)])
            ?? throw new InvalidOperationException($"{node.Primitive.Name} has no rule for elements.");
        bool joins = ElementWork.IsJoining(node.Primitive);
        ImmutableArray<ElementSource> operands =
            [.. node.Operands.Select(operand => (ElementSource)(index => Of(operand)(index)))];
        return index =>
        {
            if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                throw new TooLongException();
            }

            var asked = new Asked(value, index);
            if (!known.TryGetValue(asked, out LoopValue? element) || !builder.Sees(element))
            {
                element = joins ? builder.Outside(index, () => rule(builder, operands, index)) : rule(builder, operands, index);
                known[asked] = element;
            }

            return element;
        };
    }

    /// <summary>Which element of which value.</summary>
    private readonly record struct Asked(Value Value, ImmutableArray<LoopValue> Index)
    {
        public bool Equals(Asked other) => ReferenceEquals(Value, other.Value) && Index.AsSpan().SequenceEqual(other.Index.AsSpan());

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.Add(RuntimeHelpers.GetHashCode(Value));
            foreach (LoopValue place in Index)
            {
                hash.Add(place.Id);
            }

            return hash.ToHashCode();
        }
    }
}
