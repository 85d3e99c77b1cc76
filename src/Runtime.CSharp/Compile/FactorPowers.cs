using System.Collections.Immutable;
using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Compile;

/// <summary>Sums of coefficients times powers of one value by Horner's rule: a + xb + x²c is a + x(b + xc), so that no power is computed.</summary>
/// <remarks>
/// The gradient of a polynomial by Horner's rule is such a sum: the cotangents on the way back are 1, x, x² and so on. In f32 and f64, where the
/// highest power is read by the sum alone. Errors are of the same order (Higham 2002, sec. 5.1), and nothing overflows on the way that did not before:
/// for |x| ≥ 1 what is in brackets is no larger than it times the power, for |x| ≤ 1 no larger than its coefficients together. That would not hold for a
/// factor other than a power of x, which may be small, or 0 where a mask has left an element out.
/// </remarks>
internal static class FactorPowers
{
    /// <summary>The graph, in bodies too, with such sums.</summary>
    internal static Graph Apply(Graph graph) => new Rewriter(Rule).Apply(graph);

    private static Func<Node, Node, ImmutableArray<Value>> Rule(Graph graph)
    {
        Dictionary<Node, ImmutableArray<Term>> sums = Sums(graph);
        var now = new Substitution();
        return (node, original) =>
        {
            ImmutableArray<Value> results = sums.TryGetValue(original, out ImmutableArray<Term> terms) ? [Sum(terms, now)] : node.Results;
            for (int i = 0; sums.Count > 0 && i < results.Length; i++)
            {
                now[original.Results[i]] = results[i];
            }

            return results;
        };
    }

    /// <summary>The sums that change, each with its terms.</summary>
    private static Dictionary<Node, ImmutableArray<Term>> Sums(Graph graph)
    {
        var sums = new Dictionary<Node, ImmutableArray<Term>>(ReferenceEqualityComparer.Instance);
        Dictionary<Value, Power> powers = Powers(graph);
        if (powers.Count == 0)
        {
            return sums;
        }

        Dictionary<Value, int> reads = Reads(graph);
        HashSet<Node> inner = new(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes.Reverse().Where(node => node.Primitive is Add))
        {
            if (!inner.Contains(node) && Terms(node, powers, reads, inner) is { } terms)
            {
                sums.Add(node, terms);
            }
        }

        return sums;
    }

    /// <summary>The powers from the second on, of real values.</summary>
    private static Dictionary<Value, Power> Powers(Graph graph)
    {
        Dictionary<Value, Power> powers = new(ReferenceEqualityComparer.Instance);
        foreach (Node node in graph.Nodes.Where(node => node.Primitive is Mul && node.Result.Tensor.DType is DType.F32 or DType.F64))
        {
            (Value left, Value right) = (node.Operands[0], node.Operands[1]);
            if (left == right)
            {
                powers.Add(node.Result, new(left, 2));
            }
            else if (powers.TryGetValue(left, out Power power) && power.Base == right)
            {
                powers.Add(node.Result, new(right, power.Degree + 1));
            }
            else if (powers.TryGetValue(right, out power) && power.Base == left)
            {
                powers.Add(node.Result, new(left, power.Degree + 1));
            }
        }

        return powers;
    }

    private static Dictionary<Value, int> Reads(Graph graph)
    {
        Dictionary<Value, int> reads = new(ReferenceEqualityComparer.Instance);
        foreach (Value value in graph.Nodes.SelectMany(node => node.Operands).Concat(graph.Results))
        {
            reads[value] = reads.GetValueOrDefault(value) + 1;
        }

        return reads;
    }

    /// <summary>What a sum adds up, those terms that have powers of the same value joined; null where that makes nothing simpler.</summary>
    private static ImmutableArray<Term>? Terms(Node sum, Dictionary<Value, Power> powers, Dictionary<Value, int> reads, HashSet<Node> inner)
    {
        List<Value> added = [];
        var open = new Stack<Value>([sum.Operands[1], sum.Operands[0]]);
        while (open.TryPop(out Value? value))
        {
            if (value.Producer is { Primitive: Add } before && reads[value] == 1)
            {
                inner.Add(before);
                open.Push(before.Operands[1]);
                open.Push(before.Operands[0]);
            }
            else
            {
                added.Add(value);
            }
        }

        Power? highest = added.SelectMany(value => Factors(value)).Where(factor => powers.ContainsKey(factor) && reads[factor] == 1)
            .Select(factor => (Power?)powers[factor]).MaxBy(power => power!.Value.Degree);
        return highest is { } top ? Joined(added, top, powers) : null;
    }

    private static ImmutableArray<Value> Factors(Value value) => value.Producer is { Primitive: Mul } product ? product.Operands : [];

    /// <summary>Joins the terms of the highest power and of those below it, as far as they follow each other.</summary>
    private static ImmutableArray<Term>? Joined(List<Value> added, Power top, Dictionary<Value, Power> powers)
    {
        List<Value> rest = [.. added];
        List<Value> coefficients = [];
        Value lowest = top.Base;
        for (int degree = top.Degree; degree > 0 && Find(degree) is (int place, Value power, Value coefficient); degree--)
        {
            rest.RemoveAt(place);
            coefficients.Insert(0, coefficient);
            lowest = power;
        }

        return coefficients.Count < 2
            ? null
            : [.. rest.Select(value => new Term(value, null, [])), new Term(lowest, top.Base, [.. coefficients])];

        (int Place, Value Power, Value Coefficient)? Find(int degree)
        {
            for (int i = 0; i < rest.Count; i++)
            {
                ImmutableArray<Value> factors = Factors(rest[i]);
                for (int side = 0; side < factors.Length; side++)
                {
                    if (degree == 1 ? factors[side] == top.Base : powers.GetValueOrDefault(factors[side]) == new Power(top.Base, degree))
                    {
                        return (i, factors[side], factors[1 - side]);
                    }
                }
            }

            return null;
        }
    }

    private static Value Sum(ImmutableArray<Term> terms, Substitution now)
    {
        Value? sum = null;
        foreach (Term term in terms)
        {
            Value value = term.Base is null ? now[term.Factor] : Ops.Mul(now[term.Factor], Horner(term, now));
            sum = sum is null ? value : Ops.Add(sum, value);
        }

        return sum!;
    }

    private static Value Horner(Term term, Substitution now)
    {
        Value x = now[term.Base!];
        Value sum = now[term.Coefficients[^1]];
        for (int i = term.Coefficients.Length - 2; i >= 0; i--)
        {
            sum = Ops.Add(now[term.Coefficients[i]], Ops.Mul(x, sum));
        }

        return sum;
    }

    /// <summary>A value times itself.</summary>
    private readonly record struct Power(Value Base, int Degree);

    /// <summary>A value, or where there is a base, a power of it times a polynomial in it.</summary>
    /// <param name="Factor">The value, or the power.</param>
    /// <param name="Base">The value whose powers are joined.</param>
    /// <param name="Coefficients">Of the polynomial, from the constant one up.</param>
    private sealed record Term(Value Factor, Value? Base, ImmutableArray<Value> Coefficients);
}
