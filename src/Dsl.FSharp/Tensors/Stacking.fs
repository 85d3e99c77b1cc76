namespace Adjoint

open Adjoint.Front

/// What stands beyond the ends of an axis that is padded: `PadMode.Reflect`, `PadMode.Edge`...
type PadMode = Adjoint.Front.PadMode

/// Joining by the names of NumPy, uneven splits, repeats, turns, and padding with what a tensor itself has.
[<AutoOpen>]
module TensorStacking =

    [<RequireQualifiedAccess>]
    module Tensor =

        let private untyped (parts: seq<Tensor<'T>>) = [| for part in parts -> part.Expr |]

        let private typed (parts: Expr[]) : Tensor<'T> list =
            [ for part in parts -> Tensor<'T> part ]

        /// Tensors below each other, along axis 0; vectors become rows.
        let vstack (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.VStack(untyped parts))

        /// Tensors beside each other, along axis 1; vectors behind each other.
        let hstack (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.HStack(untyped parts))

        /// Tensors behind each other along axis 2, which vectors and matrices get.
        let dstack (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.DStack(untyped parts))

        /// Vectors as columns of a matrix; matrices beside them.
        let columnStack (parts: seq<Tensor<'T>>) : Tensor<'T> =
            Tensor<'T>(Tensors.ColumnStack(untyped parts))

        /// So many parts along an axis, as even as can be: the first ones are longer by one.
        let arraySplit (axis: int) (count: int) (x: Tensor<'T>) : Tensor<'T> list =
            typed (Tensors.ArraySplit(x.Expr, count, axis))

        /// The parts between places along an axis; places past the ends give empty parts.
        let splitAt (axis: int) (places: int list) (x: Tensor<'T>) : Tensor<'T> list =
            typed (Tensors.SplitAt(x.Expr, Array.ofList places, axis))

        /// Each slice along an axis so many times in a row.
        let repeat (axis: int) (count: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Repeat(x.Expr, count, axis))

        /// Each slice along an axis as many times in a row as its count says.
        let repeatEach (axis: int) (counts: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Repeat(x.Expr, Array.ofList counts, axis))

        /// Elements moved up along several axes, (axis, distance); those that leave at the end come in at the start.
        let rollOver (moves: (int * int) list) (x: Tensor<'T>) : Tensor<'T> =
            let axes, distances = List.unzip moves
            Tensor<'T>(Tensors.Roll(x.Expr, Array.ofList distances, Array.ofList axes))

        /// A quarter turn of the first two axes so many times, from the first towards the second.
        let rot90 (turns: int) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Rot90(x.Expr, turns))

        /// Without the slices at some indices of an axis.
        let delete (axis: int) (indices: int list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Delete(x.Expr, Array.ofList indices, axis))

        /// With slices put in before an index of an axis; the index may be the extent.
        let insert (axis: int) (index: int) (slices: Tensor<'T>) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Insert(x.Expr, index, slices.Expr, axis))

        /// More elements before and after those along each axis, (low, high), as NumPy's pad: `x |> Tensor.padWith PadMode.Reflect [ 1, 1 ]`.
        let padWith (mode: PadMode) (widths: (int * int) list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Pad(x.Expr, [| for low, high in widths -> struct (low, high) |], mode))

        /// Padding that goes evenly from the elements at the ends to a number, which stands outermost.
        let padRamp (number: float) (widths: (int * int) list) (x: Tensor<'T>) : Tensor<'T> =
            Tensor<'T>(Tensors.Pad(x.Expr, [| for low, high in widths -> struct (low, high) |], PadMode.LinearRamp, number))
