namespace Adjoint

open Adjoint.Front

/// Joining, splitting, padding and repeating.
[<AutoOpen>]
module TensorJoining =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private untyped (parts: seq<Tensor<'T>>) = parts |> Seq.map _.Expr |> Array.ofSeq

        let private typed (parts: Expr[]) : Tensor<'T> list =
            parts |> Array.map (fun part -> Tensor<'T> part) |> List.ofArray

        /// Tensors one behind the other along an axis. ShapeException: extents of other axes differ, or there are no tensors.
        let concat (axis: int) (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.Concat(untyped parts, axis))

        /// Tensors of one shape along a new axis of the result. ShapeException: the shapes differ, or there are no tensors.
        let stack (axis: int) (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.Stack(untyped parts, axis))

        /// Equal parts along an axis. ShapeException: the axis doesn't divide into so many.
        let split (axis: int) (count: int) (x: Tensor<'T>) : Tensor<'T> list =
            typed (Tensors.Split(x.Expr, count, axis))

        /// Parts of these extents along an axis. ShapeException: they don't add up to the axis.
        let splitSizes (axis: int) (extents: int list) (x: Tensor<'T>) : Tensor<'T> list =
            typed (Tensors.Split(x.Expr, Array.ofList extents, axis))

        /// The slices along an axis, which goes.
        let unstack (axis: int) (x: Tensor<'T>) : Tensor<'T> list =
            let moved = Tensors.MoveAxis(x.Expr, axis, 0)

            [
                for i in 0 .. moved.Shape[0].Value - 1 -> Tensor<'T>(moved.Part [| Slice.At i |])
            ]

        /// A number before and after the elements along each axis: (low, high) widths; negative ones take away.
        let pad (widths: (int * int) list) (number: 'T) (x: Tensor<'T>) : Tensor<'T> =
            let pairs = [| for low, high in widths -> struct (low, high) |]
            Tensor<'T>(Tensors.Pad(x.Expr, pairs, Tensors.Full(Adjoint.Core.Shape.Scalar, Host.scalar number)))

        /// The tensor so many times along each axis.
        let tile (counts: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Tile(x.Expr, Array.ofList counts))

        /// Elements moved up along an axis; those that leave at the end come in at the start.
        let roll (axis: int) (distance: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Roll(x.Expr, distance, axis))

        /// Elements in reverse order along axes.
        let flip (axes: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Flip(x.Expr, Array.ofList axes))
