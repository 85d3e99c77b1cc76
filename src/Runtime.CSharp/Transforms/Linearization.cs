using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Transforms;

/// <summary>Splits a function at a point: a primal part that keeps residuals, and a part that is linear in the tangents.</summary>
/// <remarks>
/// The rules give tangents as nodes over primal values and tangents. The nodes that depend on a tangent are the linear part;
/// the primal values they read are the residuals (Radul et al., "You Only Linearize Once", 2023).
/// </remarks>
public static class Linearization
{
    /// <summary>The two parts; see <see cref="RuleContext.Linearize"/>.</summary>
    /// <exception cref="Core.DerivativeException">An active parameter has no tangent.</exception>
    public static LinearizedBody Apply(Graph f, ParameterMask active, ParameterMask? required = null) =>
        Apply(f, active, required, new Rules());

    internal static LinearizedBody Apply(Graph f, ParameterMask active, ParameterMask? required, RuleContext context)
    {
        Split split = At(f, active, required, context);
        return Close(f, split);
    }

    /// <summary>The primal results and the tangents, in one web of nodes over f's parameters and new tangent parameters.</summary>
    internal static Split At(Graph f, ParameterMask active, ParameterMask? required, RuleContext context)
    {
        var table = new TangentTable(f, active);
        Substitution primals = table.Walk(f, (node, tangents) => node.Primitive.Linearize(node, tangents, context));
        return new(primals.Of(f.Results), table.Parameters, table.OfResults(f, required));
    }

    private static LinearizedBody Close(Graph f, Split split)
    {
        ImmutableArray<Value> tangents = [.. split.Tangents.OfType<Value>()];
        var parameters = new HashSet<Value>(f.Parameters, ReferenceEqualityComparer.Instance);
        var dependence = new Dependence(tangents, split.Parameters);
        var primal = new Dependence(tangents, f.Parameters);
        var read = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var residuals = new List<Value>();
        var inside = new Substitution();

        void Read(Value value)
        {
            if (!dependence.Reaches(value) && primal.Reaches(value) && read.Add(value) && !parameters.Contains(value))
            {
                residuals.Add(value);
                inside[value] = Value.Parameter(value.Type);
            }
        }

        foreach (Node node in dependence.Nodes)
        {
            foreach (Value operand in node.Operands)
            {
                Read(operand);
            }
        }

        foreach (Value tangent in tangents)
        {
            Read(tangent);
        }

        ImmutableArray<Value> inner = inside.Of([.. residuals]);
        foreach (Node node in dependence.Nodes)
        {
            inside.Apply(node);
        }

        var forwarded = new ParameterMask(f.Parameters.Select(read.Contains));
        return new(
            new(f.Parameters, [.. split.Primals, .. residuals]),
            new([.. forwarded.Choose(f.Parameters), .. inner, .. split.Parameters], inside.Of(tangents)),
            forwarded,
            ValueTypes.Of(residuals),
            ParameterMask.Present(split.Tangents));
    }

    /// <summary>A function at a point, before its two parts are taken apart.</summary>
    internal sealed record Split(ImmutableArray<Value> Primals, ImmutableArray<Value> Parameters, Value?[] Tangents);
}
