/// Differences, integrals, interpolation, convolutions, polynomials and complex helpers.
module Adjoint.LibraryTests.Arrays.CalculusTests

open System
open System.Numerics
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private small low high = Gen.choose (low, high) |> Arb.fromGen

let private samples =
    testList
        "samples"
        [
            // https://numpy.org/doc/stable/reference/generated/numpy.diff.html
            testCase "differences" (fun () ->
                let x = vector [ 1.0; 2.0; 4.0; 7.0; 0.0 ]
                holds 0.0 [ 4 ] [ 1.0; 2.0; 3.0; -7.0 ] (Tensor.diff 0 x) "first"
                holds 0.0 [ 3 ] [ 1.0; 1.0; -10.0 ] (Tensor.diffN 2 -1 x) "second"
                holds 0.0 [ 0 ] [] (Tensor.diffN 9 0 x) "more than there are"
                Expect.equal (Tensor.toArray (Tensor.diff 0 (Tensor.vector [ true; true; false ]))) [| false; true |] "bools")

            // https://numpy.org/doc/stable/reference/generated/numpy.gradient.html
            testCase "slopes" (fun () ->
                let f = vector [ 1.0; 2.0; 4.0; 7.0; 11.0; 16.0 ]
                holds 0.0 [ 6 ] [ 1.0; 1.5; 2.5; 3.5; 4.5; 5.0 ] (Tensor.gradient 1.0 0 f) "spacing 1"
                holds 0.0 [ 6 ] [ 0.5; 0.75; 1.25; 1.75; 2.25; 2.5 ] (Tensor.gradient 2.0 0 f) "spacing 2"
                let squares = Adjoint.Front.Tensors.Gradient((vector [ 0.0; 1.0; 4.0; 9.0; 16.0 ]).Expr, 1.0, 0, 2)
                holds 1e-15 [ 5 ] [ 0.0; 2.0; 4.0; 6.0; 8.0 ] (Tensor.ofExpr squares) "parabolas at the ends"
                refuses<ShapeException> [ "gradient"; "f64[1]"; "1 samples" ] (fun () -> Tensor.gradient 1.0 0 (vector [ 1.0 ]) |> ignore))

            testCase "integrals" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.trapezoid.html
                near 0.0 4.0 (value (Tensor.trapezoid 1.0 0 (vector [ 1.0; 2.0; 3.0 ]))) "spacing 1"
                near 0.0 8.0 (value (Tensor.trapezoidOver (vector [ 4.0; 6.0; 8.0 ]) 0 (vector [ 1.0; 2.0; 3.0 ]))) "places"
                holds 0.0 [ 3 ] [ 0.0; 1.5; 4.0 ] (Tensor.cumTrapezoid 1.0 0 (vector [ 1.0; 2.0; 3.0 ])) "running"
                near 0.0 0.0 (value (Tensor.trapezoid 1.0 0 (vector [ 1.0 ]))) "one sample"
                let rows = Tensor.matrix [ [ 0.0; 1.0; 2.0 ]; [ 3.0; 4.0; 5.0 ] ]
                holds 0.0 [ 3 ] [ 1.5; 2.5; 3.5 ] (Tensor.trapezoid 1.0 0 rows) "axis 0"

                refuses<ShapeException> [ "trapezoid"; "f64[2]"; "f64[2, 3]" ] (fun () ->
                    Tensor.trapezoidOver (vector [ 0.0; 1.0 ]) 1 rows |> ignore))

            // https://numpy.org/doc/stable/reference/generated/numpy.interp.html
            testCase "interpolation" (fun () ->
                let xp, fp = vector [ 1.0; 2.0; 3.0 ], vector [ 3.0; 2.0; 0.0 ]
                near 0.0 1.0 (value (Tensor.interp xp fp (Tensor.scalar 2.5))) "NumPy's example"
                holds 1e-15 [ 5 ] [ 3.0; 3.0; 2.5; 0.56; 0.0 ] (Tensor.interp xp fp (vector [ 0.0; 1.0; 1.5; 2.72; 3.14 ])) "several"
                near 0.0 nan (value (Tensor.interp xp fp (Tensor.scalar nan))) "NaN"
                near 0.0 7.0 (value (Tensor.interp (vector [ 1.0 ]) (vector [ 7.0 ]) (Tensor.scalar 9.0))) "one point"
                let beyond = Adjoint.Front.Tensors.Interp((vector [ 0.0; 4.0 ]).Expr, xp.Expr, fp.Expr, -99.0, 99.0)
                holds 0.0 [ 2 ] [ -99.0; 99.0 ] (Tensor.ofExpr beyond) "beyond the ends"
                holds 0.0 [ 3 ] [ 0.0; -2.0; 0.0 ] (grad (fun x -> Tensor.sum (Tensor.interp xp fp x)) (vector [ 0.0; 2.0; 4.0 ])) "slopes"
                refuses<ShapeException> [ "interp"; "f64[3]"; "f64[2]" ] (fun () -> Tensor.interp xp (vector [ 1.0; 2.0 ]) xp |> ignore))
        ]

