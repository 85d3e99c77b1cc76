/// Control flow, batches, compiled functions and rules of one's own, over structures.
module Adjoint.LibraryTests.DslFlowTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

let private loops =
    testList
        "loops"
        [
            testCase "cond and switch choose between structures" (fun () ->
                let f (x: Tensor<float>) =
                    Flow.cond (x .> 0.0) (fun (x, y) -> [ x * y; y ]) (fun (x, y) -> [ x; x - y ]) (x, 3.0 * x)

                close [ 12.0; 6.0 ] (numbers (f (number 2.0))) "then"
                close [ -2.0; 4.0 ] (numbers (f (number -2.0))) "else"
                same [ 12.0 ] (grad (fun x -> (f x).Head) (number 2.0)) "its derivative"
                same [ 12.0; 1.0 ] (vmap (grad (fun x -> (f x).Head)) (vector [ 2.0; -2.0 ])) "a lane each"
                let powers = [ id; Tensor.square; fun x -> x * x * x ]

                let g i =
                    grad (Flow.switch (Tensor.scalar i) powers) (number 2.0)

                close [ 1.0; 1.0; 4.0; 12.0; 12.0 ] [ for i in [ -1; 0; 1; 2; 9 ] -> value (g i) ] "switch clamps")

            testCase "whileLoop over a tuple, and its derivatives" (fun () ->
                let power (x: Tensor<float>) =
                    (number 1.0, Tensor.scalar 0)
                    |> Flow.whileLoop (fun (_, n) -> n .< 5) (fun (y, n) -> y * x, n + 1)
                    |> fst

                same [ 32.0 ] (power (number 2.0)) "value"
                same [ 80.0 ] (grad power (number 2.0)) "first"
                same [ 160.0 ] (grad (diff power) (number 2.0)) "second"
                same [ 240.0 ] (grad (grad (grad power)) (number 2.0)) "third")

            testCase "gradient of vmap of a while whose lanes stop at different times" (fun () ->
                let grow (x: Tensor<float>) =
                    Flow.whileLoop (fun y -> y .< 100.0) (fun y -> y * x) x

                // 2⁷ = 128, 3⁵ = 243, 20² = 400
                let points = vector [ 2.0; 3.0; 20.0 ]
                same [ 128.0; 243.0; 400.0 ] (vmap grow points) "values"
                same [ 7.0 * 64.0; 5.0 * 81.0; 40.0 ] (grad (fun x -> Tensor.sum (vmap grow x)) points) "gradient"
                same [ 7.0 * 64.0; 5.0 * 81.0; 40.0 ] (vmap (grad grow) points) "the other way round")

            testCase "vmap of the gradient of a scan over a record" (fun () ->
                let run (start: Tensor<float>) =
                    let step layer (x: Tensor<float>) =
                        let next =
                            { layer with
                                Bias = layer.Bias * start + x
                            }

                        next, next.Bias

                    let last, all = Flow.scan step { Weight = number 0.0; Bias = start } (vector [ 1.0; 2.0; 3.0 ])

                    Tensor.sum all + last.Bias

                // b₁ = s² + 1, b₂ = s³ + s + 2, b₃ = s⁴ + s² + 2 s + 3; b₁ + b₂ + 2 b₃
                let slope s =
                    2.0 * s + 3.0 * s * s + 1.0 + 2.0 * (4.0 * s * s * s + 2.0 * s + 2.0)

                let points = [ 0.5; -1.0; 2.0 ]
                same (List.map slope points) (vmap (grad run) (vector points)) "gradients"
                same (List.map slope points) (vmap (diff run) (vector points)) "forward")

            testCase "scanBack, forLoop, repeat and map" (fun () ->
                let last, sums = Flow.scanBack (fun s x -> s + x, s + x) (number 0.0) (vector [ 1.0; 2.0; 3.0 ])
                same [ 6.0 ] last "last"
                same [ 6.0; 5.0; 3.0 ] sums "results lie at their slice"
                let total = Flow.forLoop 2 5 (fun i s -> s + Tensor.cast i) (number 0.0)
                same [ 9.0 ] total "2 + 3 + 4"

                let power n (x: Tensor<float>) =
                    Flow.repeat (Tensor.scalar n) (fun _ s -> s * x) (number 1.0)

                same [ 80.0 ] (grad (power 5L) (number 2.0)) "repeat"
                same [ 1.0 ] (power -3L (number 2.0)) "no steps"

                let squares =
                    Flow.map (fun (x: Tensor<float>, n: Tensor<int>) -> x * x, n) (vector [ 1.0; 2.0 ], Tensor.vector [ 5; 6 ])

                same [ 1.0; 4.0 ] (fst squares) "map")

            testCase "unfold: a path through so many steps" (fun () ->
                let path count (factor: Tensor<float>) =
                    Flow.unfold count (fun x -> factor * x, x) (number 1.0)

                let last, passed = path 4 (number 2.0)
                same [ 16.0 ] last "last"
                same [ 1.0; 2.0; 4.0; 8.0 ] passed "on the way"
                Expect.equal (snd (path 0 (number 2.0))).Shape [ 0 ] "no steps"
                // 1 + a + a² + a³
                same [ 17.0; 6.0 ] (vmap (grad (fun a -> Tensor.sum (snd (path 4 a)))) (vector [ 2.0; 1.0 ])) "gradients"

                let message = messageOf<ShapeException>(fun () -> path -1 (number 2.0) |> ignore)

                Expect.stringContains message "-1 steps are asked for" "message")

            testCase "states and branches that change their structure" (fun () ->
                messageOf<StructureException>(fun () ->
                    Flow.whileLoop (fun _ -> Tensor.scalar true) (fun _ -> []) [ number 1.0 ]
                    |> ignore)
                |> tells [ "whileLoop"; "1 element "; "0 elements" ]

                messageOf<StructureException>(fun () ->
                    Flow.cond (Tensor.scalar true) (fun x -> Some x) (fun _ -> None) (number 1.0)
                    |> ignore)
                |> tells [ "cond"; "Some"; "None" ]

                messageOf<StructureException>(fun () ->
                    Flow.forLoop 0 3 (fun _ (x: Tensor<float>, n) -> x, n + 1) (number 1.0, 0)
                    |> ignore)
                |> tells [ "forLoop"; "Item2"; "0"; "1" ])
        ]

