using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs one of two bodies: (predicate bool[], x) → then(x) if the predicate holds, otherwise else(x).</summary>
/// <param name="Then">Runs when the predicate holds.</param>
/// <param name="Else">Runs when it does not.</param>
public sealed partial record Cond(Body Then, Body Else) : BranchPrimitive
{
    /// <inheritdoc/>
    public override string Name => "cond";

    private protected override Bodies Alternatives => new(Else, Then);

    /// <summary>A choice between two random programs.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        Body Branch() => source.Body([type, type], [type]);
        return new(
            new Cond(Branch(), Branch()),
            source.Bools(Shape.Scalar),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    protected override void CheckChoice(ValueType choice)
    {
        if (!choice.Equals(TensorType.Of(DType.Bool)))
        {
            throw new TypeRuleException($"{Name}: the predicate is bool[], not {choice}. Use where for a choice by element.");
        }
    }

    /// <inheritdoc/>
    protected override int Chosen(NDArray choice) => choice.Item<bool>() ? 1 : 0;

    /// <inheritdoc/>
    protected override Primitive With(Bodies bodies) => new Cond(bodies[1], bodies[0]);
}
