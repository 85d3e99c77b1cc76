namespace Adjoint

open Adjoint.Front

/// What a quantile is where it lies between two elements: `QuantileMethod.Linear`, `.Lower`, `.Higher`, `.Midpoint`, `.Nearest`.
type QuantileMethod = Adjoint.Front.QuantileMethod

/// A norm of matrices: `MatrixNormKind.Frobenius`, `.One`, `.Infinity`, `.MinusOne`, `.MinusInfinity`.
type MatrixNormKind = Adjoint.Front.MatrixNormKind

/// Statistics and norms. Axes may be negative: -1 is the last.
[<AutoOpen>]
module TensorStatistics =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Middle element, or the mean of the two in the middle, of all elements: rank 0; NaN propagates.
        let median (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Median(x.Expr))

        /// Middle element, or the mean of the two in the middle, along an axis, which goes; NaN propagates.
        let medianAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Median(x.Expr, [| axis |]))

        /// Middle element, or the mean of the two in the middle, over axes, which go; NaN propagates.
        let medianOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Median(x.Expr, Array.ofList axes))

        /// The largest less the smallest element of all elements: rank 0; no elements are an error.
        let ptp (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Ptp(x.Expr))

        /// The largest less the smallest element along an axis, which goes; no elements are an error.
        let ptpAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Ptp(x.Expr, [| axis |]))

        /// The largest less the smallest element over axes, which go; no elements are an error.
        let ptpOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Ptp(x.Expr, Array.ofList axes))

        /// How many are not 0 (false), of all elements: rank 0; NaN is not 0.
        let countNonzero (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.CountNonzero(x.Expr))

        /// How many are not 0 (false), along an axis, which goes; NaN is not 0.
        let countNonzeroAlong (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.CountNonzero(x.Expr, [| axis |]))

        /// How many are not 0 (false), over axes, which go; NaN is not 0.
        let countNonzeroOver (axes: int list) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.CountNonzero(x.Expr, Array.ofList axes))

        /// What a fraction q of all elements lies below, on the line between two: rank 0. NaN propagates. DomainException: q is outside 0 to 1.
        let quantile (q: float) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Quantile(x.Expr, q))

        /// What a fraction q of the elements lies below, along an axis, which goes.
        let quantileAlong (axis: int) (q: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Quantile(x.Expr, q, [| axis |]))

        /// What fractions q : [n] of the elements lie below, along an axis, which goes; each along a new axis 0. Derivatives pass to q.
        let quantilesAlong (axis: int) (q: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Quantile(x.Expr, q.Expr, [| axis |]))

        /// As `quantileAlong`, by a method of NumPy's.
        let quantileBy (how: QuantileMethod) (axis: int) (q: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Quantile(x.Expr, q, [| axis |], how))

        /// What so many percent of all elements lie below: rank 0.
        let percentile (percent: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Percentile(x.Expr, percent))

        /// Weighted mean of all elements, weights of x's shape: rank 0.
        let average (weights: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Average(x.Expr, weights.Expr))

        /// Weighted mean along an axis, which goes; weights of x's shape, or a vector along the axis.
        let averageAlong (axis: int) (weights: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Average(x.Expr, weights.Expr, [| axis |]))

        /// Squared distances from the mean along an axis, summed and divided by n - correction.
        let varianceWith (correction: int) (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("varianceWith", Tensors.Variance(x.Expr, [| axis |], correction))

        /// Root of `varianceWith`.
        let standardDeviationWith (correction: int) (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("standardDeviationWith", Tensors.StandardDeviation(x.Expr, [| axis |], correction))

        /// ln of the sum of weights times exponentials along an axis, without overflow; what has weight 0 is left out.
        let logSumExpWeighted (axis: int) (weights: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.WeightedLogSumExp(x.Expr, weights.Expr, [| axis |]))

        /// Covariances of the rows of [variables, observations], divided by the number of observations less 1; of a vector its variance.
        let cov (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Cov x.Expr)

        /// Correlations of the rows of [variables, observations]; NaN for a constant row.
        let corrCoef (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.CorrCoef x.Expr)

        /// The p-norm of all elements: rank 0. infinity and -infinity give the largest and smallest absolute value, 0 the number that are not 0.
        /// Where the norm, or an element, is 0 the derivative is taken as 0.
        let normP (p: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("normP", Tensors.Norm(x.Expr, p))

        /// The p-norm along an axis, which goes. See `normP`.
        let normPAlong (axis: int) (p: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("normP", Tensors.Norm(x.Expr, p, [| axis |]))

        /// A norm of the matrices of the last two axes, which go.
        let matrixNorm (kind: MatrixNormKind) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("matrixNorm", Tensors.MatrixNorm(x.Expr, kind))

        /// Vectors along an axis over their length, or over 1e-12 where that is larger.
        let normalise (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Normalise(x.Expr, axis))
