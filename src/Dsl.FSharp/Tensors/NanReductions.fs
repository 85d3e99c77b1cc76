namespace Adjoint

open Adjoint.Front

/// Reductions that leave NaN out; what is left out has derivative 0, never NaN. Axes may be negative: -1 is the last.
[<AutoOpen>]
module TensorNanReductions =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Sum of all elements: rank 0; NaN is left out; 0 where all are NaN.
        let nanSum (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanSum(x.Expr))

        /// Sum along an axis, which goes; NaN is left out; 0 where all are NaN.
        let nanSumAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanSum(x.Expr, [| axis |]))

        /// Sum over axes, which go; NaN is left out; 0 where all are NaN.
        let nanSumOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanSum(x.Expr, Array.ofList axes))

        /// Product of all elements: rank 0; NaN is left out; 1 where all are NaN.
        let nanProd (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanProd(x.Expr))

        /// Product along an axis, which goes; NaN is left out; 1 where all are NaN.
        let nanProdAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanProd(x.Expr, [| axis |]))

        /// Product over axes, which go; NaN is left out; 1 where all are NaN.
        let nanProdOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanProd(x.Expr, Array.ofList axes))

        /// Largest element of all elements: rank 0; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMax (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanMax(x.Expr))

        /// Largest element along an axis, which goes; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMaxAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMax(x.Expr, [| axis |]))

        /// Largest element over axes, which go; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMaxOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMax(x.Expr, Array.ofList axes))

        /// Smallest element of all elements: rank 0; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMin (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanMin(x.Expr))

        /// Smallest element along an axis, which goes; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMinAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMin(x.Expr, [| axis |]))

        /// Smallest element over axes, which go; NaN is left out; NaN where all are NaN. Equals share the gradient evenly.
        let nanMinOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMin(x.Expr, Array.ofList axes))

        /// Mean of all elements: rank 0; NaN is left out; NaN where all are NaN.
        let nanMean (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanMean(x.Expr))

        /// Mean along an axis, which goes; NaN is left out; NaN where all are NaN.
        let nanMeanAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMean(x.Expr, [| axis |]))

        /// Mean over axes, which go; NaN is left out; NaN where all are NaN.
        let nanMeanOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMean(x.Expr, Array.ofList axes))

        /// Mean squared distance from the mean of all elements: rank 0; NaN is left out; NaN where all are NaN.
        let nanVariance (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanVariance(x.Expr))

        /// Mean squared distance from the mean along an axis, which goes; NaN is left out; NaN where all are NaN.
        let nanVarianceAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanVariance(x.Expr, [| axis |]))

        /// Mean squared distance from the mean over axes, which go; NaN is left out; NaN where all are NaN.
        let nanVarianceOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanVariance(x.Expr, Array.ofList axes))

        /// Root of the variance of all elements: rank 0; NaN is left out; the derivative where it is 0 is 0.
        let nanStd (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanStandardDeviation(x.Expr))

        /// Root of the variance along an axis, which goes; NaN is left out; the derivative where it is 0 is 0.
        let nanStdAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanStandardDeviation(x.Expr, [| axis |]))

        /// Root of the variance over axes, which go; NaN is left out; the derivative where it is 0 is 0.
        let nanStdOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanStandardDeviation(x.Expr, Array.ofList axes))

        /// Median of all elements: rank 0; NaN is left out; NaN where all are NaN.
        let nanMedian (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.NanMedian(x.Expr))

        /// Median along an axis, which goes; NaN is left out; NaN where all are NaN.
        let nanMedianAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMedian(x.Expr, [| axis |]))

        /// Median over axes, which go; NaN is left out; NaN where all are NaN.
        let nanMedianOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanMedian(x.Expr, Array.ofList axes))

        /// What a fraction q of the elements along an axis lies below; NaN is left out.
        let nanQuantileAlong (axis: int) (q: float) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanQuantile(x.Expr, q, [| axis |]))

        /// The first index of the largest element along an axis that is not NaN; 0 where all are.
        let nanArgMax (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.NanArgMax(x.Expr, axis))

        /// The first index of the smallest element along an axis that is not NaN; 0 where all are.
        let nanArgMin (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.NanArgMin(x.Expr, axis))

        /// Running sum along an axis in which NaN counts 0.
        let nanCumSum (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanCumSum(x.Expr, axis))

        /// Running product along an axis in which NaN counts 1.
        let nanCumProd (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.NanCumProd(x.Expr, axis))
