/// NaN, infinities, ties and zeros in what depends on order, for every dtype, as docs/semantics.md states it.
module Adjoint.Properties.Semantics.OrderEdges

open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Properties.Semantics.Everywhere

let private one (f: Expr -> Expr) (x: Expr[]) = f x[0]
let private two (f: Expr -> Expr -> Expr) (x: Expr[]) = f x[0] x[1]

let private scalar dtype (number: float) =
    NDArray.Full(Shape.Scalar, Scalar.Of(dtype, number))

let private indices (items: int64 list) = NDArray.Vector(List.toArray items)

let private extrema =
    [
        forEach floating "max and min of two propagate NaN from either side, and 0 is above -0" (fun dtype ->
            let x, y = vector dtype [ nan; 1.0; 0.0; -0.0 ], vector dtype [ 1.0; nan; -0.0; 0.0 ]
            everywhere (two (fun x y -> x.Maximum y)) [ x; y ] (vector dtype [ nan; nan; 0.0; 0.0 ])
            everywhere (two (fun x y -> x.Minimum y)) [ x; y ] (vector dtype [ nan; nan; -0.0; -0.0 ]))

        forEach floating "reductions, running results and windows of extrema propagate NaN" (fun dtype ->
            let x = vector dtype [ 1.0; nan; infinity; -infinity ]
            everywhere (one _.Max()) [ x ] (scalar dtype nan)
            everywhere (one _.Min()) [ x ] (scalar dtype nan)
            everywhere (one _.CumMax()) [ x ] (vector dtype [ 1.0; nan; nan; nan ])
            everywhere (one _.CumMin()) [ x ] (vector dtype [ 1.0; nan; nan; nan ])
            everywhere (one (fun x -> x.MaxPool([ 2 ], [ 2 ]))) [ x ] (vector dtype [ nan; infinity ]))

        forEach floating "argmax and argmin give the first NaN" (fun dtype ->
            let x = vector dtype [ 1.0; nan; infinity; nan ]
            everywhere (one _.ArgMax()) [ x ] (NDArray.Scalar 1L)
            everywhere (one _.ArgMin()) [ x ] (NDArray.Scalar 1L))

        forEach (floating @ integers) "argmax and argmin give the first of equals" (fun dtype ->
            let x = vector dtype [ 2.0; 5.0; 1.0; 5.0; 1.0 ]
            everywhere (one _.ArgMax()) [ x ] (NDArray.Scalar 1L)
            everywhere (one _.ArgMin()) [ x ] (NDArray.Scalar 2L))
    ]

let private sorting =
    [
        forEach floating "sort puts NaN last in both directions, infinities where they belong" (fun dtype ->
            let x = vector dtype [ nan; 1.0; infinity; -infinity; nan; 0.0 ]
            everywhere (one _.Sort()) [ x ] (vector dtype [ -infinity; 0.0; 1.0; infinity; nan; nan ])
            everywhere (one (fun x -> x.Sort(-1, true))) [ x ] (vector dtype [ infinity; 1.0; 0.0; -infinity; nan; nan ]))

        forEach (floating @ integers) "sort is stable in both directions" (fun dtype ->
            let x = vector dtype [ 2.0; 1.0; 2.0; 1.0; 2.0 ]
            everywhere (one _.ArgSort()) [ x ] (indices [ 1L; 3L; 0L; 2L; 4L ])
            everywhere (one (fun x -> x.ArgSort(-1, true))) [ x ] (indices [ 0L; 2L; 4L; 1L; 3L ]))

        forEach floating "sort leaves 0 and -0 in their order, for they are equal" (fun dtype ->
            let x = vector dtype [ 0.0; -0.0; 0.0; -0.0 ]
            everywhere (one _.Sort()) [ x ] x
            everywhere (one (fun x -> x.Sort(-1, true))) [ x ] x)

        testCase "bools sort with false first" (fun () ->
            everywhere (one _.Sort()) [ vector DType.Bool [ 1.0; 0.0; 1.0; 0.0 ] ] (vector DType.Bool [ 0.0; 0.0; 1.0; 1.0 ]))

        forEach floating "topK counts NaN as the largest number" (fun dtype ->
            let values (x: Expr) =
                let struct (values, _) = x.TopK 3
                values

            everywhere (one values) [ vector dtype [ 1.0; nan; infinity; 2.0 ] ] (vector dtype [ nan; infinity; 2.0 ]))

        forEach complex "complex numbers have no order" (fun dtype ->
            let x: Expr = Expr.Of(NDArray.New(dtype, Shape.Of 2))

            for f in
                [
                    (fun (x: Expr) -> x.Sort())
                    _.Max()
                    _.ArgMax()
                    (fun x -> x.Maximum x)
                    (fun x -> x.Less x)
                ] do
                Expect.throws (fun () -> f x |> ignore) "an error when the graph is built")
    ]

let private comparisons =
    [
        forEach floating "with NaN every comparison is false, but 'not equal' is true" (fun dtype ->
            let x = [ vector dtype [ nan; nan; 1.0 ]; vector dtype [ nan; 1.0; nan ] ]
            let none, all = vector DType.Bool [ 0.0; 0.0; 0.0 ], vector DType.Bool [ 1.0; 1.0; 1.0 ]
            everywhere (two (fun x y -> x.Equal y)) x none
            everywhere (two (fun x y -> x.Less y)) x none
            everywhere (two (fun x y -> x.LessOrEqual y)) x none
            everywhere (two (fun x y -> x.Greater y)) x none
            everywhere (two (fun x y -> x.GreaterOrEqual y)) x none
            everywhere (two (fun x y -> x.NotEqual y)) x all)

        forEach floating "0 and -0 are equal" (fun dtype ->
            everywhere (two (fun x y -> x.Equal y)) [ vector dtype [ 0.0 ]; vector dtype [ -0.0 ] ] (vector DType.Bool [ 1.0 ]))

        forEach unsigned "unsigned numbers are compared without sign" (fun dtype ->
            let _, largest = limits dtype
            everywhere (two (fun x y -> x.Greater y)) [ single largest; vector dtype [ 1.0 ] ] (vector DType.Bool [ 1.0 ])
            everywhere (two (fun x y -> x.Maximum y)) [ single largest; vector dtype [ 1.0 ] ] (single largest))

        forEach floating "round goes to even at ties, and keeps the sign of zero" (fun dtype ->
            let x = vector dtype [ 0.5; 1.5; -0.5; -2.5; nan; infinity ]
            everywhere (one _.Round()) [ x ] (vector dtype [ 0.0; 2.0; -0.0; -2.0; nan; infinity ])
            everywhere (one _.RoundHalfAway()) [ x ] (vector dtype [ 1.0; 2.0; -1.0; -3.0; nan; infinity ]))

        forEach floating "the sign of zero is that zero, of NaN it is NaN" (fun dtype ->
            let x = vector dtype [ 0.0; -0.0; nan; -infinity ]
            everywhere (one _.Sign()) [ x ] (vector dtype [ 0.0; -0.0; nan; -1.0 ]))
    ]

[<Tests>]
let tests = testList "semantics: order" (extrema @ sorting @ comparisons)
