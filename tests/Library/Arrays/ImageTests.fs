/// Windows as columns, images between their elements, and the errors of windows that don't fit.
module Adjoint.LibraryTests.Arrays.ImageTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)

let private how strides padding dilation =
    { Convolution.Plain with
        Strides = strides
        Padding = padding
        Dilation = dilation
    }

let private windows =
    testList
        "windows"
        [
            // https://numpy.org/doc/stable/reference/generated/numpy.lib.stride_tricks.sliding_window_view.html
            testCase "sliding windows" (fun () ->
                let x = Tensor.matrix [ for i in 0..2 -> [ for j in 0..3 -> 10 * i + j ] ]
                let views = Tensor.slidingWindows [ 2; 2 ] x
                Expect.equal views.Shape [ 2; 3; 2; 2 ] "shape"
                Expect.equal (ints views[1, 2]) [ 12; 13; 22; 23 ] "NumPy's example"
                Expect.equal (ints (Tensor.slidingWindows [ 3 ] (Tensor.arange 6))) [ 0; 1; 2; 1; 2; 3; 2; 3; 4; 3; 4; 5 ] "of a vector"
                Expect.equal (ints (Tensor.slidingWindowsBy [ 2 ] [ 3 ] (Tensor.arange 6))) [ 0; 1; 2; 2; 3; 4 ] "apart"

                refuses<ShapeException> [ "sliding_windows"; "7"; "axis 0"; "i32[6]" ] (fun () ->
                    Tensor.slidingWindows [ 7 ] (Tensor.arange 6: Tensor<int>) |> ignore))

            testProperty "a convolution is the product of its filter with the columns"
            <| Prop.forAll (Gen.arrayOfLength 6 (Gen.choose (1, 3)) |> Arb.fromGen) (fun e ->
                let x = drawn 1 -1.0 1.0 [ 2; e[0]; 5 + e[1]; 5 + e[2] ]
                let filter = drawn 2 -1.0 1.0 [ 3; e[0]; e[3]; e[4] ]
                let how = how [ e[5]; 1 ] (Padding.Of [| struct (1, 0); struct (e[3], 2) |]) [ 1; 2 ]
                let columns = Tensor.im2col how [ e[3]; e[4] ] x
                let direct = Tensor.conv how filter x
                let product = Tensor.matMul (Tensor.reshape [ 3; -1 ] filter) columns
                holds 1e-13 direct.Shape (Tensor.toArray direct) (Tensor.reshape direct.Shape product) "conv")

            testProperty "col2im is the transpose of im2col"
            <| Prop.forAll (Gen.arrayOfLength 4 (Gen.choose (1, 3)) |> Arb.fromGen) (fun e ->
                let x = drawn 1 -1.0 1.0 [ 2; 2; 6; 5 ]
                let how = how [ e[0]; 2 ] (Padding.Both(1, 2)) [ 1; e[1] ]
                let window = [ e[2]; min e[3] 2 ]
                let columns = Tensor.im2col how window x
                let y = drawn 2 -1.0 1.0 columns.Shape
                let left = value (Tensor.sum (columns * y))
                let back = Tensor.col2im how window [ 6; 5 ] y
                Expect.equal back.Shape x.Shape "shape"
                near 1e-13 left (value (Tensor.sum (back * x))) "inner products"
                let pulled = grad (fun x -> Tensor.sum (Tensor.im2col how window x * y)) x
                holds 1e-13 x.Shape (Tensor.toArray pulled) back "and the gradient")

            testCase "one and three dimensions" (fun () ->
                let x: Tensor<float> = Tensor.reshape [ 1; 1; 4 ] (Tensor.arange 4)
                holds 0.0 [ 1; 2; 3 ] [ 0.0; 1.0; 2.0; 1.0; 2.0; 3.0 ] (Tensor.im2col Convolution.Plain [ 2 ] x) "one"
                let cube = drawn 1 -1.0 1.0 [ 1; 2; 3; 3; 3 ]
                Expect.equal (Tensor.im2col Convolution.Plain [ 2; 2; 2 ] cube).Shape [ 1; 16; 8 ] "three"
                refuses<ShapeException> [ "col2im"; "f64[1, 1, 4]" ] (fun () -> Tensor.col2im Convolution.Plain [ 2 ] [ 4 ] x |> ignore)
                refuses<ShapeException> [ "im2col"; "5"; "axis 0" ] (fun () -> Tensor.im2col Convolution.Plain [ 5 ] x |> ignore))

            testCase "a window wider than its input is an error that names both" (fun () ->
                let x, filter = drawn 1 -1.0 1.0 [ 1; 1; 4; 8 ], drawn 2 -1.0 1.0 [ 1; 1; 5; 3 ]

                refuses<ShapeException> [ "conv"; "extent 5"; "axis 2"; "f64[1, 1, 4, 8]" ] (fun () ->
                    Tensor.conv Convolution.Plain filter x |> ignore)

                Expect.equal
                    (Tensor.conv (how [] (Padding.Of [| struct (1, 0); struct (0, 0) |]) []) filter x).Shape
                    [ 1; 1; 1; 6 ]
                    "padded it fits"

                refuses<ShapeException> [ "conv"; "extent 9"; "3 elements 4 apart" ] (fun () ->
                    Tensor.conv (how [] (Padding.Of [| struct (1, 0); struct (0, 0) |]) [ 1; 4 ]) filter x
                    |> ignore)

                refuses<ShapeException> [ "maxpool"; "extent 5"; "axis 2"; "f64[1, 1, 4, 8]" ] (fun () ->
                    Tensor.maxPool [ 5; 1 ] [ 1; 1 ] Padding.Valid x |> ignore)

                refuses<ShapeException> [ "avgpool"; "extent 9" ] (fun () -> Tensor.avgPool2d 9 x |> ignore))

            testCase "a mask as an index is an error that names what to use" (fun () ->
                let x = vector [ 1.0; -1.0 ]
                refuses<ShapeException> [ "bool[2]"; "Where"; "Compress" ] (fun () -> x[x .> 0.0] |> ignore))
        ]

