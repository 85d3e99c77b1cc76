/// Planted wrong rules, and whether the audits find them, and only them.
module Adjoint.LibraryTests.RuleTests

open Expecto
open Adjoint
open Adjoint.Front.Audits

let private vector (items: float list) = Tensor.vector items
let private number (x: float) = Tensor.scalar x

/// sin with a reverse rule that is off by a factor.
let private wrongBy factor =
    customVjp Tensor.sin (fun (x: Tensor<float>) -> Tensor.sin x, x) (fun x g -> factor * g * Tensor.cos x)

let private right = wrongBy 1.0

/// sin with a reverse rule that adds to the cotangent.
let private affine =
    customVjp Tensor.sin (fun (x: Tensor<float>) -> Tensor.sin x, x) (fun x g -> g * Tensor.cos x + 0.1)

/// sin with a forward rule whose linear part at 0 is right.
let private bent =
    customJvp Tensor.sin (fun (x: Tensor<float>) dx -> Tensor.sin x, Tensor.cos x * Tensor.sin dx)

let private clipped =
    customVjp id (fun (x: Tensor<float>) -> x, ()) (fun () g -> Tensor.minimum g (number 0.1))

type private Layer =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

/// Twelve layers, of which one uses another activation.
let private deep special (activation: Tensor<float> -> Tensor<float>) (layers: Layer list) =
    let through x (i, layer) =
        scope $"layer{i}" (fun () ->
            let z = Tensor.matMul x layer.Weight + layer.Bias
            let y = if i = special then activation z else Tensor.sin z
            y)

    let y = List.fold through (Tensor.matrix [ [ 0.3; -0.2 ] ]) (List.indexed layers)
    Tensor.sum (y * y)

let private layers =
    [
        for i in 0..11 ->
            {
                Weight = Tensor.matrix [ [ 0.8; 0.1 * float i ]; [ -0.3; 0.9 ] ]
                Bias = vector [ 0.1; -0.1 ]
            }
    ]

let private passes name f x =
    testCase name (fun () ->
        let report = Audit.gradient f x
        Expect.isTrue report.Passed (string report)
        Expect.isNull report.FirstWrong (string report)
        Expect.isGreaterThan report.Checked 0 "operations")

/// The audit names a wrong rule of this operation, with these words.
let private fails name (operation: string) (words: string list) f x =
    testCase name (fun () ->
        let report = Audit.gradient f x
        Expect.isFalse report.Passed (string report)

        match report.FirstWrong with
        | null -> failtest $"no rule was found wrong: {report}"
        | wrong -> Expect.stringStarts wrong.Operation (operation + "(") "the operation"

        for word in words do
            Expect.stringContains (string report) word "the report")

