namespace Adjoint

open Adjoint.Front

/// Reading and updating parts, and elements at tensors of indices. An update gives a new tensor; inside a loop it happens in place.
[<AutoOpen>]
module TensorIndexing =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private part (slices: Slice list) (x: Tensor<'T>) = x.Expr.At(Array.ofList slices)

        /// A part, axis by axis, of any rank: `x |> Tensor.slice [ Slice.At 0; Slice.Ellipsis; Slice.Of(0, 10, 2) ]`.
        /// Ends of Slice.Of are excluded, and negative bounds count from the end, as NumPy's. Axes that aren't named are whole.
        let slice (slices: Slice list) (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>((part slices x).Get())

        /// The tensor with a part replaced; the new part broadcasts. Derivatives pass through the new part and the rest.
        let set (slices: Slice list) (value: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>((part slices x).Set value.Expr)

        /// The tensor with something added to a part.
        let addAt (slices: Slice list) (value: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>((part slices x).Add value.Expr)

        /// Slices at indices along axis 0, which becomes the indices' axes: rows of a table. Indices out of range are clamped.
        let take (indices: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Take(x.Expr, indices.Expr))

        /// Slices at indices along an axis, which becomes the indices' axes. Indices out of range are clamped.
        let takeAxis (axis: int) (indices: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Take(x.Expr, indices.Expr, axis))

        /// One element along an axis for each place of the other axes, which the indices share. Indices out of range are clamped.
        let takeAlong (axis: int) (indices: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.TakeAlongAxis(x.Expr, indices.Expr, axis))

        /// The tensor with rows replaced by updates at indices of axis 0; those out of range are left out. Of equal indices the last one counts.
        let scatterSet (indices: Tensor<'I>) (updates: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ScatterSet(x.Expr, indices.Expr, updates.Expr))

        /// The tensor with updates added to rows at indices of axis 0; those out of range are left out.
        let scatterAdd (indices: Tensor<'I>) (updates: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ScatterAdd(x.Expr, indices.Expr, updates.Expr))

        /// The tensor with rows raised to updates at indices of axis 0; those out of range are left out.
        let scatterMax (indices: Tensor<'I>) (updates: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ScatterMax(x.Expr, indices.Expr, updates.Expr))

        /// The tensor with rows lowered to updates at indices of axis 0; those out of range are left out.
        let scatterMin (indices: Tensor<'I>) (updates: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ScatterMin(x.Expr, indices.Expr, updates.Expr))

        /// Sums of rows by segment: row i of x is added to row segments[i] of count rows.
        let segmentSum (count: int) (segments: Tensor<'I>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SegmentSum(x.Expr, segments.Expr, count))

        /// 1 at each index along a new last axis of this extent, 0 elsewhere; zeros for an index out of range.
        let oneHot (count: int) (indices: Tensor<'I>) : Tensor<'T> =
            Tensor<'T>(Tensors.OneHot(indices.Expr, count, DTypeOf<'T>.Value))
