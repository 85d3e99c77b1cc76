/// Empty data and indices out of range, for every dtype, as docs/semantics.md states them.
module Adjoint.Properties.Semantics.RangeEdges

open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Primitives
open Adjoint.Properties.Semantics.Everywhere

let private one (f: Expr -> Expr) (x: Expr[]) = f x[0]
let private two (f: Expr -> Expr -> Expr) (x: Expr[]) = f x[0] x[1]
let private three (f: Expr -> Expr -> Expr -> Expr) (x: Expr[]) = f x[0] x[1] x[2]
let private numeric = floating @ integers @ complex
let private empty dtype = NDArray.New(dtype, Shape.Of 0)

let private scalar dtype (number: float) =
    NDArray.Full(Shape.Scalar, Scalar.Of(dtype, number))

let private nothing =
    [
        forEach numeric "a sum of nothing is 0, a product 1" (fun dtype ->
            everywhere (one _.Sum()) [ empty dtype ] (scalar dtype 0.0)
            everywhere (one _.Prod()) [ empty dtype ] (scalar dtype 1.0))

        testCase "'all' of nothing is true, 'any' false" (fun () ->
            everywhere (one _.All()) [ empty DType.Bool ] (NDArray.Scalar true)
            everywhere (one _.Any()) [ empty DType.Bool ] (NDArray.Scalar false))

        forEach (floating @ integers) "an extremum of nothing is an error when the graph is built" (fun dtype ->
            let x = Expr.Of(empty dtype)

            for f in [ (fun (x: Expr) -> x.Max()); _.Min(); _.ArgMax(); _.ArgMin() ] do
                Expect.throwsT<TypeRuleException> (fun () -> f x |> ignore) "no elements")

        forEach floating "a mean over nothing is NaN" (fun dtype -> everywhere (one _.Mean()) [ empty dtype ] (scalar dtype nan))

        forEach numeric "what is sorted, summed up, joined or multiplied of nothing is nothing, or zeros" (fun dtype ->
            if not (dtype.IsComplex()) then
                everywhere (one _.Sort()) [ empty dtype ] (empty dtype)

            everywhere (one _.CumSum()) [ empty dtype ] (empty dtype)
            everywhere (one (fun x -> Tensors.Concat [ x; x ])) [ empty dtype ] (empty dtype)

            everywhere (one (fun x -> x.Reshape(2, 0).MatMul(x.Reshape(0, 3)))) [ empty dtype ] (NDArray.New(dtype, Shape.Of(2, 3))))

        testCase "loops over nothing give their start, and results of leading extent 0" (fun () ->
            let step =
                System.Func<Expr, Expr, struct (Expr * Expr)>(fun state slice -> struct (state + slice, slice * 2.0))

            let struct (state, results) = Flow.Scan(step, Expr.Scalar 3.0, Expr.Of(empty DType.F64))
            Expect.equal (state.Item<float>()) 3.0 "the state"
            Expect.equal (results.ToArray<float>()) [||] "the results"
            let add = System.Func<Expr, Expr, Expr>(fun _ x -> x + 1.0)
            let repeated = Flow.Repeat(Expr.Scalar 0L, add, Expr.Scalar 3.0)
            Expect.equal (repeated.Item<float>()) 3.0 "the start")

        testCase "vmap over no lanes gives no lanes" (fun () ->
            let f = Differential.Vmap((fun (x: Expr) -> x.Sin() * 2.0), 0, 0)
            Expect.equal ((f.Invoke(Expr.Of(empty DType.F64))).ToArray<float>()) [||] "lanes")
    ]

let private index (items: float list) = vector DType.I64 items

