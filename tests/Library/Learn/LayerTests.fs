/// Dense, convolutional and other layers against loops that spell out their formulas.
module Adjoint.LibraryTests.Learn.LayerTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks

/// Numbers that depend on a seed alone.
let draw seed shape : Tensor<float> = Random.key seed |> Random.normal shape

/// Sums of up to a few hundred products of numbers near 1.
let private sums = 1e-12

/// All places of a shape, in row-major order.
let rec private places (shape: int list) =
    match shape with
    | [] -> [ [] ]
    | extent :: rest ->
        [
            for i in 0 .. extent - 1 do
                for place in places rest -> i :: place
        ]

/// An element of a tensor at a place; 0 outside.
let private reader (x: Tensor<float>) =
    let items, shape = Tensor.toArray x, x.Shape

    fun (place: int list) ->
        if List.forall2 (fun i extent -> i >= 0 && i < extent) place shape then
            items[List.fold2 (fun index i extent -> index * extent + i) 0 place shape]
        else
            0.0

/// Convolution by its definition, for a result of these extents: strides, padding in front, dilation, groups.
let private convolution (strides, low, dilation, groups) extents (weight: Tensor<float>) (bias: Tensor<float>) (x: Tensor<float>) =
    let read, filter, term = reader x, reader weight, reader bias
    let outputs, inputs = weight.Shape[0], weight.Shape[1]

    [
        for n in 0 .. x.Shape[0] - 1 do
            for o in 0 .. outputs - 1 do
                for place in places extents do
                    let channel c = o / (outputs / groups) * inputs + c

                    let source window =
                        List.map3
                            (fun t stride (w, pad, apart) -> t * stride - pad + w * apart)
                            place
                            strides
                            (List.zip3 window low dilation)

                    term [ o ]
                    + List.sum
                        [
                            for c in 0 .. inputs - 1 do
                                for window in places weight.Shape[2..] -> read (n :: channel c :: source window) * filter (o :: c :: window)
                        ]
    ]

let private dense =
    testList
        "dense"
        [
            testCase "x W + b, over any leading axes" (fun () ->
                let layer =
                    {
                        Dense.Weight = draw 1 [ 3; 2 ]
                        Bias = draw 2 [ 2 ]
                    }

                let x = draw 3 [ 2; 4; 3 ]
                let read, weight, bias = reader x, reader layer.Weight, reader layer.Bias

                let expected =
                    [
                        for i in 0..1 do
                            for j in 0..3 do
                                for o in 0..1 -> bias [ o ] + List.sum [ for k in 0..2 -> read [ i; j; k ] * weight [ k; o ] ]
                    ]

                holds sums [ 2; 4; 2 ] expected (Dense.apply layer x) "dense"
                holds sums [ 2 ] expected[..1] (Dense.apply layer (x[0, 0])) "one example")

            testCase "it is found under its namespace" (fun () ->
                let layer: Adjoint.Nn.Dense<float32> = Random.key 1 |> Nn.Dense.init 3 4
                Expect.equal (Nn.Dense.apply layer (Tensor.zeros [ 5; 3 ])).Shape [ 5; 4 ] "shape")

            testCase "extents that don't fit are told with the layer's name" (fun () ->
                let layer: Dense<float> = Random.key 1 |> Dense.init 3 4

                refuses<ShapeException> [ "dense"; "f64[5, 2]"; "f64[3, 4]"; "[inputs, outputs]" ] (fun () ->
                    Dense.apply layer (draw 1 [ 5; 2 ]) |> ignore)

                refuses<ShapeException> [ "dense"; "bias"; "f64[3]" ] (fun () ->
                    Dense.apply { layer with Bias = draw 1 [ 3 ] } (draw 1 [ 5; 3 ]) |> ignore))

            testCase "embedding" (fun () ->
                let layer = { Table = draw 4 [ 5; 2 ] }
                let rows = Embedding.apply layer (Tensor.ofSeq [ 2; 2 ] [ 4; 0; 4; 1 ])
                let table = reader layer.Table

                holds
                    0.0
                    [ 2; 2; 2 ]
                    [
                        for i in [ 4; 0; 4; 1 ] do
                            for j in 0..1 -> table [ i; j ]
                    ]
                    rows
                    "rows"

                let indices = Tensor.vector [ 4; 0; 4 ]
                let slope = grad (fun table -> Embedding.apply { Table = table } indices |> Tensor.sum) layer.Table
                holds 0.0 [ 5; 2 ] [ 1.0; 1.0; 0.0; 0.0; 0.0; 0.0; 0.0; 0.0; 2.0; 2.0 ] slope "a row read twice counts twice"
                refuses<DomainException> [ "5" ] (fun () -> Embedding.apply layer (Tensor.vector [ 5 ]) |> Tensor.toArray |> ignore))

            testCase "places" (fun () ->
                let waves: Tensor<float> = Embedding.positions 4 6

                let expected =
                    [
                        for t in 0..3 do
                            for i in 0..5 do
                                let angle = float t / 10000.0 ** (2.0 * float (i / 2) / 6.0)
                                if i % 2 = 0 then sin angle else cos angle
                    ]

                holds sums [ 4; 6 ] expected waves "sines and cosines"
                Expect.equal (Embedding.positions 4 5: Tensor<float32>).Shape [ 4; 5 ] "an odd width")
        ]

