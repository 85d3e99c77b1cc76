namespace Adjoint

open Adjoint.Core
open Adjoint.Front

/// What is taken along one axis, for `Tensor.slice`: `Slice.At 0`, `Slice.Of(0, 10, 2)`, `Slice.All`, `Slice.Ellipsis`, `Slice.NewAxis`.
type Slice = Adjoint.Front.Slice

/// F#'s slices: `x[0]`, `x[1..3, *]`, `x[i]` with a traced i. Axes that aren't named are whole.
/// As everywhere in F#, both ends of a range are included and an end past the axis is the axis' end.
/// ShapeException: an index is out of range, or there are more slices than axes.
[<AutoOpen>]
module Slicing =

    /// A range as F# writes it: both ends included, and 0 .. -1 is empty.
    let private range (low: int option) (high: int option) =
        if Option.exists ((>) 0) low || Option.exists ((>) -1) high then
            let text bound =
                bound |> Option.map string |> Option.defaultValue ""

            raise (
                Located.Here(
                    ShapeException
                        $"slice: the range {text low}..{text high} starts or ends below 0. Use Tensor.slice with Slice.Of(-2, null) to count from the end."
                )
            )

        Slice.Of(Option.toNullable low, high |> Option.map ((+) 1) |> Option.toNullable)

    let private part (x: Tensor<'T>) ([<System.ParamArray>] slices: Slice[]) = Tensor<'T>(x.Expr.Part slices)

    type Adjoint.Front.Slice with

        /// The slice at an index that is known when it runs, from 0: an integer of rank 0. The axis goes.
        static member At(index: Tensor<int>) : Slice = Slice.At index.Expr

        /// The slice at an index that is known when it runs, from 0: an integer of rank 0. The axis goes.
        static member At(index: Tensor<int64>) : Slice = Slice.At index.Expr

    type Tensor<'T when 'T: struct> with

        /// The index that `^offset` stands for: ^0 is the last.
        member x.GetReverseIndex(axis: int, offset: int) = x.Expr.Shape[axis].Value - 1 - offset

        /// The part at an index of axis 0, which goes; a negative one counts from the end.
        member x.Item
            with get (i1: int): Tensor<'T> = part x [| Slice.At i1 |]

        /// The part at indices of the first 2 axes, which go.
        member x.Item
            with get (i1: int, i2: int): Tensor<'T> = part x [| Slice.At i1; Slice.At i2 |]

        /// The part at indices of the first 3 axes, which go.
        member x.Item
            with get (i1: int, i2: int, i3: int): Tensor<'T> = part x [| Slice.At i1; Slice.At i2; Slice.At i3 |]

        /// The part at indices of the first 4 axes, which go.
        member x.Item
            with get (i1: int, i2: int, i3: int, i4: int): Tensor<'T> = part x [| Slice.At i1; Slice.At i2; Slice.At i3; Slice.At i4 |]

        /// The part at an index of axis 0 that is known when it runs, from 0: a tensor of rank 0. See `Tensor.take` for many.
        member x.Item
            with get (i: Tensor<int>): Tensor<'T> = part x [| Slice.At i.Expr |]

        /// The part at an index of axis 0 that is known when it runs, from 0: a tensor of rank 0. See `Tensor.take` for many.
        member x.Item
            with get (i: Tensor<int64>): Tensor<'T> = part x [| Slice.At i.Expr |]

        /// A mask is no index: how many elements it chooses is not known while a function is traced. Always a ShapeException, which names
        /// what to use instead: `Tensor.where` and `Tensor.keepWhere` keep the shape, `Tensor.compress` takes a bound on the number.
        member x.Item
            with get (mask: Tensor<bool>): Tensor<'T> = part x [| Slice.At mask.Expr |]

        /// Slices along axis 0.
        member x.GetSlice(l1: int option, h1: int option) : Tensor<'T> = part x [| range l1 h1 |]

        /// Slices along the first 2 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, l2: int option, h2: int option) : Tensor<'T> =
            part x [| range l1 h1; range l2 h2 |]

        /// Slices along the first 2 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int) : Tensor<'T> = part x [| range l1 h1; Slice.At i2 |]

        /// Slices along the first 2 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option) : Tensor<'T> = part x [| Slice.At i1; range l2 h2 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, l2: int option, h2: int option, l3: int option, h3: int option) : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; range l3 h3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, l2: int option, h2: int option, i3: int) : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; Slice.At i3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int, l3: int option, h3: int option) : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; range l3 h3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int, i3: int) : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; Slice.At i3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option, l3: int option, h3: int option) : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; range l3 h3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option, i3: int) : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; Slice.At i3 |]

        /// Slices along the first 3 axes; an index takes its axis away.
        member x.GetSlice(i1: int, i2: int, l3: int option, h3: int option) : Tensor<'T> =
            part x [| Slice.At i1; Slice.At i2; range l3 h3 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice
            (l1: int option, h1: int option, l2: int option, h2: int option, l3: int option, h3: int option, l4: int option, h4: int option)
            : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; range l3 h3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice
            (l1: int option, h1: int option, l2: int option, h2: int option, l3: int option, h3: int option, i4: int)
            : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; range l3 h3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice
            (l1: int option, h1: int option, l2: int option, h2: int option, i3: int, l4: int option, h4: int option)
            : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; Slice.At i3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, l2: int option, h2: int option, i3: int, i4: int) : Tensor<'T> =
            part x [| range l1 h1; range l2 h2; Slice.At i3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice
            (l1: int option, h1: int option, i2: int, l3: int option, h3: int option, l4: int option, h4: int option)
            : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; range l3 h3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int, l3: int option, h3: int option, i4: int) : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; range l3 h3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int, i3: int, l4: int option, h4: int option) : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; Slice.At i3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(l1: int option, h1: int option, i2: int, i3: int, i4: int) : Tensor<'T> =
            part x [| range l1 h1; Slice.At i2; Slice.At i3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice
            (i1: int, l2: int option, h2: int option, l3: int option, h3: int option, l4: int option, h4: int option)
            : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; range l3 h3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option, l3: int option, h3: int option, i4: int) : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; range l3 h3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option, i3: int, l4: int option, h4: int option) : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; Slice.At i3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, l2: int option, h2: int option, i3: int, i4: int) : Tensor<'T> =
            part x [| Slice.At i1; range l2 h2; Slice.At i3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, i2: int, l3: int option, h3: int option, l4: int option, h4: int option) : Tensor<'T> =
            part x [| Slice.At i1; Slice.At i2; range l3 h3; range l4 h4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, i2: int, l3: int option, h3: int option, i4: int) : Tensor<'T> =
            part x [| Slice.At i1; Slice.At i2; range l3 h3; Slice.At i4 |]

        /// Slices along the first 4 axes; an index takes its axis away.
        member x.GetSlice(i1: int, i2: int, i3: int, l4: int option, h4: int option) : Tensor<'T> =
            part x [| Slice.At i1; Slice.At i2; Slice.At i3; range l4 h4 |]