let private batches =
    testList
        "batches"
        [
            testCase "per-example gradients of a structure" (fun () ->
                let example (x: Tensor<float>, y: Tensor<float>) layer =
                    Tensor.matMul x layer.Weight + layer.Bias - y |> Tensor.square |> Tensor.sum

                let xs = Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ -1.0; 0.5 ] ]
                let ys = Tensor.matrix [ [ 0.0; 1.0 ]; [ 1.0; 1.0 ]; [ 2.0; 0.0 ] ]
                let all = vmap (fun pair -> grad (example pair) (layer 1.0)) (xs, ys)
                Expect.equal all.Weight.Shape [ 3; 2; 2 ] "shape"

                for i in 0..2 do
                    let one = grad (example (xs[i], ys[i])) (layer 1.0)

                    close
                        (numbers one)
                        (numbers
                            {
                                Weight = all.Weight[i]
                                Bias = all.Bias[i]
                            })
                        "example"

                let total = grad (fun layer -> vmap (fun pair -> example pair layer) (xs, ys) |> Tensor.sum) (layer 1.0)
                close (numbers (Structure.map (fun leaf -> Front.Tensors.Sum(leaf, [| 0 |])) all)) (numbers total) "their sum")

            testCase "other axes, and arguments that are the same for all" (fun () ->
                let columns = Tensor.matrix [ [ 1.0; 2.0; 3.0 ]; [ 4.0; 5.0; 6.0 ] ]
                let f (x: Tensor<float>, layer) = x * layer.Bias
                let found = vmapWith [ Some 1; None ] -1 f (columns, layer 2.0)
                Expect.equal found.Shape [ 2; 3 ] "shape"
                same [ 1.0; 2.0; 3.0; -4.0; -5.0; -6.0 ] found "values"

                messageOf<StructureException>(fun () -> vmapWith [ Some 0; None; None; None ] 0 f (columns, layer 2.0) |> ignore)
                |> tells [ "4 axes"; "2 parts"; "3 leaves" ])

            testCase "extents that differ are told with the path" (fun () ->
                messageOf<ShapeException>(fun () ->
                    vmap
                        (fun m -> m.Bias)
                        {
                            Weight = vector [ 1.0 ]
                            Bias = vector [ 1.0; 2.0 ]
                        }
                    |> ignore)
                |> tells [ "Bias"; "f64[2]" ])
        ]

let private compiled =
    testList
        "compiled"
        [
            testCase "compile traces once for each structure and types" (fun () ->
                let mutable traces = 0

                let f =
                    compile (fun (m, n: int) ->
                        traces <- traces + 1

                        grad
                            loss
                            { m with
                                Extra = m.Extra |> Option.map (fun x -> float n * x)
                            })

                let expected n =
                    grad
                        loss
                        { model with
                            Extra = Some(float n * number 0.25)
                        }

                close (numbers (expected 2)) (numbers (f (model, 2))) "first"
                close (numbers (expected 2)) (numbers (f (model, 2))) "again"
                Expect.equal traces 1 "traced once"
                close (numbers (expected 3)) (numbers (f (model, 3))) "another constant"
                f ({ model with Extra = None }, 3) |> ignore
                Expect.equal traces 3 "another structure"
                Expect.equal (f (model, 2)).Name "model" "other data")

            testCase "compiled functions nest, and are differentiated" (fun () ->
                let square = compile (fun (x: Tensor<float>) -> x * x)
                same [ 4.0 ] (grad square (number 2.0)) "grad of compile"
                same [ 2.0 ] (compile (grad (grad square)) (number 2.0)) "compile of grad of compile"
                same [ 2.0; 4.0 ] (vmap (grad square) (vector [ 1.0; 2.0 ])) "vmap")

            testCase "checkpoint, scope, debugPrint and check" (fun () ->
                let f = checkpoint (fun m -> loss m)
                close (numbers (grad loss model)) (numbers (grad f model)) "checkpoint"
                same [ 3.0 ] (scope "part" (fun () -> number 3.0)) "scope"

                let guarded (x: Tensor<float>) =
                    x * x |> check "x is not negative" (x .>= 0.0)

                same [ 4.0 ] (grad guarded (number 2.0)) "check holds"

                messageOf<DomainException>(fun () -> value (guarded (number -2.0)) |> ignore)
                |> tells [ "x is not negative" ])
        ]