let private convolutions =
    let check name how padding extents (weightShape: int list) xShape =
        testCase name (fun () ->
            let strides, low, dilation, groups = how

            let layer =
                {
                    Conv.Weight = draw 5 weightShape
                    Bias = draw 6 [ weightShape[0] ]
                }

            let x = draw 7 xShape

            let options =
                { Convolution.Plain with
                    Strides = strides
                    Padding = padding
                    Dilation = dilation
                    Groups = groups
                }

            let expected = convolution (strides, low, dilation, groups) extents layer.Weight layer.Bias x
            holds sums (xShape[0] :: weightShape[0] :: extents) expected (Conv.applyWith options layer x) name)

    /// The transposed convolution of these numbers is the pullback of the convolution.
    let transposed name strides padding window extents groups =
        testCase name (fun () ->
            let weight = draw 8 (4 :: 2 :: window)
            let x = draw 9 (2 :: 2 * groups :: extents)

            let options =
                { Convolution.Plain with
                    Strides = strides
                    Padding = padding
                    Groups = groups
                }

            let y, pull = valueAndPullback (Tensor.conv options weight) x
            let cotangent = draw 10 y.Shape

            let back =
                Tensor.ofExpr (Front.Nn.ConvTranspose(cotangent.Expr, weight.Expr, null, Array.ofList strides, padding, null, groups))

            holds sums x.Shape (Tensor.toArray (pull cotangent)) back name)

    testList
        "convolutions"
        [
            check "one axis" ([ 1 ], [ 0 ], [ 1 ], 1) Padding.Valid [ 5 ] [ 3; 2; 3 ] [ 2; 2; 7 ]
            check "images, same padding" ([ 1; 1 ], [ 1; 0 ], [ 1; 1 ], 1) Padding.Same [ 4; 5 ] [ 2; 3; 3; 2 ] [ 2; 3; 4; 5 ]
            check
                "strides, padding and dilation"
                ([ 2; 3 ], [ 1; 2 ], [ 2; 1 ], 1)
                (Padding.Of(struct (1, 2), struct (2, 0)))
                [ 4; 3 ]
                [ 2; 1; 2; 3 ]
                [ 1; 1; 6; 7 ]
            check "groups" ([ 1; 2 ], [ 0; 0 ], [ 1; 1 ], 2) Padding.Valid [ 3; 2 ] [ 4; 2; 2; 2 ] [ 2; 4; 4; 4 ]
            check "each channel by itself" ([ 1 ], [ 1 ], [ 1 ], 3) Padding.Same [ 6 ] [ 6; 1; 3 ] [ 2; 3; 6 ]
            check "three axes" ([ 1; 2; 1 ], [ 0; 0; 0 ], [ 1; 1; 1 ], 1) Padding.Valid [ 2; 2; 3 ] [ 2; 2; 2; 1; 2 ] [ 1; 2; 3; 3; 4 ]

            transposed "transposed" [ 1; 1 ] Padding.Valid [ 3; 2 ] [ 5; 4 ] 1
            transposed "transposed, strides" [ 2; 3 ] Padding.Valid [ 3; 3 ] [ 7; 9 ] 1
            transposed "transposed, padding" [ 2 ] (Padding.Both(1, 1)) [ 3 ] [ 7 ] 1
            transposed "transposed, groups" [ 2; 1 ] Padding.Valid [ 2; 2 ] [ 6; 5 ] 2
            transposed "transposed, same" [ 2; 3 ] Padding.Same [ 4; 3 ] [ 6; 9 ] 1
            transposed "transposed, three axes" [ 1; 2; 1 ] Padding.Valid [ 2; 2; 2 ] [ 3; 4; 3 ] 1

            testCase "a transposed convolution by hand" (fun () ->
                let layer =
                    {
                        ConvTranspose.Weight = Tensor.ofSeq [ 1; 1; 3 ] [ 1.0; 10.0; 100.0 ]
                        Bias = Tensor.vector [ 0.5 ]
                    }

                let x = Tensor.ofSeq [ 1; 1; 2 ] [ 1.0; 2.0 ]
                holds 0.0 [ 1; 1; 5 ] [ 1.5; 10.5; 102.5; 20.5; 200.5 ] (ConvTranspose.apply [ 2 ] Padding.Valid layer x) "stride 2"
                Expect.equal (ConvTranspose.apply [ 2 ] Padding.Same layer x).Shape [ 1; 1; 4 ] "same"
                Expect.equal (ConvTranspose.apply [ 5 ] Padding.Same layer x).Shape [ 1; 1; 10 ] "same, stride past the window")

            testCase "global pools" (fun () ->
                let x = draw 11 [ 2; 3; 4; 5 ]
                let slices = Tensor.toArray x |> Array.chunkBySize 20
                holds sums [ 2; 3 ] (Array.map Array.average slices) (Pool.globalAvg x) "mean"
                holds 0.0 [ 2; 3 ] (Array.map Array.max slices) (Pool.globalMax x) "largest"
                refuses<ShapeException> [ "global_avg_pool"; "f64[3, 4]" ] (fun () -> Pool.globalAvg (draw 1 [ 3; 4 ]) |> ignore))

            testCase "gradients" (fun () ->
                let layer =
                    {
                        Conv.Weight = draw 5 [ 2; 1; 2; 2 ]
                        Bias = draw 6 [ 2 ]
                    }

                let x = draw 7 [ 1; 1; 3; 3 ]

                let loss layer x =
                    Conv.apply Padding.Same layer x |> Tensor.tanh |> Tensor.sum

                gradientAgrees 1e-9 (loss layer) x "input"
                gradientAgrees 1e-9 (fun weight -> loss { layer with Weight = weight } x) layer.Weight "weight"
                gradientAgrees 1e-9 (fun bias -> loss { layer with Bias = bias } x) layer.Bias "bias")

            testCase "channels that don't fit are told with the layer's name" (fun () ->
                let layer: Conv<float> = Random.key 1 |> Conv.init [ 3; 3 ] 2 4

                refuses<ShapeException> [ "conv"; "f64[1, 3, 8, 8]"; "3 channels"; "takes 2" ] (fun () ->
                    Conv.apply Padding.Same layer (draw 1 [ 1; 3; 8; 8 ]) |> ignore)

                refuses<ShapeException> [ "conv"; "f64[8, 8]"; "[N, C, S…]" ] (fun () ->
                    Conv.apply Padding.Same layer (draw 1 [ 8; 8 ]) |> ignore)

                let up: ConvTranspose<float> = Random.key 1 |> ConvTranspose.init [ 3; 3 ] 2 4

                refuses<ShapeException> [ "conv_transpose"; "takes 2" ] (fun () ->
                    ConvTranspose.apply [ 1; 1 ] Padding.Same up (draw 1 [ 1; 3; 8; 8 ]) |> ignore))
        ]

[<Tests>]
let tests = testList "layers" [ dense; convolutions ]