[<Tests>]
let audits =
    testList
        "audit of gradients"
        [
            passes
                "a clean function"
                (fun (x: Tensor<float>) -> Tensor.sum (Tensor.sin x * Tensor.exp x / (1.0 + x * x)))
                (vector [ 1.0; -2.0; 0.3 ])
            passes "a deep model with a right custom rule" (deep 5 right) layers

            passes
                "loops and branches"
                (fun (x: Tensor<float>) ->
                    Flow.forLoop 0 5 (fun i s -> Flow.cond (i .> 2L) Tensor.tanh (fun s -> 1.5 * s) s) (Tensor.sum x))
                (vector [ 0.3; 0.4 ])

            passes
                "a while loop"
                (fun (x: Tensor<float>) -> Flow.whileLoop (fun s -> s .< 10.0) (fun s -> s * s + 1.0) (Tensor.sum x))
                (vector [ 0.3; 0.4 ])

            passes
                "single precision"
                (fun (x: Tensor<float32>) -> Tensor.sum (Tensor.tanh x * Tensor.exp x))
                (Tensor.vector [ 1.0f; -2.0f ])
            passes "half precision" (fun (x: Tensor<System.Half>) -> Tensor.sum (x * x)) (Tensor.vector [ System.Half.One ])

            passes
                "complex numbers"
                (fun (x: Tensor<System.Numerics.Complex>) -> Tensor.sum (Tensor.magnitude (Tensor.exp x): Tensor<float>))
                (Tensor.vector [ System.Numerics.Complex(0.3, 0.7) ])

            passes "a kink is no wrong rule" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.relu x + abs x)) (vector [ 0.0; 1.0 ])
            passes "a jump is no wrong rule" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.floor x * x)) (vector [ 1.0; 1.5 ])
            passes "a pole is no wrong rule" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.sqrt x)) (vector [ 0.0; 1.0 ])
            passes "cancellation is no wrong rule" (fun (x: Tensor<float>) -> Tensor.sum ((1e-14 * x + 1.0) - 1.0)) (vector [ 1.0; 2.0 ])
            passes "many numbers" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.relu (Tensor.sin x))) (Tensor.linspace -3.0 3.0 2000)

            fails
                "a factor of 1.0001 in a deep model"
                "custom_function"
                [ "layer7"; "RuleTests.fs:"; "reverse rule" ]
                (deep 7 (wrongBy 1.0001))
                layers
            fails "a sign" "custom_function" [ "layer0" ] (deep 0 (wrongBy -1.0)) layers
            fails "an affine pullback" "custom_function" [ "linearity of the reverse rule" ] (deep 3 affine) layers
            fails "a forward rule that is not linear" "custom_function" [ "linearity of the forward rule" ] (deep 3 bent >> id) layers
            fails
                "a pullback that clips"
                "custom_function"
                [ "linearity of the reverse rule" ]
                (fun x -> Tensor.sum (clipped (x * x)))
                (vector [ 1.0; 2.0 ])

            fails
                "a wrong rule in a branch in a loop"
                "custom_function"
                [ "iteration 4 (of 0 to 5) of scan"; "the branch taken where true of cond" ]
                (fun (x: Tensor<float>) -> Flow.forLoop 0 6 (fun i s -> Flow.cond (i .> 3L) (wrongBy 1.1) (fun s -> 1.1 * s) s) x)
                (number 0.3)

            fails
                "a wrong rule in single precision"
                "custom_function"
                []
                (fun (x: Tensor<float32>) ->
                    x
                    |> customVjp Tensor.exp (fun x -> Tensor.exp x, x) (fun x g -> g * Tensor.exp (1.001f * x))
                    |> Tensor.sum)
                (Tensor.vector [ 1.0f; 2.0f ])

            testCase "values that were looked at are told" (fun () ->
                let report =
                    Audit.gradient (fun x -> let n = value (Tensor.sum (x * x)) in n * Tensor.sum x) (vector [ 1.0; 2.0 ])

                Expect.isNull report.FirstWrong "no rule"
                Expect.isFalse report.Passed "the whole"
                Expect.stringContains (string report) "looks at values" "the note")

            testCase "a choice by value is right on its side" (fun () ->
                let f (x: Tensor<float>) =
                    let total = Tensor.sum x
                    if value total > 0.0 then total * total else -total

                Expect.isTrue (Audit.gradient f (vector [ 1.0; 2.0 ])).Passed "passed")

            testCase "each argument is told by its path" (fun () ->
                let report = Audit.gradient (deep 3 (wrongBy 2.0)) layers
                Expect.hasLength (List.ofSeq report.Arguments) 24 "arguments"
                Expect.equal report.Arguments[0].Name "argument [0].Weight" "name"
                Expect.equal report.Arguments[0].Verdict RuleVerdict.Wrong "before the wrong rule"
                Expect.equal report.Arguments[23].Verdict RuleVerdict.Right "behind it")

            testCase "nothing to differentiate" (fun () ->
                Expect.throwsT<Adjoint.Core.DerivativeException>
                    (fun () -> Audit.gradient (fun (x: Tensor<int>) -> x) (Tensor.vector [ 1 ]) |> ignore)
                    "integers")
        ]

let private broken (report: LawReport) =
    report.Broken |> Seq.map _.Law |> List.ofSeq

let private breaks name (law: string) f x =
    testCase name (fun () ->
        let found = broken (Laws.check f x)
        Expect.isTrue (found |> List.exists (fun text -> text.StartsWith law)) $"{law} among {found}")

let private obeys name f x =
    testCase name (fun () -> let report = Laws.check f x in Expect.isTrue report.Holds (string report))

[<Tests>]
let laws =
    testList
        "laws of a user's function"
        [
            obeys "smooth" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.sin x * Tensor.exp x)) (vector [ 1.0; -2.0 ])
            obeys "a model" (deep 4 right) layers

            obeys
                "several results of several types"
                (fun (x: Tensor<float32>, n: Tensor<int>) -> Tensor.exp x * Tensor.cast n, Tensor.sum x, n)
                (Tensor.vector [ 0.1f; 0.2f ], Tensor.vector [ 2; 3 ])

            obeys
                "loops"
                (fun (x: Tensor<float>) -> Flow.whileLoop (fun s -> s .< 10.0) (fun s -> s * s + 1.0) (Tensor.sum x))
                (vector [ 0.3; 0.4 ])

            obeys "a kink" (fun (x: Tensor<float>) -> Tensor.sum (Tensor.relu x)) (vector [ 0.0; 1.0 ])
            breaks "a wrong factor" "the forward derivative is that of differences" (deep 2 (wrongBy 1.001)) layers
            breaks "an affine pullback" "the reverse derivative is linear" (deep 2 affine) layers
            breaks "an affine pullback is no adjoint" "reverse is the adjoint" (deep 2 affine) layers
            breaks "a forward rule that is not linear" "the forward derivative is linear" (deep 2 bent) layers
            breaks "a pullback that clips" "the reverse derivative is linear" (fun x -> Tensor.sum (clipped (x * x))) (vector [ 1.0; 2.0 ])

            breaks
                "a batching rule of another function"
                "vmap is stacking"
                (customRule Tensor.sin [ CustomRule.batch (fun (x: Tensor<float>) -> Tensor.cos x) ])
                (vector [ 1.0; 2.0 ])

            testCase "a kink skips differences and says why" (fun () ->
                let report = Laws.check (fun (x: Tensor<float>) -> Tensor.sum (Tensor.relu x)) (vector [ 0.0; 1.0 ])
                Expect.equal report.Results[0].Verdict LawVerdict.Skipped "skipped"
                Expect.stringContains (string report) "kink" "why")
        ]
