/// Tensor<'T>: operators, slices, conversions and print.
module Adjoint.LibraryTests.DslTensorTests

open Expecto
open FsCheck
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

let private block: Tensor<float> = Tensor.ofSeq [ 2; 3; 4 ] (Seq.init 24 float)

let private operators =
    testList
        "operators"
        [
            testCase "numbers stand on both sides, in the tensor's own type" (fun () ->
                let x = vector [ 1.0; -2.0 ]
                same [ 3.0; -3.0 ] (2.0 * x + 1.0) "f64"
                same [ 0.0; 3.0 ] (1.0 - x) "from the left"
                same [ 0.5; -1.0 ] (x / 2.0) "quotient"
                same [ 1.0; 4.0 ] (x ** 2.0) "power"
                same [ -1.0; 2.0 ] -x "negation"
                Expect.sequenceEqual (Tensor.toArray (2.0f * Tensor.vector [ 1.0f; 2.0f ] + 1.0f)) [ 3.0f; 5.0f ] "f32"
                Expect.sequenceEqual (Tensor.toArray (7 / Tensor.vector [ 2; -3 ] % 2)) [ 1; 0 ] "i32"
                Expect.sequenceEqual (Tensor.toArray (pown (Tensor.vector [ 2; 3 ]) 3)) [ 8; 27 ] "pown"
                same [ 2.0; -4.0 ] (List.sum [ x; x ]) "List.sum")

            testCase "comparisons and logic give bools" (fun () ->
                let x, y = vector [ 1.0; 2.0; 3.0 ], vector [ 3.0; 2.0; 1.0 ]

                let holds (expected: bool list) (actual: Tensor<bool>) =
                    Expect.sequenceEqual (Tensor.toArray actual) expected "bools"

                holds [ true; false; false ] (x .< y)
                holds [ true; true; false ] (x .<= 2.0)
                holds [ false; false; true ] (x .> y)
                holds [ false; true; true ] (x .>= 2.0)
                holds [ false; true; false ] (x .= y)
                holds [ true; false; true ] (x .<> y)
                holds [ false; false; true ] ((x .> y) &&& ~~~(x .= 2.0))
                holds [ true; true; true ] ((x .< y) ||| (x .>= y))
                same [ 1.0; 2.0; 1.0 ] (Tensor.where (x .< y) x y) "where")

            testCase "F#'s own functions" (fun () ->
                let generic x = tanh (tanh (exp x))
                Expect.floatClose Accuracy.high (value (generic (number 0.3))) (tanh (tanh (exp 0.3))) "tanh (tanh (exp x))"
                same [ 2.0 ] (sqrt (abs (number -4.0))) "sqrt, abs"
                same [ 1.0 ] (log (exp (sin (number 0.0)) * exp (cos (number 0.0)))) "log, sin, cos")

            testCase "dtypes and shapes that don't meet" (fun () ->
                messageOf<ShapeException>(fun () -> vector [ 1.0; 2.0 ] + vector [ 1.0; 2.0; 3.0 ] |> ignore)
                |> tells [ "add"; "[2]"; "[3]" ]

                messageOf<DTypeException>(fun () -> (Tensor.ofExpr (Expr.Of [| 1.0f |]): Tensor<float>) |> ignore)
                |> tells [ "f32[1]"; "Tensor<float>"; "Cast" ]

                messageOf<DTypeException>(fun () -> (Tensor.zeros [ 2 ]: Tensor<decimal>) |> ignore)
                |> tells [ "Decimal" ]

                messageOf<ShapeException>(fun () -> Tensor.matrix [ [ 1.0 ]; [ 1.0; 2.0 ] ] |> ignore)
                |> tells [ "row 1"; "2"; "1" ]

                messageOf<ShapeException>(fun () -> value (vector [ 1.0; 2.0 ]) |> ignore)
                |> tells [ "value"; "f64[2]"; "toArray" ])
        ]

let private slices =
    let rows (x: Tensor<float>) = Tensor.toArray x |> List.ofArray

    testList
        "slices"
        [
            testCase "as F# arrays" (fun () ->
                Expect.equal block[1].Shape [ 3; 4 ] "an index takes its axis"
                Expect.equal (rows (block[1, 2])) [ 20.0; 21.0; 22.0; 23.0 ] "two indices"
                Expect.equal (value (block[1, 2, 3])) 23.0 "three"
                Expect.equal (value (block[-1, -1, -1])) 23.0 "from the end"
                Expect.equal block[0..0, *, 1..2].Shape [ 1; 3; 2 ] "ranges"
                Expect.equal (rows (block[1, 1.., 3])) [ 19.0; 23.0 ] "mixed"
                Expect.equal (rows (block[0, ..1, 0])) [ 0.0; 4.0 ] "from the start"
                Expect.equal block[1..7].Shape [ 1; 3; 4 ] "an end past the axis"
                Expect.equal block[0 .. -1].Shape [ 0; 3; 4 ] "nothing"
                Expect.equal (block.GetReverseIndex(1, 0)) 2 "^0 is the last")

            testCase "at tensors" (fun () ->
                Expect.equal (rows (block[Tensor.scalar 1][0])) [ 12.0; 13.0; 14.0; 15.0 ] "i32"
                Expect.equal (rows (block[Tensor.scalar 1L][0])) [ 12.0; 13.0; 14.0; 15.0 ] "i64"
                Expect.equal (rows (Tensor.take (Tensor.vector [ 2; 0 ]) (vector [ 5.0; 6.0; 7.0 ]))) [ 7.0; 5.0 ] "take")

            testCase "beyond: steps, new axes, updates" (fun () ->
                Expect.equal (block |> Tensor.slice [ Slice.Ellipsis; Slice.Of(0, 4, 2) ]).Shape [ 2; 3; 2 ] "step"
                Expect.equal (block |> Tensor.slice [ Slice.NewAxis; Slice.At 0 ]).Shape [ 1; 3; 4 ] "new axis"
                let x = vector [ 1.0; 2.0; 3.0 ]
                same [ 1.0; 9.0; 3.0 ] (x |> Tensor.set [ Slice.At 1 ] (number 9.0)) "set"
                same [ 2.0; 3.0; 3.0 ] (x |> Tensor.addAt [ Slice.Of(0, 2) ] (number 1.0)) "addAt"
                same [ 0.0; 2.0; 0.0 ] (grad (fun x -> x[1] * x[1] * 0.5) x) "derivative of a read")

            testCase "out of range" (fun () ->
                messageOf<ShapeException>(fun () -> block[2] |> ignore)
                |> tells [ "index 2"; "axis 0"; "f64[2, 3, 4]" ]

                messageOf<ShapeException>(fun () -> block[0, 0, 0, 0] |> ignore)
                |> tells [ "4 slices"; "3 axes" ]

                messageOf<ShapeException>(fun () -> block[-2 ..] |> ignore)
                |> tells [ "-2.."; "Slice.Of" ])

            testProperty
                "a range of a vector is the range of its array"
                (fun (items: float[]) (low: NonNegativeInt) (high: NonNegativeInt) ->
                    let x: Tensor<float> = Tensor.vector items
                    let found = Tensor.toArray (x[low.Get .. high.Get])
                    Array.forall2 (fun (a: float) b -> a.Equals b) found items[low.Get .. high.Get])
        ]

