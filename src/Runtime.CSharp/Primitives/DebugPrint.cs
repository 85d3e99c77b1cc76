using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Loops;

namespace Adjoint.Primitives;

/// <summary>The operand itself; when it is computed, its elements go to the handler of diagnostics.</summary>
/// <remarks>Under vmap all lanes are reported together. Derivative: dy = dx, which is not reported.</remarks>
/// <param name="Label">What stands before the elements.</param>
public sealed partial record DebugPrint(string Label) : ElementwisePrimitive
{
    /// <inheritdoc/>
    public override string Name => "debug_print";

    private protected override int Arity => 1;

    private protected override DTypeKinds Takes => DTypeKinds.All;

    private protected override double Work => 0;

    /// <summary>Draws a tensor.</summary>
    public static Sample Draw(SampleSource source) =>
        new(new DebugPrint("sample"), source.Numbers(source.Numeric(), source.Shape()));

    /// <summary>None: a report is of all elements at once.</summary>
    public override ElementRule? LowerElement(ImmutableArray<ValueType> operands) => null;

    /// <inheritdoc/>
    protected override NDArray EvaluateTensor(NDArray[] operands, EvaluationContext context)
    {
        context.Report($"{Label}: {operands[0]}");
        return operands[0];
    }

    /// <inheritdoc/>
    protected override Value? JvpTensor(Node node, IReadOnlyList<Value?> tangents) => tangents[0];

    /// <inheritdoc/>
    protected override void TransposeTensor(Node node, Value cotangent, IReadOnlyList<Accumulator?> accumulators) =>
        accumulators[0]!.Add(cotangent);
}

public static partial class Ops
{
    /// <summary>x, whose elements are reported when it is computed.</summary>
    public static Value DebugPrint(string label, Value x) => Apply(new DebugPrint(label), x);
}