let private outside =
    [
        forEach numeric "gather moves an index into range, reads zero, or refuses, as it is asked" (fun dtype ->
            let x = vector dtype [ 1.0; 2.0; 3.0 ]
            let at = index [ -5.0; 0.0; 7.0 ]
            everywhere (two (fun x i -> x.Take i)) [ x; at ] (vector dtype [ 1.0; 1.0; 3.0 ])
            everywhere (two (fun x i -> x.Take(i, 0, OutOfRange.Drop))) [ x; at ] (vector dtype [ 0.0; 1.0; 0.0 ])
            failsEverywhere<DomainException> "index -5" (two (fun x i -> x.Take(i, 0, OutOfRange.Check))) [ x; at ])

        forEach numeric "scatter leaves out an update out of range, or moves it, or refuses" (fun dtype ->
            let x, at, updates =
                vector dtype [ 1.0; 2.0; 3.0 ], index [ -1.0; 1.0; 3.0 ], vector dtype [ 7.0; 8.0; 9.0 ]

            everywhere (three (fun x i u -> x.ScatterSet(i, u))) [ x; at; updates ] (vector dtype [ 1.0; 8.0; 3.0 ])

            everywhere (three (fun x i u -> x.ScatterSet(i, u, 0, OutOfRange.Clamp))) [ x; at; updates ] (vector dtype [ 7.0; 8.0; 9.0 ])

            failsEverywhere<DomainException> "index -1" (three (fun x i u -> x.ScatterSet(i, u, 0, OutOfRange.Check))) [ x; at; updates ])

        forEach (floating @ integers) "several updates of one element: the last stays, or all are joined" (fun dtype ->
            let x, at, updates = vector dtype [ 4.0; 4.0 ], index [ 1.0; 1.0; 1.0 ], vector dtype [ 3.0; 6.0; 5.0 ]
            everywhere (three (fun x i u -> x.ScatterSet(i, u))) [ x; at; updates ] (vector dtype [ 4.0; 5.0 ])
            everywhere (three (fun x i u -> x.ScatterAdd(i, u))) [ x; at; updates ] (vector dtype [ 4.0; 18.0 ])
            everywhere (three (fun x i u -> x.ScatterMax(i, u))) [ x; at; updates ] (vector dtype [ 4.0; 6.0 ])
            everywhere (three (fun x i u -> x.ScatterMin(i, u))) [ x; at; updates ] (vector dtype [ 4.0; 3.0 ]))

        testCase "x[i]: a computed index out of range is an error that names index, axis and extent" (fun () ->
            for i in [ -1.0; 3.0 ] do
                failsEverywhere<DomainException>
                    $"index {i}"
                    (two (fun x i -> x[[| Slice.At(i.Reshape Shape.Scalar) |]]))
                    [ vector DType.F64 [ 1.0; 2.0; 3.0 ]; index [ i ] ])

        testCase "x[i]: a known index counts from the end where it is negative, and is checked when the graph is built" (fun () ->
            everywhere (one (fun x -> x[[| Slice.At -1 |]])) [ vector DType.F64 [ 1.0; 2.0 ] ] (NDArray.Scalar 2.0)

            Expect.throws (fun () -> (Expr.Of [| 1.0; 2.0 |])[[| Slice.At 2 |]] |> ignore) "index 2 of extent 2")

        testCase "indices of every integer dtype are read as they are" (fun () ->
            for dtype in integers do
                everywhere
                    (two (fun x i -> x.Take i))
                    [ vector DType.F64 [ 5.0; 6.0 ]; vector dtype [ 1.0; 0.0 ] ]
                    (vector DType.F64 [ 6.0; 5.0 ]))

        testCase "switch clamps its index" (fun () ->
            let branches =
                [
                    System.Func<Expr, Expr>(fun x -> x + 1.0)
                    System.Func<Expr, Expr>(fun x -> x + 2.0)
                ]

            for i, expected in [ -3.0, 1.0; 9.0, 2.0 ] do
                everywhere
                    (two (fun x i -> Flow.Switch(i.Reshape Shape.Scalar, branches, x)))
                    [ vector DType.F64 [ 0.0 ]; index [ i ] ]
                    (vector DType.F64 [ expected ]))
    ]

[<Tests>]
let tests = testList "semantics: empty data and ranges" (nothing @ outside)
