/// Reductions, orders and running results at ties, NaN, infinities, zeros and emptiness, as docs/semantics.md states them.
module Adjoint.Properties.ReductionTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

let private first = Axes 0
let private none = NDArray.New(DType.F64, Shape.Of 0)

let private reducing =
    testList
        "reductions"
        [
            testCase "max and min propagate NaN, and have no value of nothing" (fun () ->
                for reduce in [ Ops.ReduceMax; Ops.ReduceMin ] do
                    one (fun x -> reduce (x, first))
                    |> gives (NDArray.Scalar nan) [ numbers [ 1.0; nan; 2.0 ] ]

                    throwsNaming<TypeRuleException, _> "no elements along axes [0] of f64[0]" (fun () ->
                        graphOf [ none ] (one (fun x -> reduce (x, first)))))

            testCase "the gradient of max and min splits evenly at ties" (fun () ->
                let x = [ numbers [ 3.0; 1.0; 3.0; 1.0 ] ]
                one (fun x -> Ops.ReduceMax(x, first)) |> hasSlope [ 0.5; 0.0; 0.5; 0.0 ] x
                one (fun x -> Ops.ReduceMin(x, first)) |> hasSlope [ 0.0; 0.5; 0.0; 0.5 ] x)

            testCase "products have every derivative at zeros" (fun () ->
                let product = one (fun x -> Ops.ReduceProd(x, first))
                product |> hasSlope [ 6.0; 0.0; 0.0 ] [ numbers [ 0.0; 2.0; 3.0 ] ]
                product |> hasSlope [ 0.0; 0.0; 0.0 ] [ numbers [ 0.0; 0.0; 3.0 ] ]
                let second = slopeOfOrder 2 [ numbers [ 0.0; 0.0; 3.0 ] ] product
                Expect.equal (elements second) (elements (numbers [ 3.0; 3.0; 0.0 ])) "sums of the rows of the Hessian")

            testCase "products, and, or of nothing" (fun () ->
                let bools = NDArray.New(DType.Bool, Shape.Of 0)
                one (fun x -> Ops.ReduceProd(x, first)) |> gives (NDArray.Scalar 1.0) [ none ]
                one (fun x -> Ops.ReduceAnd(x, first)) |> gives (NDArray.Scalar true) [ bools ]
                one (fun x -> Ops.ReduceOr(x, first)) |> gives (NDArray.Scalar false) [ bools ])

            testCase "argmax and argmin take the first at ties, and NaN before all" (fun () ->
                let both expected x =
                    one (fun x -> Ops.ArgMax(x, 0))
                    |> gives (NDArray.Scalar(fst expected: int64)) [ numbers x ]

                    one (fun x -> Ops.ArgMin(x, 0))
                    |> gives (NDArray.Scalar(snd expected: int64)) [ numbers x ]

                both (1L, 0L) [ 1.0; 3.0; 1.0; 3.0 ]
                both (2L, 2L) [ 1.0; 3.0; nan; 5.0; nan ])
        ]

let private ordering =
    testList
        "orders"
        [
            testCase "sort is stable and NaN is last, in both directions" (fun () ->
                let keys = numbers [ nan; 1.0; -0.0; 0.0; infinity; 1.0 ]
                let payload = numbers [ 0.0; 1.0; 2.0; 3.0; 4.0; 5.0 ]

                let order descending =
                    two (fun (x, y) -> Ops.Sort(0, descending, x, y)[1])

                order false
                |> gives (numbers [ 2.0; 3.0; 1.0; 5.0; 4.0; 0.0 ]) [ keys; payload ]

                order true |> gives (numbers [ 4.0; 1.0; 5.0; 2.0; 3.0; 0.0 ]) [ keys; payload ])

            testCase "a gradient goes through sort to where an element came from" (fun () ->
                let weighted (x: Value list) =
                    Ops.Mul(Ops.Sort(0, false, x[0])[0], x[1])

                let gradient = (slopes [ numbers [ 3.0; 1.0; 2.0 ]; numbers [ 10.0; 20.0; 30.0 ] ] weighted).Head

                Expect.equal (elements gradient) (elements (numbers [ 30.0; 10.0; 20.0 ])) "gradient")

            testCase "topK takes equal elements in order of index, and NaN as the largest" (fun () ->
                let x = [ numbers [ 2.0; 5.0; nan; 5.0 ] ]

                one (fun x -> (Ops.TopK(x, 3).ToTuple() |> fst))
                |> gives (numbers [ nan; 5.0; 5.0 ]) x

                one (fun x -> (Ops.TopK(x, 3).ToTuple() |> snd))
                |> gives (NDArray.Vector(2, 1, 3)) x)
        ]

let private running =
    testList
        "running results"
        [
            testCase "from either end" (fun () ->
                let x = [ numbers [ 1.0; 2.0; 3.0 ] ]
                one (fun x -> Ops.CumSum(x, 0)) |> gives (numbers [ 1.0; 3.0; 6.0 ]) x
                one (fun x -> Ops.CumSum(x, 0, true)) |> gives (numbers [ 6.0; 5.0; 3.0 ]) x
                one (fun x -> Ops.CumProd(x, 0, true)) |> gives (numbers [ 6.0; 6.0; 3.0 ]) x)

            testCase "NaN stays from where it came" (fun () ->
                for running in [ (fun x -> Ops.CumMax(x, 0)); (fun x -> Ops.CumMin(x, 0)) ] do
                    one running |> gives (numbers [ 1.0; nan; nan ]) [ numbers [ 1.0; nan; 0.0 ] ])

            testCase "the gradient of a running extremum goes to the first that attains it" (fun () ->
                one (fun x -> Ops.CumMax(x, 0))
                |> hasSlope [ 3.0; 0.0; 0.0 ] [ numbers [ 2.0; 2.0; 1.0 ] ]

                one (fun x -> Ops.CumMin(x, 0, true))
                |> hasSlope [ 0.0; 0.0; 3.0 ] [ numbers [ 2.0; 3.0; 2.0 ] ])

            testCase "the gradient of a running product is right at zero" (fun () ->
                one (fun x -> Ops.CumProd(x, 0))
                |> hasSlope [ 1.0; 8.0; 0.0 ] [ numbers [ 2.0; 0.0; 3.0 ] ])

            testCase "logsumexp neither overflows nor makes NaN of minus infinity" (fun () ->
                let x = [ numbers [ -infinity; -infinity; 1000.0; 1000.0 ] ]
                let running = one (fun x -> Ops.CumLogSumExp(x, 0))
                running |> gives (numbers [ -infinity; -infinity; 1000.0; 1000.0 + log 2.0 ]) x
                let gradient = (slopes x running).Head.ToDoubles()

                for actual, expected in Seq.zip gradient [ 0.0; 0.0; 1.5; 0.5 ] do
                    Expect.floatClose Accuracy.veryHigh actual expected "gradient")
        ]

[<Tests>]
let tests = testList "reductions" [ reducing; ordering; running ]
