using System.Collections.Immutable;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>The derivatives of one step of a loop: a body of (constants, carry, more) → (carry, more).</summary>
/// <remarks>Which carries are active is a least fixed point: a carry that is constant at first may meet an active one later.</remarks>
internal static class LoopStep
{
    /// <summary>The activity of a step's parameters once that of its carries is stable.</summary>
    internal static ParameterMask Stable(ParameterMask active, int firstCarry, int carries, Func<ParameterMask, ParameterMask> results) =>
        BodyRules.FixedPoint(
            active,
            mask => ParameterMask.None(firstCarry)
                .Concat(results(mask).Slice(0, carries))
                .Concat(ParameterMask.None(active.Count - firstCarry - carries)));

    /// <summary>The operands that a loop is linear in: those with accumulators, and carries that start from zero, as gathered cotangents do.</summary>
    internal static ParameterMask LinearAtStart(Node node, IReadOnlyList<Accumulator?> accumulators, int firstCarry, int carries) =>
        new(accumulators.Select((into, i) =>
            into is not null || (i >= firstCarry && i < firstCarry + carries && IsZero(node.Operands[i]))));

    /// <summary>The results whose tangents must be there: the active carries; the others are free.</summary>
    internal static ParameterMask Required(ParameterMask active, int firstCarry, int carries, int results) =>
        active.Slice(firstCarry, carries).Concat(ParameterMask.None(results - carries));

    /// <summary>The step with tangents for the stable activity.</summary>
    internal static (JvpBody Body, ParameterMask Active) Jvp(
        Graph step, ParameterMask active, int firstCarry, int carries, RuleContext context)
    {
        int results = step.Results.Length;
        ParameterMask stable = Stable(
            active, firstCarry, carries, mask => context.Jvp(step, mask, ParameterMask.None(results)).Tangents);
        return (context.Jvp(step, stable, Required(stable, firstCarry, carries, results)), stable);
    }

    /// <summary>The two parts of the step for the stable activity.</summary>
    internal static (LinearizedBody Body, ParameterMask Active) Linearize(
        Graph step, ParameterMask active, int firstCarry, int carries, RuleContext context)
    {
        int results = step.Results.Length;
        ParameterMask stable = Stable(
            active, firstCarry, carries, mask => context.Linearize(step, mask, ParameterMask.None(results)).Tangents);
        return (context.Linearize(step, stable, Required(stable, firstCarry, carries, results)), stable);
    }

    /// <summary>The step for a whole batch, with the stable mask of batched parameters.</summary>
    internal static (BatchedBody Body, ParameterMask Mask) Batch(
        Graph step, ParameterMask batched, int firstCarry, int carries, Core.Extent size, RuleContext context)
    {
        int results = step.Results.Length;
        ParameterMask stable = Stable(
            batched, firstCarry, carries, mask => context.Batch(step, mask, ParameterMask.None(results), size).Batched);
        return (context.Batch(step, stable, Required(stable, firstCarry, carries, results), size), stable);
    }

    private static bool IsZero(Value value) => value.Type.HasTangent && value.Producer switch
    {
        { Primitive: StackEmpty } => true,
        { Primitive: Constant constant } => constant.Value.AsComplex == 0,
        { Primitive: Broadcast } node => IsZero(node.Operands[0]),
        _ => false,
    };

    /// <summary>A graph with its parameters in another order.</summary>
    internal static Graph Reordered(Graph graph, params ReadOnlySpan<IEnumerable<Value>> parameters)
    {
        var order = ImmutableArray.CreateBuilder<Value>();
        foreach (IEnumerable<Value> part in parameters)
        {
            order.AddRange(part);
        }

        return new(order.ToImmutable(), graph.Results);
    }
}
