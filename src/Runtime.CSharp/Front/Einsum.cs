using Adjoint.Core;
using Adjoint.Ir;
using Adjoint.Primitives;

namespace Adjoint.Front;

/// <summary>Sums of products by labels: pairs of operands are joined, in the order of <see cref="EinsumPlanner"/>, until one is left.</summary>
internal sealed class Einsum
{
    private readonly string formula;
    private readonly string result;
    private readonly Dictionary<char, Extent> extents = [];
    private readonly List<Term> terms = [];

    private Einsum(string formula, EinsumFormula parsed, IReadOnlyList<Expr> operands)
    {
        this.formula = formula;
        result = parsed.Result;
        for (int i = 0; i < operands.Count; i++)
        {
            Measure(parsed.Operands[i], operands[i]);
        }

        for (int i = 0; i < operands.Count; i++)
        {
            terms.Add(Single(new(operands[i], parsed.Operands[i])));
        }
    }

    /// <summary>The result of a formula.</summary>
    internal static Expr Run(string formula, IReadOnlyList<Expr> operands) => Of(formula, operands).Run();

    /// <summary>The order in which a formula's operands are joined.</summary>
    internal static EinsumPath Path(string formula, IReadOnlyList<Expr> operands) => Of(formula, operands).Path();

    private static Einsum Of(string formula, IReadOnlyList<Expr> operands)
    {
        for (int i = 1; i < operands.Count; i++)
        {
            Broadcasting.SameDType("einsum", operands[0], operands[i]);
        }

        return new(formula, EinsumFormula.Parse(formula, operands), operands);
    }

    private EinsumPath Path()
    {
        char[] labels = [.. extents.Keys.Order()];
        UInt128 Set(string all) => all.Aggregate((UInt128)0, (set, label) => set | ((UInt128)1 << Array.IndexOf(labels, label)));
        return new EinsumPlanner(
            [.. terms.Select(term => Set(term.Labels))],
            Set(result),
            [.. labels.Select(label => (double)extents[label].Value)]).Find();
    }

    private Expr Run()
    {
        foreach ((int i, int j) in Path().Steps)
        {
            (Term left, Term right) = (terms[i], terms[j]);
            terms.RemoveAt(j);
            terms.RemoveAt(i);
            terms.Add(Join(Reduced(left, right), Reduced(right, left)));
        }

        Term last = Reduced(terms[0], null);
        string missing = string.Concat(result.Except(last.Labels));
        Expr whole = last.Value.Reshape(new Shape([.. last.Value.Shape, .. missing.Select(_ => new Extent(1))]));
        string labels = last.Labels + missing;
        Expr ordered = whole.Permute([.. result.Select(label => labels.IndexOf(label))]);
        return ordered.BroadcastTo(new Shape(result.Select(label => extents[label])));
    }

    /// <summary>Notes the labels' extents; axes of an ellipsis may have extent 1 and repeat.</summary>
    private void Measure(string labels, Expr operand)
    {
        for (int axis = 0; axis < labels.Length; axis++)
        {
            char label = labels[axis];
            Extent extent = operand.Shape[axis];
            if (!extents.TryGetValue(label, out Extent known) || (known.IsOne && !char.IsLetter(label)))
            {
                extents[label] = extent;
            }
            else if (known != extent && !(extent.IsOne && !char.IsLetter(label)))
            {
                string name = char.IsLetter(label) ? $"label '{label}'" : "an axis of the ellipsis";
                throw new ShapeException($"einsum: in '{formula}' {name} has {known} and, in {operand.Type}, {extent}.").Here();
            }
        }
    }

    /// <summary>An operand in which each label stands once and has its full extent.</summary>
    private Term Single(Term term)
    {
        for (int axis = 0; axis < term.Labels.Length; axis++)
        {
            int again = term.Labels.IndexOf(term.Labels[axis], axis + 1);
            if (again >= 0)
            {
                string rest = term.Labels.Remove(again, 1).Remove(axis, 1);
                return Single(new(term.Value.Diagonal(axis, again), rest + term.Labels[axis]));
            }
        }

        int[] repeated = [.. Enumerable.Range(0, term.Labels.Length).Where(axis => term.Value.Shape[axis] != extents[term.Labels[axis]])];
        return repeated.Length == 0 ? term : new(
            term.Value.Squeeze(repeated), string.Concat(term.Labels.Where((_, axis) => !repeated.Contains(axis))));
    }

    private bool IsNeeded(char label, Term? first, Term? second) => result.Contains(label)
        || terms.Any(term => term != first && term != second && term.Labels.Contains(label));

    /// <summary>A term summed over the labels that nothing else has.</summary>
    private Term Reduced(Term term, Term? partner)
    {
        int[] gone = [.. Enumerable.Range(0, term.Labels.Length).Where(axis =>
            !IsNeeded(term.Labels[axis], term, partner) && partner?.Labels.Contains(term.Labels[axis]) != true)];
        return gone.Length == 0 ? term : new(term.Value.Sum(gone), string.Concat(term.Labels.Where((_, axis) => !gone.Contains(axis))));
    }

    private Term Join(Term left, Term right)
    {
        string both = string.Concat(left.Labels.Intersect(right.Labels));
        string batch = string.Concat(both.Where(label => IsNeeded(label, left, right)));
        string summed = string.Concat(both.Except(batch));
        string free = string.Concat(left.Labels.Except(both)) + string.Concat(right.Labels.Except(both));
        if (summed.Length == 0)
        {
            string union = batch + free;
            return new(left.Aligned(union) * right.Aligned(union), union);
        }

        return new(
            Building.Make(left.Value, right.Value, (x, y) => Ops.Dot(
                x, y, left.AxesOf(batch), right.AxesOf(batch), left.AxesOf(summed), right.AxesOf(summed))),
            batch + free);
    }

    /// <summary>An expression and the labels of its axes, each of which stands once.</summary>
    private sealed record Term(Expr Value, string Labels)
    {
        internal Axes AxesOf(string labels) => new(labels.Select(label => Labels.IndexOf(label)));

        /// <summary>With the axes in the order of more labels, extent 1 where this has none.</summary>
        internal Expr Aligned(string labels)
        {
            int[] order = [.. labels.Where(Labels.Contains).Select(label => Labels.IndexOf(label))];
            Expr ordered = Value.Permute(order);
            int next = 0;
            return ordered.Reshape(new Shape(labels.Select(label => Labels.Contains(label) ? ordered.Shape[next++] : new Extent(1))));
        }
    }
}