let private convolutions =
    testList
        "convolutions and polynomials"
        [
            testProperty "convolution and correlation by their sums"
            <| Prop.forAll (small 1 5) (fun n ->
                Prop.forAll (small 1 5) (fun m ->
                    let x = [ for i in 1..n -> float (i * i) ]
                    let y = [ for i in 1..m -> float (3 - i) + 0.5 ]

                    let at (items: float list) i =
                        if i >= 0 && i < items.Length then items[i] else 0.0

                    let full =
                        [
                            for k in 0 .. n + m - 2 -> List.sum [ for j in 0 .. n - 1 -> x[j] * at y (k - j) ]
                        ]

                    let matched =
                        [
                            for k in 1 - m .. n - 1 -> List.sum [ for j in 0 .. m - 1 -> at x (k + j) * y[j] ]
                        ]

                    let longer, shorter = max n m, min n m
                    let cut from count = List.skip from >> List.truncate count

                    for mode, from, count in
                        [
                            ConvolutionMode.Full, 0, n + m - 1
                            ConvolutionMode.Same, (shorter - 1) / 2, longer
                            ConvolutionMode.Valid, shorter - 1, longer - shorter + 1
                        ] do
                        holds 1e-14 [ count ] (cut from count full) (Tensor.convolve mode (vector x) (vector y)) $"convolve {mode}"

                    holds 1e-14 [ n + m - 1 ] matched (Tensor.correlate ConvolutionMode.Full (vector x) (vector y)) "correlate Full"

                    holds
                        1e-14
                        [ longer - shorter + 1 ]
                        (cut (shorter - 1) (longer - shorter + 1) matched)
                        (Tensor.correlate ConvolutionMode.Valid (vector x) (vector y))
                        "correlate Valid"))

            // https://numpy.org/doc/stable/reference/generated/numpy.correlate.html
            testCase "NumPy's examples" (fun () ->
                let a, v = vector [ 1.0; 2.0; 3.0 ], vector [ 0.0; 1.0; 0.5 ]
                holds 0.0 [ 1 ] [ 3.5 ] (Tensor.correlate ConvolutionMode.Valid a v) "valid"
                holds 0.0 [ 3 ] [ 2.0; 3.5; 3.0 ] (Tensor.correlate ConvolutionMode.Same a v) "same"
                holds 0.0 [ 5 ] [ 0.5; 2.0; 3.5; 3.0; 0.0 ] (Tensor.correlate ConvolutionMode.Full a v) "full"
                holds 0.0 [ 3 ] [ 1.0; 2.5; 4.0 ] (Tensor.convolve ConvolutionMode.Same a v) "convolve, same"

                let z, w =
                    [| Complex(1, 1); Complex(2, 0); Complex(3, -1) |], [| Complex(0, 0); Complex(1, 0); Complex(0, 0.5) |]

                let found = Tensor.toArray (Tensor.correlate ConvolutionMode.Full (Tensor.vector z) (Tensor.vector w))

                let expected =
                    [|
                        Complex(0.5, -0.5)
                        Complex(1, 0)
                        Complex(1.5, -1.5)
                        Complex(3, -1)
                        Complex(0, 0)
                    |]

                Expect.equal found expected "complex"

                Expect.equal
                    (Tensor.toArray (Tensor.convolve ConvolutionMode.Full (Tensor.vector [ 1; 2; 3 ]) (Tensor.vector [ 0; 1; 2 ])))
                    [| 0; 1; 4; 7; 6 |]
                    "integers"

                refuses<ShapeException> [ "convolve"; "length"; "0" ] (fun () ->
                    Tensor.convolve ConvolutionMode.Full a (vector []) |> ignore))

            testCase "polynomials" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.polyval.html and its neighbours
                near 0.0 76.0 (value (Tensor.polyVal (vector [ 3.0; 0.0; 1.0 ]) (Tensor.scalar 5.0))) "polyval"
                holds 0.0 [ 3 ] [ 9.0; 6.0; 6.0 ] (Tensor.polyAdd (vector [ 1.0; 2.0 ]) (vector [ 9.0; 5.0; 4.0 ])) "polyadd"

                holds
                    0.0
                    [ 5 ]
                    [ 9.0; 23.0; 38.0; 17.0; 3.0 ]
                    (Tensor.polyMul (vector [ 1.0; 2.0; 3.0 ]) (vector [ 9.0; 5.0; 1.0 ]))
                    "polymul"

                holds 0.0 [ 3 ] [ 3.0; 2.0; 1.0 ] (Tensor.polyDer (vector [ 1.0; 1.0; 1.0; 1.0 ])) "polyder"
                holds 0.0 [ 1 ] [ 0.0 ] (Tensor.polyDer (vector [ 4.0 ])) "of a constant"
                holds 1e-15 [ 4 ] [ 1.0 / 3.0; 0.5; 1.0; 0.0 ] (Tensor.polyInt (vector [ 1.0; 1.0; 1.0 ])) "polyint"
                Expect.equal (value (Tensor.polyVal (Tensor.vector [ 3; 0; 1 ]) (Tensor.scalar 5))) 76 "integers")

            testProperty "Chebyshev's by cosines, Legendre's by their closed forms"
            <| Prop.forAll (small -100 100) (fun hundredths ->
                let x = float hundredths / 100.0
                let c = [ 0.3; -1.2; 0.7; 2.1; -0.4 ]
                let chebyshev = List.sum (List.mapi (fun k a -> a * cos (float k * acos x)) c)
                near 1e-14 chebyshev (value (Tensor.chebVal (vector c) (Tensor.scalar x))) "Chebyshev"

                let legendre =
                    [
                        1.0
                        x
                        (3.0 * x * x - 1.0) / 2.0
                        (5.0 * x ** 3.0 - 3.0 * x) / 2.0
                        (35.0 * x ** 4.0 - 30.0 * x * x + 3.0) / 8.0
                    ]

                near 1e-14 (List.sum (List.map2 (*) c legendre)) (value (Tensor.legVal (vector c) (Tensor.scalar x))) "Legendre")
        ]

