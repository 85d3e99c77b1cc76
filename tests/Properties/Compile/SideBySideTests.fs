/// Windows that lie side by side, and sums of parts that do.
module Adjoint.Properties.Compile.SideBySideTests

open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private numbers = matrix [ [ -0.0; 0.0 ]; [ nan; -infinity ]; [ 1.0; -2.5 ] ]

/// [3, 2] with zeros before and after it in the columns.
let private padded (zero: float) before after (x: Value) =
    Ops.Pad(x, constant zero, Ints [| 0; before |], Ints [| 0; after |], Ints [| 0; 0 |])

let private sum (values: Value list) =
    List.reduce (fun x y -> Ops.Add(x, y)) values

let private joins name (zeros: float list) parts =
    testCase name (fun () ->
        let traced =
            graph [ f64 [ 3; 2 ]; f64 [ 3; 2 ] ] (fun v ->
                let full = Ops.Full(Shape.Of(3, 4), Scalar.Of(DType.F64, zeros[0]))
                [ sum (full :: parts zeros v) ])

        let after = passed "simplify" traced [ numbers; numbers ]
        Expect.stringContains (names after) "concatenate" "side by side"
        Expect.isFalse ((names after).Contains "pad") "no padding is left")

let private parts =
    testList
        "parts"
        [
            for first in [ 0.0; -0.0 ] do
                for second in [ 0.0; -0.0 ] do
                    for third in [ 0.0; -0.0 ] do
                        joins $"side by side, zeros {first}, {second}, {third}" [ first; second; third ] (fun zeros v ->
                            [ padded zeros[1] 0 2 v[0]; padded zeros[2] 2 0 v[1] ])

                        joins $"in any order, zeros {first}, {second}, {third}" [ first; second; third ] (fun zeros v ->
                            [ padded zeros[1] 2 0 v[0]; padded zeros[2] 0 2 v[1] ])

            testCase "parts that overlap, leave a gap or stand in something else than zeros stay" (fun () ->
                for first, second, zero in [ (0, 2), (1, 1), 0.0; (0, 3), (3, 0), 0.0; (0, 2), (2, 0), 1.0 ] do
                    let traced =
                        graph [ f64 [ 3; 2 ]; f64 [ 3; 2 ] ] (fun v ->
                            [
                                Ops.Add(padded zero (fst first) (snd first) v[0], padded zero (fst second) (snd second) v[1])
                            ])

                    let after = passed "simplify" traced [ numbers; numbers ]
                    Expect.isFalse ((names after).Contains "concatenate") "stays")
        ]

let private window extents strides low high =
    Ints(Array.ofList extents), Ints(Array.ofList strides), Ints(Array.ofList low), Ints(Array.ofList high)

let private image =
    NDArray.Of<float>(Shape.Of(2, 5, 6), System.ReadOnlySpan [| for i in 0..59 -> sin (float (i * i)) |])

let private opened name (make: Value -> Value) isOpened =
    testCase name (fun () ->
        let traced = graph [ f64 [ 2; 5; 6 ] ] (fun v -> [ make v[0] ])
        let after = (pass "open_windows").Apply.Invoke traced
        Expect.equal ((names after).Contains "window") (not isOpened) (names after)
        // Sums of up to 12 numbers below 1.
        let x, y = run traced [ image ], run after [ image ]

        for x, y in List.zip x y do
            let gaps =
                Array.map2 (fun a b -> abs (a - b)) ((x :?> NDArray).ToDoubles()) ((y :?> NDArray).ToDoubles())

            Expect.isLessThan (Array.max gaps) 1e-14 "values")

let private windowSum (extents, strides, low, high) (x: Value) =
    Ops.WindowSum(x, extents, strides, low, high)

let private windowMax (extents, strides, low, high) (x: Value) =
    make (WindowMax(extents, strides, low, high, Ints [| 1; 1; 1 |])) [ x ]
    |> List.exactlyOne

let private windows =
    testList
        "windows"
        [
            let open' = window [ 1; 2; 3 ] [ 1; 2; 3 ] [ 0; 0; 0 ] [ 0; 0; 0 ]
            opened "sums side by side" (windowSum open') true
            opened "maxima side by side" (windowMax open') true
            opened "over all axes" (windowSum (window [ 2; 2; 2 ] [ 2; 2; 2 ] [ 0; 0; 0 ] [ 0; 0; 0 ])) true
            opened "that overlap" (windowMax (window [ 1; 2; 3 ] [ 1; 1; 3 ] [ 0; 0; 0 ] [ 0; 0; 0 ])) false
            opened "with padding" (windowSum (window [ 1; 2; 2 ] [ 1; 2; 2 ] [ 0; 1; 0 ] [ 0; 0; 0 ])) false
            opened "of many elements" (windowSum (window [ 1; 5; 6 ] [ 1; 5; 6 ] [ 0; 0; 0 ] [ 0; 0; 0 ])) false
        ]

/// A row of one image has the index 0 in each shape that it is read in.
let private oneImage =
    testCase "the mean over the pixels of one image is compiled" (fun () ->
        let types = [ TensorType.Of(DType.F32, 1, 40, 6, 6); TensorType.Of(DType.F32, 1, 40, 6, 6) ]

        let traced =
            GraphBuilder.Build(types, System.Func<Expr[], Expr[]>(fun x -> [| Nn.GlobalAvgPool((x[0] + x[1]).Relu()) |]))

        let ones = NDArray.Of<float32>(Shape.Of(1, 40, 6, 6), System.ReadOnlySpan(Array.create 1440 0.5f))
        let mean = Executable.Compile(traced).Run(ones, ones)[0]
        Expect.equal (mean.ToDoubles()) (Array.create 40 1.0) "means")

[<Tests>]
let tests = testList "side by side" [ parts; windows; oneImage ]
