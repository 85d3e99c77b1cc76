using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Random orders and choices.</content>
public static partial class Rng
{
    /// <summary>0 … count − 1 in random order, in i64.</summary>
    public static Expr Permutation(Expr key, int count) => Shuffled(key, Tensors.Iota(DType.I64, count), 0);

    /// <summary>The slices of a tensor along an axis in random order.</summary>
    /// <param name="key">A key.</param>
    /// <param name="x">The tensor.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="independent">An order of its own for each line along the axis, instead of one for all.</param>
    public static Expr Permutation(Expr key, Expr x, int axis = 0, bool independent = false)
    {
        int at = Axis.Of("permutation", axis, x.Rank, x.Type.ToString());
        return independent
            ? x.TakeAlongAxis(Shuffled(key, Tensors.Iota(DType.I64, x.Shape, at), at), at)
            : x.Take(Permutation(key, x.Shape[at].Value), at);
    }

    /// <summary>Indices in 0 … count − 1, in i64.</summary>
    /// <param name="key">A key.</param>
    /// <param name="count">How many there are to choose from.</param>
    /// <param name="shape">The shape of the result.</param>
    /// <param name="replace">Whether an index may come more than once.</param>
    /// <param name="probabilities">For each index, in any scale, floating [count]; equal unless given.</param>
    /// <remarks>
    /// With replacement by the inverse of the running sum of probabilities, without by the largest of Gumbel numbers shifted by
    /// their logarithms. Without replacement as many as are drawn must have a probability above 0.
    /// </remarks>
    /// <exception cref="DomainException">There is nothing to choose from, or less than is drawn without replacement.</exception>
    /// <exception cref="ShapeException">There is not one probability for each index.</exception>
    public static Expr Choice(Expr key, int count, Shape shape, bool replace = true, Expr? probabilities = null)
    {
        if (count < 1 || (!replace && shape.Size > count))
        {
            throw new DomainException($"choice: {shape.Size} of {count} can't be drawn {(replace ? "with" : "without")} replacement.");
        }

        if (probabilities is not null && (probabilities.Rank != 1 || probabilities.Shape[0].Value != count))
        {
            throw new ShapeException($"choice: probabilities are {probabilities.Type}; one for each of {count} is wanted.").Here();
        }

        return (probabilities, replace) switch
        {
            (null, true) => Integers(key, shape, 0, count).Cast(DType.I64),
            (null, false) => Permutation(key, count)[Slice.Of(0, shape.Size)].Reshape(shape),
            ({ } weights, true) => Inverted(key, shape, weights.CumSum()),
            ({ } weights, false) => (Gumbel(key, weights.Shape, weights.DType) + weights.Log()).TopK(shape.Size).Indices
                .Cast(DType.I64).Reshape(shape),
        };
    }

    /// <summary>Slices of a tensor at chosen indices of an axis, which becomes the axes of the shape.</summary>
    public static Expr Choice(
        Expr key, Expr x, Shape shape, bool replace = true, Expr? probabilities = null, int axis = 0)
    {
        int at = Axis.Of("choice", axis, x.Rank, x.Type.ToString());
        return x.Take(Choice(key, x.Shape[at].Value, shape, replace, probabilities), at);
    }

    /// <summary>
    /// Sorted by random keys of 32 bits, again and again until keys that are equal every time are unlikely: 3 ln n / ln 2³² times.
    /// </summary>
    private static Expr Shuffled(Expr key, Expr x, int axis)
    {
        int rounds = (int)Math.Ceiling(3 * Math.Log(Math.Max(x.Size, 1)) / Math.Log(uint.MaxValue));
        for (int i = 0; i < rounds; i++)
        {
            Expr[] keys = Split(key);
            key = keys[0];
            x = Tensors.Sort([Bits(keys[1], x.Shape), x], axis)[1];
        }

        return x;
    }

    /// <summary>The first places where a running sum reaches numbers spread evenly up to its end.</summary>
    private static Expr Inverted(Expr key, Shape shape, Expr sums)
    {
        CheckFloating("choice", sums.DType);
        Expr goal = sums[sums.Size - 1] * (1.0 - Uniform(key, shape, sums.DType));
        return sums.SearchSorted(goal).Cast(DType.I64).Minimum(sums.Size - 1);
    }
}
