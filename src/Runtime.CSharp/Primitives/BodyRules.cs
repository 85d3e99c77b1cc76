using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;

namespace Adjoint.Primitives;

/// <summary>What the rules of primitives with bodies have in common.</summary>
internal static class BodyRules
{
    /// <summary>The least mask of carries that holds the start and is kept by a body: carries reach each other over iterations.</summary>
    internal static ParameterMask FixedPoint(ParameterMask start, Func<ParameterMask, ParameterMask> step)
    {
        while (true)
        {
            ParameterMask next = start.Or(step(start));
            if (next.Equals(start))
            {
                return start;
            }

            start = next;
        }
    }

    /// <summary>The tangents that a mask asks for, with zeros where there is none.</summary>
    internal static IEnumerable<Value> Instantiate(ParameterMask mask, IReadOnlyList<Value?> tangents, IReadOnlyList<Value> primals) =>
        mask.Indices.Select(i => tangents[i] ?? Ops.ZerosLike(primals[i]));

    /// <summary>Operands with the batch in front where a mask asks for it.</summary>
    internal static ImmutableArray<Value> Front(IReadOnlyList<Batched> operands, ParameterMask mask, Extent size) =>
        [.. operands.Select((operand, i) => Lanes.Front(operand, size, mask[i]))];

    /// <summary>The results of a node over bodies whose batch is in front.</summary>
    internal static Batched[] Batched(ImmutableArray<Value> results, ParameterMask mask) =>
        [.. results.Select((y, i) => new Batched(y, mask[i] ? 0 : -1))];

    /// <summary>The batched operands.</summary>
    internal static ParameterMask BatchMask(IEnumerable<Batched> operands) => new(operands.Select(operand => operand.IsBatched));

    /// <summary>Several lists, one after the other, cut by lengths.</summary>
    internal static ImmutableArray<Value> Cut(this IReadOnlyList<Value> values, ref int position, int count)
    {
        ImmutableArray<Value> part = [.. values.Skip(position).Take(count)];
        position += count;
        return part;
    }

    /// <summary>Arguments in the order of a linear body: forwarded parameters, residuals, tangents.</summary>
    internal static ImmutableArray<Value> LinearArguments(
        LinearizedBody body, IEnumerable<Value> parameters, IEnumerable<Value> residuals, IEnumerable<Value> tangents) =>
        [.. body.Forwarded.Choose(parameters), .. residuals, .. tangents];

    /// <summary>The accumulators that a transposed body goes on with: those with a value; of one that stands for two operands, the first.</summary>
    internal static ParameterMask Accumulated(Accumulator[] into) =>
        new(into.Select((accumulator, i) => accumulator.HasValue && Array.IndexOf(into, accumulator) == i));

    /// <summary>Adds what a transposed body gives to the accumulators of the linear operands, in order.</summary>
    internal static void Deliver(
        IEnumerable<Accumulator> linear, IEnumerable<Value> cotangents, ParameterMask nonZero, ParameterMask accumulated)
    {
        int i = 0;
        foreach ((Accumulator into, Value cotangent) in linear.Zip(cotangents))
        {
            if (accumulated[i] || nonZero[i])
            {
                into.Add(cotangent);
            }

            i++;
        }
    }

    /// <summary>The error of transposing a loop whose state is not linear.</summary>
    internal static DerivativeException NotLinear(string name) =>
        new($"{name}: a carry does not depend linearly on the linear operands, so the loop has no transpose.");
}
