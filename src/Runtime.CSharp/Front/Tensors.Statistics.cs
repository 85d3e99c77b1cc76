using Adjoint.Core;

namespace Adjoint.Front;

/// <content>Statistics. Without axes, over all of them.</content>
public static partial class Tensors
{
    /// <summary>Weighted mean: Σ w x / Σ w. Weights have the tensor's shape, or one axis of it as a vector where one axis is given.</summary>
    /// <exception cref="ShapeException">The weights do not fit.</exception>
    public static Expr Average(this Expr x, Expr weights, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        Demand.Differentiable("average", x);
        Broadcasting.SameDType("average", x, weights);
        Expr all = weights;
        if (weights.Rank == 1 && x.Rank != 1)
        {
            if (axes is not { Count: 1 })
            {
                throw new ShapeException($"average: weights {weights.Type} are a vector; name the axis of {x.Type} that they go along.").Here();
            }

            int at = Axis.Of("average", axes[0], x.Rank, x.Type.ToString());
            all = weights.Reshape([.. Enumerable.Range(0, x.Rank).Select(axis => axis == at ? weights.Size : 1)]);
        }

        Expr placed = Broadcasting.To("average", all, x.Shape);
        return (x * placed).Sum(axes, keepAxes) / placed.Sum(axes, keepAxes);
    }

    /// <summary>The largest less the smallest element.</summary>
    public static Expr Ptp(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) => x.Max(axes, keepAxes) - x.Min(axes, keepAxes);

    /// <summary>How many elements are not 0 (false), in i64; NaN is not 0.</summary>
    public static Expr CountNonzero(this Expr x, IReadOnlyList<int>? axes = null, bool keepAxes = false) =>
        Truth(x).Cast(DType.I64).Sum(axes, keepAxes);

    /// <summary>ln Σ w exp x, without overflow. What has weight 0 is left out, even ∞; −∞ where all is. NaN of a negative sum.</summary>
    public static Expr WeightedLogSumExp(this Expr x, Expr weights, IReadOnlyList<int>? axes = null, bool keepAxes = false)
    {
        (Expr exponents, Expr factors) = Broadcasting.Meet("logsumexp", x, weights);
        Demand.Floating("logsumexp", exponents);
        Axes over = Axis.Of("logsumexp", axes, exponents);
        Expr none = factors.Equal(0);
        Expr shift = FiniteMax(none.Where(double.NegativeInfinity, exponents), axes);
        Expr terms = factors * none.Where(0.0, none.Where(shift, exponents) - shift).Exp();
        Expr sum = terms.Sum(axes, true).Log() + shift;
        return keepAxes ? sum : sum.Reshape(exponents.Shape.Remove(over));
    }

    /// <summary>Covariances of variables (rows, or columns where said) over observations: [n, n]; a vector is one variable and gives [].</summary>
    /// <param name="x">Variables by observations.</param>
    /// <param name="rowsAreVariables">Whether each row is a variable; otherwise each column is.</param>
    /// <param name="correction">What is taken off the number of observations to divide by.</param>
    /// <param name="weights">How often, or how surely, each observation counts; [observations]. The divisor is their sum less the correction.</param>
    public static Expr Cov(this Expr x, bool rowsAreVariables = true, int correction = 1, Expr? weights = null)
    {
        Demand.Differentiable("cov", x);
        if (x.Rank is 0 or > 2)
        {
            throw new ShapeException($"cov: {x.Type} is neither a vector nor a matrix of variables by observations.").Here();
        }

        Expr rows = x.Rank == 1 ? x.ExpandDims(0) : rowsAreVariables ? x : x.Transpose();
        Expr counts = weights ?? Ones(rows.DType, rows.Shape[1].Value);
        Expr total = counts.Sum();
        Expr centred = rows - ((rows * counts).Sum(1, true) / total);
        Expr products = (centred * counts).MatMul(centred.Conj().Transpose()) / (total - (double)correction);
        return x.Rank == 1 ? products.Reshape(Shape.Scalar) : products;
    }

    /// <summary>Correlations of variables over observations: covariances over both standard deviations. NaN for a variable that is constant.</summary>
    public static Expr CorrCoef(this Expr x, bool rowsAreVariables = true)
    {
        Expr covariance = x.Cov(rowsAreVariables);
        if (covariance.Rank == 0)
        {
            return covariance / covariance;
        }

        Expr spread = covariance.Diagonal().Real().Sqrt().Cast(covariance.DType);
        return covariance / spread.ExpandDims(1) / spread.ExpandDims(0);
    }
}
