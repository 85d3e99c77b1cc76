/// That nothing but the key decides what is drawn, and what wrong parameters are told.
module Adjoint.LibraryTests.Learn.RandomLawTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks

let private laws =
    testList
        "laws"
        [
            testCase "a compiled function draws the same" (fun () ->
                let draw key =
                    let normal: Tensor<float> = Random.normal [ 1000 ] key
                    normal, Random.permutation 50 key, Random.choiceOf (Tensor.arange<float> 9) [ 40 ] key

                let x, order, chosen = draw (Random.key 21)
                let x', order', chosen' = compile draw (Random.key 21)
                holds 0.0 [ 1000 ] (Tensor.toArray x) x' "normal"
                Expect.sequenceEqual (Tensor.toArray order') (Tensor.toArray order) "permutation"
                Expect.sequenceEqual (Tensor.toArray chosen') (Tensor.toArray chosen) "choice")

            testCase "lanes draw what their keys give" (fun () ->
                let keys = Random.key 22 |> Random.splitMany 5

                let each draw =
                    let lanes: Tensor<float> = vmap draw keys
                    let single = Tensor.stack 0 [ for i in 0..4 -> draw keys[i] ]
                    holds 0.0 single.Shape (Tensor.toArray single) lanes "lanes"

                each (Random.normal [ 3 ])
                each (Random.ball 2 [ 3 ])
                each (Random.shuffle 0 (Tensor.arange<float> 7))
                each (Random.choiceOf (Tensor.arange<float> 7) [ 4 ] >> Tensor.cast))

            testCase "any number of threads draws the same" (fun () ->
                let graph =
                    Front.GraphBuilder.Build(
                        [| Ir.TensorType.Of(DType.U32, 2) |],
                        Func<_, _>(fun (keys: Expr[]) -> [| Front.Rng.Normal(keys[0], Shape.Of(300, 1000), DType.F64) |])
                    )

                let run threads =
                    use pool = Execute.WorkerPool.Create threads
                    let options = Execute.RunOptions(Parallel = pool)
                    let key = Front.Rng.Key(1L).Value()
                    let results = Execute.Executable.Compile(graph).Run([| key |], options)
                    results[0].ToArray<float>()

                let one = run 1
                Expect.sequenceEqual (run 3) one "three threads")

            testCase "split keys are unrelated" (fun () ->
                let keys = Random.key 23 |> Random.splitMany 6
                let x: Tensor<float> = vmap (Random.normal [ 20_000 ]) keys
                let correlations = Tensor.matMul x (Tensor.transpose x) / 20_000.0

                // A correlation of n pairs deviates by 1/√n; 15 pairs within 4.7 of these by chance but for 15 × 2.6e-6.
                for i in 0..5 do
                    for j in 0 .. i - 1 do
                        Expect.isLessThan (abs (value correlations[i, j])) (4.7 / sqrt (20_000.0)) $"{i} and {j}")

            testCase "derivatives pass through what shifts and scales" (fun () ->
                let key = Random.key 24
                let low: Tensor<float> = Tensor.vector [ -1.0; 0.0; 2.0 ]

                gradientAgrees
                    1e-9
                    (fun x -> Random.uniformBetween low x [ 4; 3 ] key |> Tensor.square |> Tensor.sum)
                    (low + 1.5)
                    "uniform's upper bound"

                gradientAgrees
                    1e-9
                    (fun x ->
                        Random.uniformBetween x (x + x * x + 1.0) [ 3 ] key
                        |> Tensor.square
                        |> Tensor.sum)
                    low
                    "both"

                let factor: Tensor<float> = Tensor.matrix [ [ 2.0; 0.0 ]; [ -1.0; 0.5 ] ]

                gradientAgrees
                    1e-9
                    (fun l -> Random.multivariateNormal (low[..1]) l [ 5 ] key |> Tensor.square |> Tensor.sum)
                    factor
                    "a factor")
        ]

let private errors =
    testList
        "errors"
        [
            testCase "what is no key" (fun () ->
                refuses<ShapeException> [ "u32[3, 2]"; "u32[2]"; "Key" ] (fun () ->
                    Random.key 1 |> Random.splitMany 3 |> Random.normal<float> [ 2 ] |> ignore))

            testCase "empty ranges and too many draws" (fun () ->
                refuses<DomainException> [ "integers"; "3 to 3" ] (fun () -> Random.key 1 |> Random.integers 3 3 [ 2 ] |> ignore)

                refuses<DomainException> [ "integers"; "u8" ] (fun () ->
                    (Random.key 1 |> Random.integersOf 0L 257L [ 2 ]: Tensor<byte>) |> ignore)

                refuses<DomainException> [ "truncated_normal" ] (fun () ->
                    (Random.key 1 |> Random.truncatedNormal 2.0 1.0 [ 2 ]: Tensor<float>) |> ignore)

                refuses<DomainException> [ "choice"; "6 of 5"; "without" ] (fun () ->
                    Random.key 1 |> Random.choiceWithout 5 [ 2; 3 ] |> ignore))

            testCase "what isn't floating" (fun () ->
                refuses<DTypeException> [ "normal"; "i32" ] (fun () -> Random.key 1 |> Random.normal<int> [ 2 ] |> ignore)

                refuses<DTypeException> [ "categorical"; "i32" ] (fun () ->
                    Random.key 1 |> Random.categorical (Tensor.vector [ 1; 2 ]) |> ignore))

            testCase "shapes that don't meet" (fun () ->
                let mean: Tensor<float> = Tensor.zeros [ 3 ]

                refuses<ShapeException> [ "multivariate_normal"; "f64[3]"; "f64[2, 2]" ] (fun () ->
                    Random.key 1 |> Random.multivariateNormal mean (Tensor.eye 2) [ 5 ] |> ignore)

                refuses<ShapeException> [ "choice"; "probabilities" ] (fun () ->
                    Random.key 1 |> Random.choiceOf (Tensor.eye<float> 2) [ 2 ] |> ignore))
        ]

[<Tests>]
let tests = testList "random" [ laws; errors ]