let private images =
    testList
        "images"
        [
            // Half-pixel centres: an image twice as long is read at -1/4, 1/4, 3/4 ...
            testCase "resize" (fun () ->
                let x = vector [ 1.0; 2.0; 4.0 ]
                holds 1e-15 [ 6 ] [ 1.0; 1.25; 1.75; 2.5; 3.5; 4.0 ] (Tensor.resize ResizeMethod.Linear [ 6 ] x) "linear"
                holds 0.0 [ 6 ] [ 1.0; 1.0; 2.0; 2.0; 4.0; 4.0 ] (Tensor.upsample ResizeMethod.Nearest [ 2 ] x) "nearest"
                holds 1e-15 [ 2 ] [ 1.25; 3.5 ] (Tensor.resize ResizeMethod.Linear [ 2 ] x) "smaller"
                holds 0.0 [ 2 ] [ 1.0; 4.0 ] (Tensor.resize ResizeMethod.Nearest [ 2 ] x) "smaller, nearest"
                holds 0.0 [ 3 ] [ 7.0; 7.0; 7.0 ] (Tensor.resize ResizeMethod.Linear [ 3 ] (vector [ 7.0 ])) "of one element"
                // A bilinear function stays one between the outer centres.
                let plane: Tensor<float> = Tensor.reshape [ 3; 4 ] (Tensor.arange 12)
                let found = Tensor.toArray2D (Tensor.resize ResizeMethod.Linear [ 6; 8 ] plane)

                for i in 1..4 do
                    for j in 1..6 do
                        near 1e-14 (4.0 * (float i / 2.0 - 0.25) + float j / 2.0 - 0.25) found[i, j] $"({i}, {j})"

                Expect.equal
                    (Tensor.resize ResizeMethod.Linear [ 2; 2; 2 ] (drawn 1 0.0 1.0 [ 5; 3; 3; 3 ])).Shape
                    [ 5; 2; 2; 2 ]
                    "three dimensions"

                Expect.equal (ints (Tensor.upsample ResizeMethod.Nearest [ 2 ] (Tensor.vector [ 1; 2 ]))) [ 1; 1; 2; 2 ] "integers"

                refuses<DTypeException> [ "resize"; "i32[2]" ] (fun () ->
                    Tensor.resize ResizeMethod.Linear [ 3 ] (Tensor.vector [ 1; 2 ]) |> ignore)

                refuses<ShapeException> [ "resize"; "axis 0"; "0" ] (fun () -> Tensor.resize ResizeMethod.Nearest [ 0 ] x |> ignore))

            // https://docs.jax.dev/en/latest/_autosummary/jax.scipy.ndimage.map_coordinates.html
            testCase "coordinates" (fun () ->
                let image: Tensor<float> = Tensor.reshape [ 3; 4 ] (Tensor.arange 12)
                let places = [ vector [ 0.5; 1.0; 2.0 ]; vector [ 0.5; 2.25; 3.0 ] ]
                holds 1e-15 [ 3 ] [ 2.5; 6.25; 11.0 ] (Tensor.mapCoordinates CoordinateMode.Constant places image) "linear"
                holds 0.0 [ 3 ] [ 5.0; 6.0; 11.0 ] (Tensor.mapNearest CoordinateMode.Constant places image) "nearest"
                let line = vector [ 1.0; 2.0; 3.0 ]
                let beyond = vector [ -2.0; -1.0; -0.5; 2.5; 3.0; 4.0 ]

                for mode, expected in
                    [
                        CoordinateMode.Constant, [ 0.0; 0.0; 0.5; 1.5; 0.0; 0.0 ]
                        CoordinateMode.Nearest, [ 1.0; 1.0; 1.0; 3.0; 3.0; 3.0 ]
                        CoordinateMode.Wrap, [ 2.0; 3.0; 2.0; 2.0; 1.0; 2.0 ]
                        CoordinateMode.Mirror, [ 3.0; 2.0; 1.5; 2.5; 2.0; 1.0 ]
                        CoordinateMode.Reflect, [ 2.0; 1.0; 1.0; 3.0; 3.0; 2.0 ]
                    ] do
                    holds 0.0 [ 6 ] expected (Tensor.mapCoordinates mode [ beyond ] line) $"{mode}"

                refuses<ShapeException> [ "map_coordinates"; "1 coordinates"; "f64[3, 4]" ] (fun () ->
                    Tensor.mapCoordinates CoordinateMode.Wrap [ beyond ] image |> ignore))
        ]