let private rules =
    let cube =
        customVjp (fun (x: Tensor<float>) -> x * x * x) (fun x -> x * x * x, [ x ]) (fun kept c -> 3.0 * kept.Head * kept.Head * c)

    testList
        "rules of one's own"
        [
            testCase "customVjp in both modes, nested and under vmap" (fun () ->
                same [ 12.0 ] (grad cube (number 2.0)) "reverse"
                same [ 12.0 ] (diff cube (number 2.0)) "forward"
                same [ 12.0 ] (grad (grad cube) (number 2.0)) "second"
                same [ 3.0; 12.0; 27.0 ] (vmap (grad cube) (vector [ 1.0; 2.0; 3.0 ])) "vmap of grad"
                same [ 3.0; 12.0; 27.0 ] (grad (fun x -> Tensor.sum (vmap cube x)) (vector [ 1.0; 2.0; 3.0 ])) "grad of vmap")

            testCase "customJvp over structures" (fun () ->
                let f =
                    customJvp (fun layer -> Tensor.sum layer.Weight, layer.Bias) (fun layer d ->
                        (Tensor.sum layer.Weight, layer.Bias), (2.0 * Tensor.sum d.Weight, d.Bias))

                let slope = grad (fun layer -> fst (f layer)) (layer 1.0)
                same [ 2.0; 2.0; 2.0; 2.0 ] slope.Weight "its own derivative"
                same [ 0.0; 0.0 ] slope.Bias "untouched")

            testCase "customRule with all three" (fun () ->
                let mutable batched = 0

                let f =
                    customRule
                        (fun (x: Tensor<float>) -> x * x)
                        [
                            CustomRule.jvp (fun x dx -> (x * x), 2.0 * x * dx)
                            CustomRule.vjp (fun x -> x * x, x) (fun x c -> 2.0 * x * c)
                            CustomRule.batch (fun xs ->
                                batched <- batched + 1
                                xs * xs)
                        ]

                same [ 1.0; 4.0 ] (vmap f (vector [ 1.0; 2.0 ])) "values"
                Expect.isGreaterThan batched 0 "the batching rule is used"
                same [ 6.0 ] (grad f (number 3.0)) "reverse"
                same [ 6.0 ] (diff f (number 3.0)) "forward")

            testCase "checkRules compares rules with the function's derivative" (fun () ->
                let square (x: Tensor<float>) = x * x
                let right = CustomRule.vjp (fun (x: Tensor<float>) -> square x, x) (fun x c -> 2.0 * x * c)
                let wrong = CustomRule.jvp (fun (x: Tensor<float>) dx -> square x, 3.0 * x * dx)
                checkRules square [ right ] (vector [ 1.0; 2.0 ])

                messageOf<DerivativeException>(fun () -> checkRules square [ right; wrong ] (number 2.0))
                |> tells [ "jvp rule" ])

            testCase "customLinearSolve and customRoot" (fun () ->
                let solve (a: Tensor<float>) (b: Tensor<float>) =
                    customLinearSolve (fun x -> a * x) (fun b -> b / a) (fun b -> b / a) b

                same [ -0.75 ] (grad (fun a -> solve a (number 3.0)) (number 2.0)) "d (b / a) / da"

                let root (a: Tensor<float>) =
                    let residual (x: Tensor<float>) = x * x - a
                    let newton (x: Tensor<float>) = 0.5 * (x + a / x)
                    let solve = Flow.whileLoop (fun x -> abs (residual x) .> 1e-13) newton
                    customRoot residual solve (fun linear y -> y / linear (Tensor.onesLike y)) (number 1.0)

                same [ 2.0 ] (root (number 4.0)) "root"
                same [ 0.25 ] (grad root (number 4.0)) "first"
                same [ -1.0 / 32.0 ] (diff (grad root) (number 4.0)) "second"
                same [ 0.5; 0.25 ] (vmap (grad root) (vector [ 1.0; 4.0 ])) "vmap")
        ]

[<Tests>]
let tests = testList "dsl flow" [ loops; batches; compiled; rules ]
