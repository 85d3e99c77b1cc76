using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>Runs a body: x → f(x).</summary>
/// <remarks>Derivative: the body's.</remarks>
/// <param name="Body">f.</param>
public sealed partial record Call(Body Body) : CallPrimitive
{
    /// <inheritdoc/>
    public override string Name => "call";

    private protected override Body Inner => Body;

    /// <summary>A call of a random program.</summary>
    public static Sample Draw(SampleSource source)
    {
        TensorType type = new(source.Floating(), source.Shape(maxRank: 2));
        return new(
            new Call(source.Body([type, type], [type, type])),
            source.Real(type.DType, type.Shape, Domain.All),
            source.Real(type.DType, type.Shape, Domain.All));
    }

    /// <inheritdoc/>
    protected override Primitive With(Graph body) => new Call(body);
}

/// <content>Calls.</content>
public static partial class Ops
{
    /// <summary>The results of a body on these arguments.</summary>
    public static ImmutableArray<Value> Call(Graph body, params IEnumerable<Value> arguments) =>
        Node.Make(new Call(body), [.. arguments]).Results;
}
