namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// The same elements under other shapes. Axes may be negative: -1 is the last.
[<AutoOpen>]
module TensorShaping =

    [<RequireQualifiedAccess>]
    module Tensor =

        /// The same elements in row-major order under another shape; one extent may be -1 and is found.
        /// ShapeException: the number of elements differs.
        let reshape (shape: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Reshape(x.Expr, Array.ofList shape))

        /// All axes become one.
        let flatten (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Flatten x.Expr)

        /// Axes from first to last become one: `flattenFrom 1` keeps a batch axis in front.
        let flattenFrom (first: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Flatten(x.Expr, first))

        /// Without its axes of extent 1.
        let squeeze (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Squeeze x.Expr)

        /// Without an axis, whose extent is 1. ShapeException: it is not.
        let squeezeAxis (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Squeeze(x.Expr, axis))

        /// With a new axis of extent 1 at this place of the result.
        let expandDims (axis: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.ExpandDims(x.Expr, axis))

        /// The last two axes exchanged. ShapeException: there are fewer than two.
        let transpose (x: Tensor<'T>) : Tensor<'T> = Tensor<'T>(Tensors.Transpose x.Expr)

        /// Axes in another order: axis i of the result is axis order[i] of x.
        let permute (order: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Permute(x.Expr, Array.ofList order))

        /// Two axes exchanged.
        let swapAxes (first: int) (second: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.SwapAxes(x.Expr, first, second))

        /// One axis moved to another place; the others keep their order.
        let moveAxis (source: int) (target: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.MoveAxis(x.Expr, source, target))

        /// Repeated to a shape by NumPy's rules. ShapeException: an extent is neither the shape's nor 1.
        let broadcastTo (shape: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.BroadcastTo(x.Expr, Array.ofList shape))
