using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Random vectors.</content>
public static partial class Rng
{
    /// <summary>Normally distributed vectors [draws…, n] of a mean [n] and the covariance L Lᵀ. Derivatives pass through mean and factor.</summary>
    /// <param name="key">A key.</param>
    /// <param name="mean">The mean, [n].</param>
    /// <param name="factor">A matrix L [n, n], such as the Cholesky factor of a covariance.</param>
    /// <param name="draws">The shape of independent draws; one unless given.</param>
    /// <exception cref="ShapeException">Mean and factor do not fit.</exception>
    public static Expr MultivariateNormal(Expr key, Expr mean, Expr factor, Shape? draws = null)
    {
        if (mean.Rank != 1 || factor.Rank != 2 || factor.Shape[0] != mean.Shape[0] || factor.Shape[1] != mean.Shape[0])
        {
            throw new ShapeException($"multivariate_normal: the mean is {mean.Type}, the factor {factor.Type}; "
                + "[n] and [n, n] are wanted.").Here();
        }

        return mean + Normal(key, (draws ?? Shape.Scalar).Concat(mean.Shape), mean.DType).MatMul(factor.Transpose());
    }

    /// <summary>Vectors [shape…, n] spread evenly over the sphere of radius 1: normal ones, divided by their norm.</summary>
    /// <exception cref="DomainException">n is below 1.</exception>
    public static Expr Sphere(Expr key, int n, Shape shape, DType type = DType.F32)
    {
        CheckDimension("sphere", n);
        Expr vectors = Normal(key, shape.Concat(Shape.Of(n)), type);
        return vectors / vectors.Norm([-1], true);
    }

    /// <summary>Vectors [shape…, n] spread evenly over the ball of radius 1.</summary>
    /// <remarks>
    /// x / √(|x|² + 2e) of a normal vector x and an exponential number e (Barthe, Guédon, Mendelson and Naor 2005, theorem 1).
    /// </remarks>
    /// <exception cref="DomainException">n is below 1.</exception>
    public static Expr Ball(Expr key, int n, Shape shape, DType type = DType.F32)
    {
        CheckDimension("ball", n);
        Expr[] keys = Split(key);
        Expr vectors = Normal(keys[0], shape.Concat(Shape.Of(n)), type);
        Expr beyond = Exponential(keys[1], shape, type).ExpandDims(shape.Rank);
        return vectors / (vectors.Square().Sum(-1, true) + (2.0 * beyond)).Sqrt();
    }

    private static void CheckDimension(string operation, int n)
    {
        if (n < 1)
        {
            throw new DomainException($"{operation}: there are no vectors of {n} numbers.");
        }
    }
}
