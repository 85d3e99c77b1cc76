/// The differential operators over structures: every one of them, nested, and with ordinary F# control flow inside.
module Adjoint.LibraryTests.DslDerivativeTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

let private expected = lazy (differences loss model)

let private operators =
    testList
        "operators over structures"
        [
            testCase "grad and valueAndGrad give the model's own type" (fun () ->
                let slope = grad loss model
                close expected.Value (numbers slope) "gradient"
                Expect.equal slope.Name "model" "text is carried along"
                Expect.sequenceEqual (Tensor.toArray slope.Steps) [ 1; 2; 3 ] "integers come back unchanged"
                let found, slope = valueAndGrad loss model
                same [ value (loss model) ] found "value"
                close expected.Value (numbers slope) "gradient"
                let (_, name), _ = valueAndGradWith (fun m -> loss m, m.Name) model
                Expect.equal name "model" "what is carried along")

            testCase "jvp, linearize and pullback are one derivative" (fun () ->
                let direction = Structure.mapFloating (fun leaf -> leaf * 0.5) model
                let along = List.map2 (*) expected.Value (numbers direction) |> List.sum
                let f m = loss m, [ m.Steps ]
                let (found, _), (slope, steps) = jvp f model direction
                same [ value (loss model) ] found "jvp's value"
                close [ along ] [ value slope ] "jvp"
                Expect.sequenceEqual (Tensor.toArray steps.Head) [ 1; 2; 3 ] "a result without tangent"
                let _, push = linearize loss model

                close
                    [ along; 2.0 * along ]
                    [
                        value (push direction)
                        value (push (Structure.map (fun leaf -> leaf + leaf) direction))
                    ]
                    "linearize"

                let _, pull = valueAndPullback loss model
                close (expected.Value |> List.map ((*) 3.0)) (numbers (pull (number 3.0))) "pullback")

            testCase "jacobians are structures whose leaves have the result's axes in front" (fun () ->
                let f layer =
                    Tensor.matMul (vector [ 1.0; 2.0 ]) layer.Weight + layer.Bias

                let forward, reverse = jacfwd f (layer 1.0), jacrev f (layer 1.0)
                Expect.equal forward.Weight.Shape [ 2; 2; 2 ] "shape"
                same [ 1.0; 0.0; 2.0; 0.0; 0.0; 1.0; 0.0; 2.0 ] forward.Weight "weight"
                same [ 1.0; 0.0; 0.0; 1.0 ] forward.Bias "bias"
                close (numbers forward) (numbers reverse) "both modes")

            testCase "hessian, its blocks, and hvp" (fun () ->
                let f (a: Tensor<float>, b: Tensor<float>) = Tensor.sum (a * a * b)
                let point = vector [ 1.0; 2.0 ], vector [ 3.0; 4.0 ]
                let blocks = hessianBlocks f point
                same [ 6.0; 0.0; 0.0; 8.0 ] blocks["Item1", "Item1"] "aa"
                same [ 2.0; 0.0; 0.0; 4.0 ] blocks["Item1", "Item2"] "ab"
                same [ 0.0; 0.0; 0.0; 0.0 ] blocks["Item2", "Item2"] "bb"
                let a, b = hvp f point (vector [ 1.0; 1.0 ], vector [ 0.0; 1.0 ])
                same [ 6.0; 12.0 ] a "hvp a"
                same [ 2.0; 4.0 ] b "hvp b"
                let cubes = hessian (fun x -> Tensor.sum (x ** 3.0))
                same [ 6.0; 0.0; 0.0; 12.0 ] (cubes (vector [ 1.0; 2.0 ])) "hessian"
                Expect.equal (jacfwd cubes (vector [ 1.0; 2.0 ])).Shape [ 2; 2; 2 ] "third order"
                same [ 6.0; 0.0; 0.0; 0.0; 0.0; 0.0; 0.0; 6.0 ] (jacrev cubes (vector [ 1.0; 2.0 ])) "third order")

            testCase "unions, options and lists may change from call to call" (fun () ->
                for other in
                    [
                        { model with Activation = Tanh }
                        { model with
                            Extra = None
                            Layers = [ layer 0.5 ]
                        }
                        { model with Layers = [] }
                    ] do
                    close (differences loss other) (numbers (grad loss other)) "gradient")
        ]