let private scans =
    testList
        "scans"
        [
            testProperty "an associative scan is the running result, from either end"
            <| Prop.forAll (Gen.choose (1, 20) |> Arb.fromGen) (fun n ->
                // Affine maps one after the other do not commute.
                let x = drawn n -1.0 1.0 [ n ], drawn (n + 1) -1.0 1.0 [ n ]
                let compose (a: Tensor<float>, b: Tensor<float>) (c, d) = a * c, b * c + d
                let pairs = Seq.zip (Tensor.toArray (fst x)) (Tensor.toArray (snd x)) |> List.ofSeq
                let after (a, b) (c, d) = a * c, b * c + d
                let forwards = List.scan after (1.0, 0.0) pairs |> List.tail
                let backwards = List.scan after (1.0, 0.0) (List.rev pairs) |> List.tail |> List.rev
                let a, b = Flow.associativeScan compose x
                holds 1e-14 [ n ] (List.map fst forwards) a "factor"
                holds 1e-14 [ n ] (List.map snd forwards) b "offset"
                let a, b = Flow.associativeScanBack compose x
                holds 1e-14 [ n ] (List.map fst backwards) a "factor from the end"
                holds 1e-14 [ n ] (List.map snd backwards) b "offset from the end")

            testCase "its depth is logarithmic" (fun () ->
                let mutable calls = 0

                let add (x: Tensor<float>) y =
                    calls <- calls + 1
                    x + y

                let found = Flow.associativeScan add (Tensor.ones [ 1024 ])
                holds 0.0 [ 1024 ] [ for i in 1..1024 -> float i ] found "sums"
                Expect.equal calls 19 "10 joins of neighbours and 9 of prefixes"
                Expect.equal (Flow.associativeScan add (Tensor.ones [ 0; 2 ])).Shape [ 0; 2 ] "nothing"
                refuses<ShapeException> [ "associative_scan"; "f64[]" ] (fun () -> Flow.associativeScan add (Tensor.scalar 1.0) |> ignore)

                refuses<StructureException> [ "associative_scan"; "f64[2, 3]"; "f64[2]" ] (fun () ->
                    Flow.associativeScan (fun x _ -> Tensor.sumAlong 1 x) (drawn 1 0.0 1.0 [ 4; 3 ])
                    |> ignore))

            testCase "fold and accumulate" (fun () ->
                let xs = vector [ 1.0; 2.0; 3.0 ]
                let step (s: Tensor<float>) x = s * 2.0 + x
                near 0.0 11.0 (value (Flow.fold step (Tensor.scalar 0.0) xs)) "fold"
                holds 0.0 [ 3 ] [ 1.0; 4.0; 11.0 ] (Flow.accumulate step (Tensor.scalar 0.0) xs) "accumulate")
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f
    let grid = [ vector [ 0.3; 1.6; 1.2 ]; vector [ 0.4; 0.7; 1.9 ] ]

    [
        smooth "slidingWindows" [ 4 ] (fun x -> Tensor.slidingWindows [ 2 ] (x * x))
        smooth "im2col" [ 1; 1; 3; 3 ] (fun x -> Tensor.im2col (how [] (Padding.Both(1, 2)) []) [ 2; 2 ] (x * x))
        smooth "col2im" [ 1; 2; 3 ] (fun x -> Tensor.col2im Convolution.Plain [ 2 ] [ 4 ] (x * x))
        smooth "resize linear" [ 3; 2 ] (fun x -> Tensor.resize ResizeMethod.Linear [ 4; 5 ] (x * x))
        smooth "resize nearest" [ 3; 2 ] (fun x -> Tensor.resize ResizeMethod.Nearest [ 4; 5 ] (x * x))
        smooth "mapCoordinates in the image" [ 3; 3 ] (fun x -> Tensor.mapCoordinates CoordinateMode.Mirror grid (x * x))
        smooth "mapCoordinates in coordinates" [ 2; 3 ] (fun x ->
            Tensor.mapCoordinates CoordinateMode.Reflect [ x[0] * 0.4 + 0.5; x[1] * 0.4 + 1.5 ] (drawn 7 -1.0 1.0 [ 3; 3 ]))
        smooth "associativeScan" [ 2; 5 ] (fun x -> Flow.associativeScan (fun (a, b) (c, d) -> a * c, b * c + d) (x[0], x[1]) |> snd)
        smooth "accumulate" [ 4 ] (fun x -> Flow.accumulate (fun s x -> sin (s + x)) (Tensor.scalar 0.3) x)
        smooth "fold" [ 4 ] (fun x -> Flow.fold (fun s x -> sin (s + x)) (Tensor.scalar 0.3) x)
    ]

[<Tests>]
let tests =
    testList "arrays: images and scans" [ windows; images; scans; testList "laws" (List.map laws cases) ]
