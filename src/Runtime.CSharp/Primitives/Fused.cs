using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a body as one piece of code: x → f(x). The compiler makes it of operations that are better done together.</summary>
/// <remarks>Derivative: the body's.</remarks>
/// <param name="Body">f.</param>
public sealed partial record Fused(Body Body) : CallPrimitive
{
    /// <inheritdoc/>
    public override string Name => "fused";

    private protected override Body Inner => Body;

    /// <summary>A random program in one piece.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        return new(
            new Fused(source.Body([type, type], [type, type])),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    protected override Primitive With(Graph body) => new Fused(body);
}
