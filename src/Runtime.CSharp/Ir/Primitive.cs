using System.Collections.Immutable;
using System.Diagnostics;
using Adjoint.Core;
using Adjoint.Loops;

namespace Adjoint.Ir;

/// <summary>An operation of the IR: a sealed record of attributes and everything that is known about it.</summary>
/// <remarks>
/// Declared <c>sealed partial</c>, with a literal <see cref="Name"/> and a static <c>Draw</c>: a generator writes
/// <see cref="Attributes"/>, <see cref="MapBodies"/> and the catalogue from that.
/// </remarks>
[DebuggerDisplay("{Name,nq}")]
public abstract record Primitive
{
    /// <summary>The name in printed graphs, snake_case and stable.</summary>
    public abstract string Name { get; }

    /// <summary>The attributes by name, for printing, saving and merging.</summary>
    public abstract ImmutableArray<NamedAttribute> Attributes { get; }

    /// <summary>The same primitive with each body that it holds replaced; itself where nothing changes.</summary>
    public virtual Primitive MapBodies(Func<Body, Body> map) => this;

    /// <summary>Checks the operands' types and gives the results'.</summary>
    /// <exception cref="TypeRuleException">The operands break the rule.</exception>
    public abstract ImmutableArray<ValueType> Infer(ImmutableArray<ValueType> operands);

    /// <summary>The meaning, plain and slow on purpose. An owned operand may be overwritten and given back.</summary>
    public abstract Held[] Evaluate(ReadOnlySpan<Held> operands, EvaluationContext context);

    /// <summary>The results' tangents from the operands'; null means identically zero, and not all operands' tangents are null.</summary>
    public abstract Value?[] Jvp(Node node, IReadOnlyList<Value?> tangents, RuleContext context);

    /// <summary>The results together with their tangents: what forward mode asks for.</summary>
    /// <remarks>From <see cref="Jvp"/>, unless one loop carries both.</remarks>
    public virtual Dual JvpWithPrimal(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        new(node.Results, Jvp(node, tangents, context));

    /// <summary>Results, and tangents made by nodes that are linear in the operands' tangents: what reverse mode asks for.</summary>
    /// <remarks>From <see cref="Jvp"/>, unless the primitive holds bodies, whose primal and linear parts are two nodes.</remarks>
    public virtual Dual Linearize(Node node, IReadOnlyList<Value?> tangents, RuleContext context) =>
        new(node.Results, Jvp(node, tangents, context));

    /// <summary>Adds to the accumulators of the linear operands (the others are null) what the results' cotangents say.</summary>
    /// <remarks>A null cotangent is identically zero; not all are null.</remarks>
    /// <exception cref="DerivativeException">The primitive is not linear in these operands.</exception>
    public virtual void Transpose(
        Node node, IReadOnlyList<Value?> cotangents, IReadOnlyList<Accumulator?> accumulators, RuleContext context) =>
        throw new DerivativeException($"{Name}: not linear in its operands, so it has no transpose.");

    /// <summary>Whether <see cref="Evaluate"/> writes into this operand where it is owned, so that other readers had better come before.</summary>
    public virtual bool MayUpdate(int operand) => false;

    /// <summary>Whether <see cref="Batch"/> takes batched stacks; otherwise a node that meets one runs lane by lane.</summary>
    public virtual bool BatchesStacks => false;

    /// <summary>The results for all lanes; at least one operand is batched.</summary>
    public abstract Batched[] Batch(Node node, IReadOnlyList<Batched> operands, Extent size, RuleContext context);

    /// <summary>A managed kernel with the same meaning for operands of these types, or null.</summary>
    public virtual Kernel? Lower(ImmutableArray<ValueType> operands) => null;

    /// <summary>The rule that gives an element of the only result from elements of the operands, for operands of these types; or null.</summary>
    public virtual ElementRule? LowerElement(ImmutableArray<ValueType> operands) => null;

    /// <summary>Work and traffic for operands of these types; one operation an element of the results unless said otherwise.</summary>
    public virtual Cost Cost(ImmutableArray<ValueType> operands)
    {
        ImmutableArray<ValueType> results = Infer(operands);
        return new(
            results.OfType<TensorType>().Sum(type => (double)type.Shape.Size),
            operands.Concat(results).OfType<TensorType>().Sum(type => (double)type.Shape.Size * type.DType.Size()));
    }

    /// <summary>The name and the attributes, as in printed graphs.</summary>
    public sealed override string ToString() => GraphText.Write(this);
}
