using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>A primitive that holds bodies. In forward mode one node carries primal and tangent together.</summary>
public abstract record BodyPrimitive : Primitive
{
    /// <inheritdoc/>
    public override bool BatchesStacks => true;

    /// <inheritdoc/>
    public sealed override Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        JvpWithPrimal(node, tangents, context).Tangents;

    /// <inheritdoc/>
    public abstract override Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context);

    /// <inheritdoc/>
    public abstract override Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context);

    /// <summary>Throws unless a body takes and gives these types.</summary>
    protected void CheckBody(string body, Graph graph, IEnumerable<ValueType> parameters, IEnumerable<ValueType>? results = null)
    {
        Check(body, "takes", "is given", graph.ParameterTypes, [.. parameters]);
        if (results is not null)
        {
            Check(body, "gives", "must give", graph.ResultTypes, [.. results]);
        }
    }

    /// <summary>Throws unless a count of operands is possible.</summary>
    protected void CheckCounts(bool valid)
    {
        if (!valid)
        {
            throw new TypeRuleException($"{Name}: the numbers of operands, parameters and results do not fit together.");
        }
    }

    private void Check(string body, string verb, string other, IReadOnlyList<ValueType> have, IReadOnlyList<ValueType> want)
    {
        if (!have.SequenceEqual(want))
        {
            throw new TypeRuleException(
                $"{Name}: the {body} {verb} ({string.Join(", ", have)}) but {other} ({string.Join(", ", want)}).");
        }
    }
}