let private nesting =
    testList
        "nesting"
        [
            testCase "perturbations are not confused" (fun () ->
                let f (x: Tensor<float>) = x * grad (fun y -> x + y) (number 5.0)
                same [ 1.0 ] (grad f (number 2.0)) "d/dx (x d/dy (x + y))"
                same [ 1.0 ] (diff f (number 2.0)) "forward"
                let g (x: Tensor<float>) = x * diff (fun y -> x * y) (number 5.0)
                same [ 4.0 ] (diff g (number 2.0)) "d/dx (x d/dy (x y))")

            testCase "three derivatives of t³ at once over [1; 2; 3; 4]" (fun () ->
                let cube (t: Tensor<float>) = t * t * t
                let points = vector [ 1.0; 2.0; 3.0; 4.0 ]
                same [ 3.0; 12.0; 27.0; 48.0 ] (vmap (diff cube) points) "first"
                same [ 6.0; 12.0; 18.0; 24.0 ] (vmap (diff (diff cube)) points) "second"
                same [ 6.0; 6.0; 6.0; 6.0 ] (vmap (grad (diff (grad cube))) points) "third")

            testCase "closures capture traced values of outer operators" (fun () ->
                let inner (w: Tensor<float>) =
                    let scaled = vmap (fun x -> x * w) (vector [ 1.0; 2.0; 3.0 ])
                    let again = grad (fun v -> Tensor.sum (v * scaled * w)) (vector [ 1.0; 1.0; 1.0 ])
                    Tensor.sum again

                // w² (1 + 2 + 3)
                same [ 24.0 ] (grad inner (number 2.0)) "first"
                same [ 12.0 ] (grad (grad inner) (number 2.0)) "second"
                same [ 0.0 ] (grad (grad (grad inner)) (number 2.0)) "third")
        ]

let private observing =
    testList
        "observing"
        [
            testCase "if, match and loops on observed values inside grad" (fun () ->
                let f (x: Tensor<float>) =
                    let mutable y = x

                    while value y < 100.0 do
                        y <- y * y

                    match value y with
                    | found when found > 200.0 -> 2.0 * y
                    | _ -> y

                same [ 2.0 * 8.0 * 3.0 ** 7.0 ] (grad f (number 3.0)) "3⁸ = 6561"
                same [ 20.0 ] (grad f (number 10.0)) "10² is not below 100"
                let sign (x: Tensor<float>) = if value x > 0.0 then x else -x
                same [ -1.0 ] (grad sign (number -2.0)) "the other branch"
                same [ 2.0 ] (grad (grad (fun x -> sign (x * x))) (number -2.0)) "nested")

            testCase "the same function looks at nothing inside vmap and compile" (fun () ->
                let f (x: Tensor<float>) = if value x > 0.0 then x else -x

                for run in [ vmap f; compile f; vmap (grad f); compile (vmap f) ] do
                    messageOf<TraceException>(fun () -> run (vector [ 1.0; 2.0 ]) |> ignore)
                    |> tells [ "cond"; "while"; "where"; "scan" ])

            testCase "stopGradient and other kinks" (fun () ->
                same [ 3.0 ] (grad (fun x -> x * stopGradient x) (number 3.0)) "stopGradient"
                same [ 0.0 ] (grad abs (number 0.0)) "|x|"
                same [ 0.0 ] (grad Tensor.relu (number 0.0)) "relu"
                same [ 0.5; 0.5 ] (grad Tensor.max (vector [ 2.0; 2.0 ])) "max splits evenly")
        ]

let private complaints =
    testList
        "complaints"
        [
            testCase "a loss that is no single number" (fun () ->
                messageOf<DerivativeException>(fun () -> grad id (vector [ 1.0; 2.0 ]) |> ignore)
                |> tells [ "grad"; "f64[2]"; "mean" ]

                messageOf<DerivativeException>(fun () -> diff id (vector [ 1.0; 2.0 ]) |> ignore)
                |> tells [ "diff"; "vmap" ])

            testCase "nothing to differentiate" (fun () ->
                messageOf<DerivativeException>(fun () ->
                    grad (fun (n: Tensor<int>) -> Tensor.cast n * number 1.0) (Tensor.scalar 3)
                    |> ignore)
                |> tells [ "i32[]"; "Cast" ])

            testCase "a tangent or cotangent of another structure" (fun () ->
                messageOf<StructureException>(fun () -> jvp loss model { model with Layers = [] } |> ignore)
                |> tells [ "jvp"; "Layers"; "tangent" ]

                let _, pull = valueAndPullback (fun (x: Tensor<float>) -> [ x; x ]) (number 1.0)

                messageOf<StructureException>(fun () -> pull [ number 1.0 ] |> ignore)
                |> tells [ "2 elements"; "1 element " ])

            testCase "a function that gives a function" (fun () ->
                messageOf<StructureException>(fun () -> vmap (fun (x: Tensor<float>) y -> x + y) (vector [ 1.0 ]) |> ignore)
                |> tells [ "vmap"; "tuple" ])
        ]

[<Tests>]
let tests = testList "dsl derivatives" [ operators; nesting; observing; complaints ]