let private complexes =
    testList
        "complex numbers"
        [
            testCase "length and angle" (fun () ->
                let z: Tensor<Complex> = Tensor.polar (vector [ 2.0; 1.0 ]) (vector [ 0.5; -3.0 ])
                holds 1e-15 [ 2 ] [ 0.5; -3.0 ] (Tensor.angle z) "angle"
                Expect.equal (Array.head (Tensor.toArray z)) (Complex.FromPolarCoordinates(2.0, 0.5)) "polar"
                holds 0.0 [ 3 ] [ 0.0; Math.PI; nan ] (Tensor.angle (vector [ 1.0; -1.0; nan ])) "of real numbers"
                let m = Tensor.matrix [ [ Complex(1, 2); Complex(3, 4) ] ]
                Expect.equal (Tensor.toArray (Tensor.conjTranspose m)) [| Complex(1, -2); Complex(3, -4) |] "conjTranspose"
                Expect.equal (Tensor.conjTranspose m).Shape [ 2; 1 ] "its shape")

            // https://numpy.org/doc/stable/reference/generated/numpy.unwrap.html
            testCase "unwrap" (fun () ->
                let phase = vector [ 0.0; 0.78539816; 1.57079633; 5.49778714; 6.28318531 ]
                holds 1e-7 [ 5 ] [ 0.0; 0.78539816; 1.57079633; -0.78539816; 0.0 ] (Tensor.unwrap 0 phase) "NumPy's example"
                let turned = Adjoint.Front.Tensors.Unwrap((vector [ 0.0; 1.0; 2.0; -1.0; 0.0 ]).Expr, 0, 4.0)
                holds 0.0 [ 5 ] [ 0.0; 1.0; 2.0; 3.0; 4.0 ] (Tensor.ofExpr turned) "another period")
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f
    let places = vector [ -2.0; -0.6; 0.1; 0.7; 2.0 ]

    [
        smooth "diff" [ 5 ] (fun x -> Tensor.diff 0 (x * x))
        smooth "gradient" [ 2; 5 ] (fun x -> Tensor.gradient 0.5 1 (x * x))
        smooth "trapezoid" [ 2; 5 ] (fun x -> Tensor.trapezoid 0.5 1 (x * x))
        smooth "trapezoidOver" [ 2; 5 ] (fun x -> Tensor.trapezoidOver x[0] 0 x[1])
        smooth "cumTrapezoid" [ 5 ] (fun x -> Tensor.cumTrapezoid 0.5 0 (x * x))
        smooth "interp in x" [ 4 ] (fun x -> Tensor.interp places (Tensor.sin (places * 2.0)) (x * x))
        smooth "interp in values" [ 5 ] (fun x -> Tensor.interp places (x * x) (vector [ -3.0; -1.0; 0.3; 5.0 ]))
        smooth "interp in places" [ 5 ] (fun x -> Tensor.interp (Tensor.cumSum 0 (x * x + 0.1)) (Tensor.sin places) (vector [ 0.35; 0.9 ]))
        smooth "convolve" [ 2; 4 ] (fun x -> Tensor.convolve ConvolutionMode.Same x[0] x[1])
        smooth "correlate" [ 2; 4 ] (fun x -> Tensor.correlate ConvolutionMode.Full x[0] (x[1, ..1]))
        smooth "polyVal" [ 2; 4 ] (fun x -> Tensor.polyVal x[0] x[1])
        smooth "polyMul" [ 2; 3 ] (fun x -> Tensor.polyMul x[0] x[1])
        smooth "polyInt" [ 3 ] (fun x -> Tensor.polyInt (x * x) |> Tensor.polyAdd (Tensor.polyDer x))
        smooth "chebVal" [ 2; 4 ] (fun x -> Tensor.chebVal x[0] x[1])
        smooth "legVal" [ 2; 4 ] (fun x -> Tensor.legVal x[0] x[1])
        smooth "polar and angle" [ 2; 3 ] (fun x ->
            let z: Tensor<Complex> = Tensor.polar (x[0] + 2.0) x[1]
            Tensor.angle (z * z) * Tensor.abs (Tensor.real z))
        smooth "unwrap" [ 4 ] (fun x -> Tensor.unwrap 0 (x * 3.0 + Tensor.arange 4 * 2.0))
    ]

[<Tests>]
let tests =
    testList "arrays: calculus" [ samples; convolutions; complexes; testList "laws" (List.map laws cases) ]
