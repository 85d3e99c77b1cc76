/// Convolutions, windows and random bits: small cases worked out by hand, and outside vectors.
module Adjoint.Properties.WindowTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

let private tensor (extents: int list) (x: float list) =
    NDArray.Of<float>(Shape.Of(Array.ofList extents), ReadOnlySpan(Array.ofList x))

let private convolving =
    testList
        "convolution"
        [
            testCase "is a correlation with zeros around" (fun () ->
                two (fun (x, f) -> Ops.Conv(x, f, Ints 1, Ints 1, Ints 1))
                |> gives
                    (tensor [ 1; 1; 4 ] [ 12.0; 123.0; 234.0; 340.0 ])
                    [
                        tensor [ 1; 1; 4 ] [ 1.0; 2.0; 3.0; 4.0 ]
                        tensor [ 1; 1; 3 ] [ 100.0; 10.0; 1.0 ]
                    ])

            testCase "with strides, dilations and cropping" (fun () ->
                let conv = ConvGeneral(Ints 2, Ints 0, Ints -1, Ints 2, Ints 2, 1, 1, false, false, false, false)

                // x with zeros between, its last element cropped: 1 0 2 0. The window takes every second element.
                two (fun (x, f) -> Ops.Apply(conv, x, f))
                |> gives (tensor [ 1; 1; 1 ] [ 12.0 ]) [ tensor [ 1; 1; 3 ] [ 1.0; 2.0; 3.0 ]; tensor [ 1; 1; 2 ] [ 10.0; 1.0 ] ])

            testCase "groups see their own channels" (fun () ->
                two (fun (x, f) -> Ops.Conv(x, f, Ints 1, Ints 0, Ints 0, 2))
                |> gives
                    (tensor [ 1; 2; 2 ] [ 10.0; 20.0; 300.0; 400.0 ])
                    [
                        tensor [ 1; 2; 2 ] [ 1.0; 2.0; 3.0; 4.0 ]
                        tensor [ 2; 1; 1 ] [ 10.0; 100.0 ]
                    ])

            testCase "channels that do not fit are an error that names both" (fun () ->
                let operands = [ tensor [ 1; 2; 1 ] [ 1.0; 2.0 ]; tensor [ 1; 1; 1 ] [ 1.0 ] ]

                throwsNaming<TypeRuleException, _> "sees 1 channels in each of 1 groups, but the input f64[1, 2, 1] has 2" (fun () ->
                    graphOf operands (two (fun (x, f) -> Ops.Conv(x, f, Ints 1, Ints 0, Ints 0)))))
        ]

let private sliding =
    testList
        "windows"
        [
            testCase "sums count padding as zero, maxima as minus infinity" (fun () ->
                let x = [ numbers [ 1.0; -2.0 ] ]

                one (fun x -> Ops.WindowSum(x, Ints 2, Ints 1, Ints 1, Ints 2))
                |> gives (numbers [ 1.0; -1.0; -2.0; 0.0 ]) x

                one (fun x -> Ops.WindowMax(x, Ints 2, Ints 1, Ints 1, Ints 2))
                |> gives (numbers [ 1.0; 1.0; -2.0; -infinity ]) x)

            testCase "the least integer stands for padding" (fun () ->
                one (fun x -> Ops.WindowMax(x, Ints 1, Ints 1, Ints 1, Ints 0))
                |> gives (NDArray.Vector(Int32.MinValue, 5)) [ NDArray.Vector 5 ])

            testCase "NaN propagates through maxima" (fun () ->
                one (fun x -> Ops.WindowMax(x, Ints 2, Ints 1, Ints 0, Ints 0))
                |> gives (numbers [ nan; nan; 3.0 ]) [ numbers [ 1.0; nan; 2.0; 3.0 ] ])

            testCase "the gradient of a maximum goes to the first that attains it, to any order" (fun () ->
                let pool = one (fun x -> Ops.WindowMax(x, Ints 2, Ints 1, Ints 0, Ints 0))
                pool |> hasSlope [ 1.0; 1.0; 0.0 ] [ numbers [ 2.0; 2.0; 1.0 ] ]

                let cube (x: Value list) =
                    Ops.Mul(x[0], Ops.Mul(x[0], x[0])) |> List.singleton |> pool

                let second = slopeOfOrder 2 [ numbers [ 1.0; 2.0 ] ] cube
                Expect.equal (elements second) (elements (numbers [ 0.0; 12.0 ])) "second derivative")
        ]

let private random =
    testList
        "random bits"
        [
            testCase "threefry gives the vectors of its authors" (fun () ->
                let pair (x: uint32, y: uint32) = NDArray.Vector(x, y)

                let cases =
                    [
                        (0u, 0u), (0u, 0u), (0x6b200159u, 0x99ba4efeu)
                        (0xffffffffu, 0xffffffffu), (0xffffffffu, 0xffffffffu), (0x1cb996fcu, 0xbb002be7u)
                        (0x13198a2eu, 0x03707344u), (0x243f6a88u, 0x85a308d3u), (0xc4923a9cu, 0x483df7a0u)
                    ]

                for key, counter, words in cases do
                    two Ops.Threefry |> gives (pair words) [ pair key; pair counter ])

            testCase "bits are the words of the element's place, whatever the shape" (fun () ->
                let key = NDArray.Vector(7u, 11u)

                let bits (shape: Shape) =
                    (run (graphOf [ key ] (one (fun k -> Ops.RandomBits(k, shape)))) [ key ]).Head

                let words =
                    (run (graphOf [ key; NDArray.Vector(0u, 5u) ] (two Ops.Threefry)) [ key; NDArray.Vector(0u, 5u) ])
                        .Head.ToArray<uint32>()

                Expect.equal ((bits (Shape.Of(2, 3))).ToArray<uint32>()[5]) (words[0] ^^^ words[1]) "element 5"
                Expect.equal ((bits (Shape.Of 10)).ToArray<uint32>()[..5]) ((bits (Shape.Of 6)).ToArray<uint32>()) "prefix")
        ]

[<Tests>]
let tests = testList "windows" [ convolving; sliding; random ]
