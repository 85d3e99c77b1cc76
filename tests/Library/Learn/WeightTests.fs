/// First weights and dropout: their statistics.
module Adjoint.LibraryTests.Learn.WeightTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Learn.LayerTests

let private dropout =
    testList
        "dropout"
        [
            testCase "the mean stays" (fun () ->
                let kept = Dropout.apply 0.3 (Random.key 1) (Tensor.ones<float> [ 40_000 ])
                let zeros = Tensor.toArray kept |> Seq.filter ((=) 0.0) |> Seq.length
                // Binomial: √(40000 × 0.3 × 0.7) = 92; four of these, exceeded once in 16000 keys.
                Expect.isLessThan (abs (float zeros - 12_000.0)) 368.0 "zeros"
                Expect.all (Tensor.toArray kept) (fun x -> x = 0.0 || abs (x - 1.0 / 0.7) < rounding) "the others are scaled"
                near 0.014 1.0 (value (Tensor.mean kept)) "mean")

            testCase "other keys, other zeros; the same key, the same" (fun () ->
                let run seed =
                    Dropout.apply 0.5 (Random.key seed) (Tensor.ones<float> [ 64 ])
                    |> Tensor.toArray

                Expect.sequenceEqual (run 1) (run 1) "same"
                Expect.notEqual (run 1) (run 2) "other")

            testCase "whole channels" (fun () ->
                let x = Dropout.together [ 2; 3 ] 0.5 (Random.key 3) (Tensor.ones<float> [ 8; 8; 3; 3 ])
                let planes = Tensor.toArray x |> Array.chunkBySize 9
                Expect.all planes (fun plane -> (Array.distinct plane).Length = 1) "alike"
                Expect.equal (planes |> Array.map Array.head |> Array.distinct |> Array.sort) [| 0.0; 2.0 |] "some of each")

            testCase "none and all; the gradient is the mask" (fun () ->
                let x = draw 1 [ 5 ]
                holds 0.0 [ 5 ] (Tensor.toArray x) (Dropout.apply 0.0 (Random.key 1) x) "none"
                holds 0.0 [ 5 ] [ 0.0; 0.0; 0.0; 0.0; 0.0 ] (Dropout.apply 1.0 (Random.key 1) x) "all"
                let mask = Dropout.apply 0.5 (Random.key 1) (Tensor.ones<float> [ 5 ])
                holds 0.0 [ 5 ] (Tensor.toArray mask) (grad (Dropout.apply 0.5 (Random.key 1) >> Tensor.sum) x) "gradient"
                refuses<DomainException> [ "dropout"; "1.5" ] (fun () -> Dropout.apply 1.5 (Random.key 1) x |> ignore))
        ]

let private weights =
    let variance (x: Tensor<float>) = value (Tensor.variance x)

    // The variance of 40000 numbers deviates by at most √(2 / 40000) = 0.7 % of itself; 3 % are four of these.
    let has expected (x: Tensor<float>) = near 0.03 1.0 (variance x / expected)

    testList
        "first weights"
        [
            testCase "variances of dense weights" (fun () ->
                let make rule = rule [ 100; 400 ] (Random.key 1)
                has (2.0 / 500.0) (make Init.glorotUniform) "glorotUniform"
                has (2.0 / 500.0) (make Init.glorotNormal) "glorotNormal"
                has (2.0 / 100.0) (make Init.heUniform) "heUniform"
                has (2.0 / 100.0) (make Init.heNormal) "heNormal"
                has (1.0 / 100.0) (make Init.leCunUniform) "leCunUniform"
                has (1.0 / 100.0) (make Init.leCunNormal) "leCunNormal"
                has 0.25 (make (Init.normal 0.5)) "normal"
                has (1.0 / 12.0) (make (Init.uniform 0.5)) "uniform"
                let bound = sqrt (6.0 / 500.0)
                Expect.all (Tensor.toArray (make Init.glorotUniform)) (fun x -> abs x <= bound) "within its bound"
                let cut = 2.0 * sqrt (2.0 / 100.0) / 0.87962566103423978
                Expect.all (Tensor.toArray (make Init.heNormal)) (fun x -> abs x <= cut) "cut")

            testCase "a convolution's inputs are those of its window" (fun () ->
                let make rule = rule [ 100; 16; 5; 5 ] (Random.key 1)
                has (2.0 / (16.0 * 25.0)) (make Init.heNormal) "heNormal"
                has (2.0 / (116.0 * 25.0)) (make Init.glorotUniform) "glorotUniform"

                let fan =
                    Front.Init.ScaledNormal((Random.key 1).Expr, Shape.Of(100, 16, 5, 5), 1.0, Front.FanMode.Out, DType.F64)

                has (1.0 / 2500.0) (Tensor.ofExpr fan) "outputs")

            testCase "orthogonal" (fun () ->
                for rows, columns in [ 5, 8; 8, 5; 6, 6 ] do
                    let q: Tensor<float> = Random.key 2 |> Init.orthogonal [ rows; columns ]

                    let product =
                        if rows <= columns then
                            Tensor.matMul q (Tensor.transpose q)
                        else
                            Tensor.matMul (Tensor.transpose q) q

                    let n = min rows columns
                    holds 1e-14 [ n; n ] (Tensor.toArray (Tensor.eye<float> n)) product $"{rows} by {columns}")

            testCase "a vector has no fans" (fun () ->
                refuses<ShapeException> [ "init"; "[3]" ] (fun () -> (Init.heNormal [ 3 ] (Random.key 1): Tensor<float>) |> ignore))
        ]

[<Tests>]
let tests = testList "layers" [ dropout; weights ]
