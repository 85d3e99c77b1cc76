using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Running results of an associative function, in a logarithmic number of steps.</content>
public static partial class Flow
{
    /// <summary>Running results of an associative function along axis 0 of a tensor: x₀, x₀∘x₁, x₀∘x₁∘x₂ …</summary>
    public static Expr AssociativeScan(Func<Expr, Expr, Expr> combine, Expr x, bool reverse = false) =>
        AssociativeScan((left, right) => [combine(left[0], right[0])], [x], reverse)[0];

    /// <summary>Running results of an associative function along axis 0 of tensors, as jax.lax.associative_scan.</summary>
    /// <remarks>
    /// The function is called about 2 log₂ n times, each time on many pairs at once: what it is given has axis 0, and it must work row by
    /// row along it. The number of operations is about 2 n (Blelloch 1990, Prefix sums and their applications).
    /// </remarks>
    /// <param name="combine">(left rows, right rows) → rows, of the same types.</param>
    /// <param name="x">Tensors of one extent on axis 0.</param>
    /// <param name="reverse">From the last row to the first: xₙ, xₙ∘xₙ₋₁ …, each at its row's place.</param>
    /// <param name="paths">What the tensors are called in messages.</param>
    /// <exception cref="ShapeException">Extents of axis 0 differ.</exception>
    /// <exception cref="StructureException">The function changes a type.</exception>
    public static Expr[] AssociativeScan(
        Func<Expr[], Expr[], Expr[]> combine, Expr[] x, bool reverse = false, IReadOnlyList<string>? paths = null)
    {
        Expr? wrong = x.FirstOrDefault(each => each.Rank == 0 || each.Shape[0] != x[0].Shape[0]);
        if (wrong is not null || x.Length == 0)
        {
            throw new ShapeException($"associative_scan: {string.Join(", ", x.Select(each => each.Type))}; "
                + "tensors of one extent on axis 0 are wanted.").Here();
        }

        Expr[] Checked(Expr[] left, Expr[] right)
        {
            Expr[] joined = combine(left, right);
            SameTypes(
                "associative_scan",
                "the rows given",
                [.. left.Select(each => each.Handle.Type)],
                "the rows that the function gives",
                [.. joined.Select(each => each.Handle.Type)],
                paths);
            return joined;
        }

        return reverse
            ? [.. Prefixes(Checked, [.. x.Select(each => each.Flip(0))]).Select(each => each.Flip(0))]
            : Prefixes(Checked, x);
    }

    /// <summary>Pairs of neighbours are joined, the prefixes of half as many rows found, and those between them joined from these.</summary>
    private static Expr[] Prefixes(Func<Expr[], Expr[], Expr[]> combine, Expr[] x)
    {
        int count = x[0].Shape[0].Value;
        if (count < 2)
        {
            return x;
        }

        Expr[] odd = Prefixes(combine, combine(Rows(x, 0, count - 1, 2), Rows(x, 1, count, 2)));
        Expr[] rest = Rows(x, 2, count, 2);
        Expr[] even = rest[0].Shape[0].Value == 0 ? rest : combine(Rows(odd, 0, rest[0].Shape[0].Value, 1), rest);
        return [.. x.Select((each, i) => Interleaved(Tensors.Concat([each[..1], even[i]]), odd[i]))];
    }

    private static Expr[] Rows(Expr[] x, int start, int stop, int step) => [.. x.Select(each => each[Slice.Of(start, stop, step)])];

    private static Expr Interleaved(Expr even, Expr odd)
    {
        int pairs = odd.Shape[0].Value;
        Expr paired = Tensors.Stack([even[..pairs], odd], 1).Reshape(odd.Shape.With(0, 2 * pairs));
        return even.Shape[0].Value == pairs ? paired : Tensors.Concat([paired, even[pairs..]]);
    }
}
