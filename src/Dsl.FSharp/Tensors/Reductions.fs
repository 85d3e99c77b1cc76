namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Reductions: `sum x` of all elements, `sumAlong axis x` along one axis, which goes, `sumOver axes x` over several.
/// Axes may be negative: -1 is the last. ShapeException: there is no such axis.
[<AutoOpen>]
module TensorReductions =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// Sum of all elements: rank 0; 0 of no elements.
        let sum (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Sum x.Expr)

        /// Sum along an axis, which goes; 0 of no elements.
        let sumAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Sum(x.Expr, [| axis |]))

        /// Sum over axes, which go; 0 of no elements.
        let sumOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Sum(x.Expr, Array.ofList axes))

        /// Product of all elements: rank 0; 1 of no elements.
        let prod (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Prod x.Expr)

        /// Product along an axis, which goes; 1 of no elements.
        let prodAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Prod(x.Expr, [| axis |]))

        /// Product over axes, which go; 1 of no elements.
        let prodOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Prod(x.Expr, Array.ofList axes))

        /// Mean of all elements: rank 0; NaN of no elements.
        let mean (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Mean x.Expr)

        /// Mean along an axis, which goes; NaN of no elements.
        let meanAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Mean(x.Expr, [| axis |]))

        /// Mean over axes, which go; NaN of no elements.
        let meanOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Mean(x.Expr, Array.ofList axes))

        /// Largest element of all elements: rank 0; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let max (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Max x.Expr)

        /// Largest element along an axis, which goes; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let maxAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Max(x.Expr, [| axis |]))

        /// Largest element over axes, which go; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let maxOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Max(x.Expr, Array.ofList axes))

        /// Smallest element of all elements: rank 0; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let min (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Min x.Expr)

        /// Smallest element along an axis, which goes; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let minAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Min(x.Expr, [| axis |]))

        /// Smallest element over axes, which go; NaN propagates; the gradient is split evenly among equals; no elements are an error.
        let minOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Min(x.Expr, Array.ofList axes))

        /// Logarithm of the sum of exponentials, shifted by the maximum so that it cannot overflow of all elements: rank 0; its gradient is the softmax.
        let logSumExp (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.LogSumExp x.Expr)

        /// Logarithm of the sum of exponentials, shifted by the maximum so that it cannot overflow along an axis, which goes; its gradient is the softmax.
        let logSumExpAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LogSumExp(x.Expr, axes = [| axis |]))

        /// Logarithm of the sum of exponentials, shifted by the maximum so that it cannot overflow over axes, which go; its gradient is the softmax.
        let logSumExpOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LogSumExp(x.Expr, axes = Array.ofList axes))

        /// Root of the sum of squared absolute values of all elements: rank 0; the derivative at 0 is taken as 0.
        let norm (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("norm", Tensors.Norm x.Expr)

        /// Root of the sum of squared absolute values along an axis, which goes; the derivative at 0 is taken as 0.
        let normAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("norm", Tensors.Norm(x.Expr, [| axis |]))

        /// Root of the sum of squared absolute values over axes, which go; the derivative at 0 is taken as 0.
        let normOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("norm", Tensors.Norm(x.Expr, Array.ofList axes))

        /// Mean squared distance from the mean of all elements: rank 0.
        let variance (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("variance", Tensors.Variance x.Expr)

        /// Mean squared distance from the mean along an axis, which goes.
        let varianceAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("variance", Tensors.Variance(x.Expr, [| axis |]))

        /// Mean squared distance from the mean over axes, which go.
        let varianceOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("variance", Tensors.Variance(x.Expr, Array.ofList axes))

        /// Root of the variance of all elements: rank 0.
        let standardDeviation (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("standardDeviation", Tensors.StandardDeviation x.Expr)

        /// Root of the variance along an axis, which goes.
        let standardDeviationAlong (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("standardDeviation", Tensors.StandardDeviation(x.Expr, [| axis |]))

        /// Root of the variance over axes, which go.
        let standardDeviationOver (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>.Real("standardDeviation", Tensors.StandardDeviation(x.Expr, Array.ofList axes))

        /// Whether all are true: rank 0.
        let all (x: Tensor<bool>) : Tensor<bool> = Tensor<bool>(Tensors.All x.Expr)

        /// Whether all are true, along an axis, which goes.
        let allAlong (axis: int) (x: Tensor<bool>) : Tensor<bool> =
            Tensor<bool>(Tensors.All(x.Expr, [| axis |]))

        /// Whether any is true: rank 0.
        let any (x: Tensor<bool>) : Tensor<bool> = Tensor<bool>(Tensors.Any x.Expr)

        /// Whether any is true, along an axis, which goes.
        let anyAlong (axis: int) (x: Tensor<bool>) : Tensor<bool> =
            Tensor<bool>(Tensors.Any(x.Expr, [| axis |]))
