namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// Order, running reductions, and distributions along an axis.
/// Axes may be negative: -1 is the last. ShapeException: there is no such axis.
[<AutoOpen>]
module TensorOrder =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// The first index of the largest element along an axis, which goes; of NaN if there is one. Has no derivative.
        let argMax (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.ArgMax(x.Expr, axis))

        /// The first index of the smallest element along an axis, which goes; of NaN if there is one. Has no derivative.
        let argMin (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.ArgMin(x.Expr, axis))

        /// The indices that put a tensor into ascending order along an axis; equal elements keep their order. Has no derivative.
        let argSort (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.ArgSort(x.Expr, axis))

        /// The indices that put a tensor into descending order along an axis; NaN last, equal elements keep their order. Has no derivative.
        let argSortDescending (axis: int) (x: Tensor<'T>) : Tensor<int64> =
            Tensor<int64>(Tensors.ArgSort(x.Expr, axis, true))

        /// Running sum along an axis from its end.
        let cumSumBack (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumSum(x.Expr, axis, true))

        /// Exponentials that sum to 1 along an axis.
        let softmax (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Softmax(x.Expr, axis))

        /// Logarithm of the softmax along an axis, without overflow.
        let logSoftmax (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.LogSoftmax(x.Expr, axis))

        /// Elements in ascending order along an axis; NaN last.
        let sort (axis: int) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Sort(x.Expr, axis))

        /// Running sum along an axis.
        let cumSum (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumSum(x.Expr, axis))

        /// Running product along an axis.
        let cumProd (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumProd(x.Expr, axis))

        /// Running maximum along an axis.
        let cumMax (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumMax(x.Expr, axis))

        /// Running minimum along an axis.
        let cumMin (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumMin(x.Expr, axis))

        /// Running logarithm of the sum of exponentials along an axis.
        let cumLogSumExp (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.CumLogSumExp(x.Expr, axis))

        /// Elements in descending order along an axis; NaN last.
        let sortDescending (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Sort(x.Expr, axis, true))

        /// The k largest elements along the last axis in descending order, and their indices.
        let topK (k: int) (x: Tensor<'T>) : Tensor<'T> * Tensor<int> =
            let struct (values, indices) = Tensors.TopK(x.Expr, k)
            Tensor<'T> values, Tensor<int> indices
