using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs one of several bodies: (k, x) → branch k of x; k is an i32[] or i64[], clamped to the branches that there are.</summary>
/// <param name="Branches">The bodies, at least one.</param>
public sealed partial record Switch(Bodies Branches) : BranchPrimitive
{
    /// <inheritdoc/>
    public override string Name => "switch";

    private protected override Bodies Alternatives => Branches;

    /// <summary>A choice among up to three random programs, also by an index outside.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        int count = source.Int(1, 3);
        var branches = new Bodies(Enumerable.Range(0, count).Select(_ => source.Body([type], [type])));
        return new(
            new Switch(branches),
            source.Integers(DType.I64, Shape.Scalar, -1, count),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    protected override void CheckChoice(ValueType choice)
    {
        if (choice is not TensorType { DType: DType.I32 or DType.I64, Rank: 0 })
        {
            throw new TypeRuleException($"{Name}: the index is i32[] or i64[], not {choice}.");
        }
    }

    /// <inheritdoc/>
    protected override int Chosen(NDArray choice) => (int)Math.Clamp(choice.At(0).AsLong, 0, Branches.Count - 1);

    /// <inheritdoc/>
    protected override Primitive With(Bodies bodies) => new Switch(bodies);
}
