namespace Adjoint.Front;

/// <content>Losses of vectors along an axis, which goes.</content>
public static partial class Loss
{
    /// <summary>x·y / (|x| |y|), norms below epsilon counting as epsilon: 0 for a vector of zeros, with a finite derivative.</summary>
    public static Expr CosineSimilarity(Expr x, Expr y, int axis = -1, double epsilon = 1e-8)
    {
        CheckSame("cosine_similarity", x, y);
        Expr Shrinking(Expr v) => v.Square().Sum(axis).Maximum(epsilon * epsilon).Rsqrt();
        return (x * y).Sum(axis) * Shrinking(x) * Shrinking(y);
    }

    /// <summary>1 − cos of pairs with sign 1, max(0, cos − margin) of those with sign −1.</summary>
    public static Expr CosineEmbedding(Expr x, Expr y, Expr signs, double margin = 0.0, int axis = -1)
    {
        Expr cosine = CosineSimilarity(x, y, axis);
        CheckSame("cosine_embedding", cosine, signs);
        return signs.Greater(0).Where(1.0 - cosine, (cosine - margin).Relu());
    }

    /// <summary>max(0, |a − p| − |a − n| + margin) of an anchor, one like it and one unlike it (Schroff, Kalenichenko and Philbin 2015).</summary>
    /// <remarks>Distances are not squared, as PyTorch's; the derivative of a distance is 0 at 0.</remarks>
    public static Expr Triplet(Expr anchor, Expr positive, Expr negative, double margin = 1.0, int axis = -1) =>
        (Distance(anchor, positive, axis) - Distance(anchor, negative, axis) + margin).Relu();

    private static Expr Distance(Expr x, Expr y, int axis)
    {
        Expr square = Apart("triplet", x, y).Square().Sum(axis);
        Expr some = square.Greater(0);
        return some.Where(some.Where(square, 1.0).Sqrt(), 0.0);
    }
}
