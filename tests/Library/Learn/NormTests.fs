/// Normalisations against their formula on plain arrays.
module Adjoint.LibraryTests.Learn.NormTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Learn.LayerTests

let private sums = 1e-12

/// (x - mean) / √(variance + ε) over the numbers of one group.
let private standard epsilon (items: float[]) =
    let mean = Array.average items
    let variance = items |> Array.averageBy (fun x -> (x - mean) ** 2.0)
    items |> Array.map (fun x -> (x - mean) / sqrt (variance + epsilon))

/// The tensor normalised in groups: numbers with one label belong together.
let private expected epsilon (label: int -> 'Label) (x: Tensor<float>) =
    let items = Tensor.toArray x
    let result = Array.zeroCreate items.Length

    for _, members in Seq.groupBy label (seq { 0 .. items.Length - 1 }) do
        let members = Array.ofSeq members
        Array.iter2 (fun i y -> result[i] <- y) members (standard epsilon (members |> Array.map (fun i -> items[i])))

    result

let private affine channel (layer: Norm<float>) (items: float[]) =
    let scale, shift = Tensor.toArray layer.Scale, Tensor.toArray layer.Shift
    items |> Array.mapi (fun i y -> y * scale[channel i] + shift[channel i])

let private layer n : Norm<float> =
    {
        Scale = draw 21 [ n ]
        Shift = draw 22 [ n ]
    }

// x : [3, 4, 2, 5]; of element i: channel i / 10 % 4, example i / 40.
let private x = 3.0 + 2.0 * draw 23 [ 3; 4; 2; 5 ]
let private channel i = i / 10 % 4

let private formulas =
    testList
        "formulas"
        [
            testCase "batch norm" (fun () ->
                let y, statistics = BatchNorm.apply (layer 4) x
                holds sums x.Shape (affine channel (layer 4) (expected 1e-5 channel x)) y "y"

                let channels =
                    x
                    |> Tensor.toArray
                    |> Array.indexed
                    |> Array.groupBy (fst >> channel)
                    |> Array.map (snd >> Array.map snd)

                let means = channels |> Array.map Array.average
                let variances = Array.map2 (fun c m -> Array.averageBy (fun x -> (x - m) ** 2.0) c) channels means
                holds sums [ 4 ] means statistics.Mean "mean"
                holds sums [ 4 ] variances statistics.Variance "variance")

            testCase "batch norm of vectors" (fun () ->
                let x = draw 24 [ 6; 3 ]
                let y, _ = BatchNorm.apply (layer 3) x
                holds sums [ 6; 3 ] (affine (fun i -> i % 3) (layer 3) (expected 1e-5 (fun i -> i % 3) x)) y "y")

            testCase "running statistics are used afterwards" (fun () ->
                let start: Running<float> = BatchNorm.start 4
                let _, batch = BatchNorm.apply (layer 4) x
                let _, running = BatchNorm.train 0.9 (layer 4) start x
                holds sums [ 4 ] (Tensor.toArray (0.1 * batch.Mean)) running.Mean "mean"
                holds sums [ 4 ] (Tensor.toArray (0.9 + 0.1 * batch.Variance)) running.Variance "variance"
                let trained, _ = BatchNorm.apply (layer 4) x
                holds 1e-11 x.Shape (Tensor.toArray trained) (BatchNorm.infer (layer 4) batch x) "infer by the batch's own"

                holds
                    sums
                    [ 1; 4 ]
                    (Tensor.toArray (layer 4).Shift)
                    (BatchNorm.infer (layer 4) running (Tensor.reshape [ 1; 4 ] running.Mean))
                    "a mean")

            testCase "running statistics have no derivative" (fun () ->
                let loss x =
                    let _, running = BatchNorm.train 0.9 (layer 4) (BatchNorm.start 4) x
                    Tensor.sum running.Mean + 0.0 * Tensor.sum x

                Expect.all (Tensor.toArray (grad loss x)) ((=) 0.0) "zero")

            testCase "layer norm" (fun () ->
                holds
                    sums
                    x.Shape
                    (affine (fun i -> i % 5) (layer 5) (expected 1e-5 (fun i -> i / 5) x))
                    (LayerNorm.apply (layer 5) x)
                    "last axis"

                let wide: Norm<float> = LayerNorm.init [ 2; 5 ]
                holds sums x.Shape (expected 1e-5 (fun i -> i / 10) x) (LayerNorm.apply wide x) "last two")

            testCase "group norm and instance norm" (fun () ->
                let groups = expected 1e-5 (fun i -> i / 40, channel i / 2) x
                holds sums x.Shape (affine channel (layer 4) groups) (GroupNorm.apply 2 (layer 4) x) "two groups"
                let each = expected 1e-5 (fun i -> i / 10) x
                holds sums x.Shape (affine channel (layer 4) each) (InstanceNorm.apply (layer 4) x) "instance")

            testCase "rms norm" (fun () ->
                let x = draw 25 [ 2; 3 ]
                let scale = draw 26 [ 3 ]

                let expected =
                    [
                        for row in Array.chunkBySize 3 (Tensor.toArray x) do
                            let root = sqrt (Array.averageBy (fun x -> x * x) row + 1e-6)
                            yield! Array.map2 (fun x s -> x / root * s) row (Tensor.toArray scale)
                    ]

                holds sums [ 2; 3 ] expected (RmsNorm.apply { Scale = scale } x) "y")
        ]

let private laws =
    testList
        "laws"
        [
            testCase "gradients go through the statistics" (fun () ->
                let x = draw 27 [ 3; 2; 4 ]

                let weigh y =
                    Tensor.sum (Tensor.cos (y * draw 28 [ 3; 2; 4 ]))

                gradientAgrees 1e-8 (fun x -> BatchNorm.apply (layer 2) x |> fst |> weigh) x "batch norm"
                gradientAgrees 1e-8 (LayerNorm.apply (layer 4) >> weigh) x "layer norm"
                gradientAgrees 1e-8 (GroupNorm.apply 1 (layer 2) >> weigh) x "group norm"
                gradientAgrees 1e-8 (RmsNorm.apply { Scale = (layer 4).Scale } >> weigh) x "rms norm"
                gradientAgrees 1e-8 (fun scale -> LayerNorm.apply { layer 4 with Scale = scale } x |> weigh) (layer 4).Scale "scale")

            testCase "a row of equal numbers is 0, with a finite gradient" (fun () ->
                let flat = Tensor.full [ 2; 3 ] 7.0
                let plain: Norm<float> = LayerNorm.init [ 3 ]
                holds 0.0 [ 2; 3 ] (List.replicate 6 0.0) (LayerNorm.apply plain flat) "zeros"

                Expect.all
                    (Tensor.toArray (grad (LayerNorm.apply plain >> Tensor.square >> Tensor.sum) flat))
                    System.Double.IsFinite
                    "gradient")

            testCase "f16 is computed in f32" (fun () ->
                // Squares of 300 are past f16.
                let wide: Tensor<System.Half> =
                    Tensor.ofSeq [ 1; 4 ] ([ -300; -100; 100; 300 ] |> Seq.map (float32 >> System.Half.op_Explicit))

                let y: Tensor<float> = LayerNorm.apply (LayerNorm.init [ 4 ]) wide |> Tensor.cast
                // 2^-11 is half a last place of f16 below 2.
                holds 1e-3 [ 1; 4 ] (standard 1e-5 [| -300.0; -100.0; 100.0; 300.0 |]) y "y")

            testCase "parameters that don't fit are told with the layer's name" (fun () ->
                refuses<ShapeException> [ "batch_norm"; "f64[3, 4, 2, 5]"; "f64[5]"; "[N, C, S…]" ] (fun () ->
                    BatchNorm.apply (layer 5) x |> ignore)

                refuses<ShapeException> [ "layer_norm"; "f64[4]"; "last extents" ] (fun () -> LayerNorm.apply (layer 4) x |> ignore)
                refuses<ShapeException> [ "group_norm"; "3 groups"; "4 channels" ] (fun () -> GroupNorm.apply 3 (layer 4) x |> ignore))
        ]

[<Tests>]
let tests = testList "norms" [ formulas; laws ]
