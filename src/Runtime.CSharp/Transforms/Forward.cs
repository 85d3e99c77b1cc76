using Adjoint.Ir;

namespace Adjoint.Transforms;

/// <summary>Forward mode: x → y becomes (x, dx) → (y, dy) with dy = J(x) dx, in the active parameters alone.</summary>
public static class Forward
{
    /// <summary>The graph that carries tangents along; see <see cref="RuleContext.Jvp"/>.</summary>
    /// <exception cref="Core.DerivativeException">An active parameter has no tangent.</exception>
    public static JvpBody Apply(Graph f, ParameterMask active, ParameterMask? required = null) =>
        Apply(f, active, required, new Rules());

    internal static JvpBody Apply(Graph f, ParameterMask active, ParameterMask? required, RuleContext context)
    {
        var table = new TangentTable(f, active);
        Substitution primals = table.Walk(f, (node, tangents) => node.Primitive.JvpWithPrimal(node, tangents, context));
        Value?[] results = table.OfResults(f, required);
        return new(
            new([.. f.Parameters, .. table.Parameters], [.. primals.Of(f.Results), .. results.OfType<Value>()]),
            ParameterMask.Present(results));
    }
}