let private conversions =
    testList
        "conversions"
        [
            testCase "arrays there and back" (fun () ->
                let items = array2D [ [ 1.0; 2.0; 3.0 ]; [ 4.0; 5.0; 6.0 ] ]
                Expect.equal (Tensor.toArray2D (Tensor.ofArray2D items)) items "2 axes"
                Expect.equal (Tensor.toArray (Tensor.ofNDArray (NDArray.Vector [| 1; 2 |]))) [| 1; 2 |] "host array"
                let source = [| 1.0; 2.0 |]
                let x: Tensor<float> = Tensor.vector source
                source[0] <- 9.0
                same [ 1.0; 2.0 ] x "a tensor keeps its own copy"
                (Tensor.toArray x)[0] <- 9.0
                same [ 1.0; 2.0 ] x "and gives copies"
                Expect.equal (Tensor.toArray (Tensor.cast (vector [ 1.9; -1.9 ]): Tensor<int>)) [| 1; -1 |] "cast")

            testCase "creation takes its element type from where it is used" (fun () ->
                same [ 1.0; 1.0 ] (Tensor.zeros [ 2 ] + 1.0) "f64"
                same [ 1.0; 2.0 ] (Tensor.zeros [ 2 ] + vector [ 1.0; 2.0 ]) "from another tensor"
                Expect.equal (Tensor.zeros [ 2 ] + 1.0f).DType DType.F32 "f32"
                Expect.equal (Tensor.toArray (Tensor.arange 3 * 2)) [| 0; 2; 4 |] "i32"
                same [ 0.0; 0.5; 1.0 ] (Tensor.linspace 0.0 1.0 3) "linspace"
                same [ 1.0; 0.0; 0.0; 1.0 ] (Tensor.eye 2) "eye")

            testCase "functions stay general in the element type" (fun () ->
                let centred x = x - Tensor.mean x
                same [ -0.5; 0.5 ] (centred (vector [ 1.0; 2.0 ])) "f64"
                Expect.sequenceEqual (Tensor.toArray (centred (Tensor.vector [ 1.0f; 2.0f ]))) [ -0.5f; 0.5f ] "f32")
        ]

let private print =
    testList
        "print"
        [
            testCase "a tensor prints dtype, shape and elements" (fun () ->
                Expect.equal (sprintf "%A" (vector [ 1.0; 2.5 ])) "f64[2] [1 2.5]" "vector"
                Expect.equal (sprintf "%A" (number 3.0 * 2.0)) "f64[] 6" "pending work runs"
                Expect.equal (sprintf "%A" (layer 1.0).Weight) "f64[2, 2] [[0.1 0.2]; [0.3 -0.4]]" "matrix"
                Expect.equal (string (Tensor.vector [ 1; 2 ])) "i32[2] [1 2]" "ToString"
                Expect.stringContains (sprintf "%A" (Tensor.arange 100: Tensor<int>)) "0 1 2 … 97 98 99" "long ones are shortened")

            testCase "records of tensors are indented" (fun () ->
                Expect.equal
                    ((sprintf "%A" (layer 1.0)).ReplaceLineEndings "\n")
                    "{ Weight = f64[2, 2] [[0.1 0.2]; [0.3 -0.4]]\n  Bias = f64[2] [0.5 -0.5]}"
                    "record")

            testCase "inside compile and vmap there is no value, and printing says so" (fun () ->
                let mutable seen = ""

                let f (x: Tensor<float>) =
                    seen <- sprintf "%A, %O" x x
                    x

                vmap f (layer 1.0).Weight |> ignore
                Expect.equal seen "f64[2] (traced), f64[2] (traced)" "vmap"
                grad (fun x -> Tensor.sum (f x)) (vector [ 1.0; 2.0 ]) |> ignore
                Expect.equal seen "f64[2] [1 2], f64[2] [1 2]" "grad")
        ]

[<Tests>]
let tests = testList "dsl tensors" [ operators; slices; conversions; print ]
