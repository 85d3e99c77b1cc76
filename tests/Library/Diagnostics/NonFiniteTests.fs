/// Planted NaN and infinities, and whether the report names where they are born.
module Adjoint.LibraryTests.NonFiniteTests

open Expecto
open Adjoint
open Adjoint.Front.Audits

let private vector (items: float list) = Tensor.vector items
let private number (x: float) = Tensor.scalar x

/// The first birth's operation has this name, and the report has these texts.
let private born (operation: string) (texts: string list) (report: NonFinite) =
    Expect.isTrue report.Found "found"

    match report.First with
    | null -> failtest $"nothing was born: {report}"
    | first -> Expect.stringStarts first.Operation (operation + "(") "the operation"

    for text in texts do
        Expect.stringContains (string report) text "the report"

let private rooted (x: Tensor<float>) =
    let root = Tensor.sqrt x
    let chosen = Tensor.where (x .> 0.0) root (Tensor.zeros [ 3 ])
    Tensor.sum chosen

type private Part = { Scale: Tensor<float> }

type private Whole =
    {
        Parts: Part list
        Shift: Tensor<float>
    }

[<Tests>]
let tests =
    testList
        "first non-finite"
        [
            testCase "clean functions have none" (fun () ->
                let report = firstNonFinite (fun x -> Tensor.sum (Tensor.exp x)) (vector [ 1.0; 2.0 ])
                Expect.isFalse report.Found "found"
                Expect.isNull report.First "first"
                Expect.stringContains (string report) "No non-finite value" "the report")

            testCase "a logarithm of a negative number" (fun () ->
                let f (x: Tensor<float>) =
                    let y = scope "encoder" (fun () -> Tensor.log x)
                    Tensor.sum y

                let report = firstNonFinite f (vector [ 1.0; -2.0 ])
                born "log" [ "element [1] is NaN"; "operands: -2"; "encoder, NonFiniteTests.fs:" ] report
                Expect.isFalse report.First.IsBackward "forward"
                Expect.equal (List.ofSeq report.First.Index) [ 1 ] "index")

            testCase "a where that hides sqrt 0 is found in the backward pass, with its partner" (fun () ->
                let report = firstNonFinite rooted (vector [ 1.0; 0.0; 4.0 ])

                born
                    "div"
                    [
                        "backward"
                        "derivative of sqrt(f64[3])"
                        "NonFiniteTests.fs:"
                        "operands there: 0"
                        "where(x > 0"
                    ]
                    report

                Expect.isTrue report.First.IsBackward "backward"
                Expect.equal (List.ofSeq report.First.Index) [ 1 ] "index")

            testCase "an infinity that becomes NaN is told from the start" (fun () ->
                let f (x: Tensor<float>) =
                    let y = Tensor.exp x
                    Tensor.sum (y - y)

                let report = firstNonFinite f (vector [ 1.0; 1000.0 ])
                born "exp" [ "is inf"; "operands: 1000"; "which made sub" ] report
                Expect.hasLength (List.ofSeq report.Chain) 2 "two births")

            testCase "infinities that turn finite are no finding" (fun () ->
                let f (x: Tensor<float>) =
                    let y = 1.0 / (1.0 + Tensor.exp x)
                    Tensor.sum (stopGradient y) + Tensor.sum x

                let report = firstNonFinite f (vector [ 1000.0 ])
                Expect.isFalse report.Found "found"
                Expect.stringContains (string report) "finite again" "note")

            testCase "a mask of minus infinity is no finding unless all is masked" (fun () ->
                let attend (keep: bool list) (x: Tensor<float>) =
                    Tensor.where (Tensor.vector keep) x (Tensor.full [ 2 ] -infinity)
                    |> Tensor.softmax 0
                    |> Tensor.square
                    |> Tensor.sum

                Expect.isFalse (firstNonFinite (attend [ true; false ]) (vector [ 1.0; 2.0 ])).Found "one is kept"
                let report = firstNonFinite (attend [ false; false ]) (vector [ 1.0; 2.0 ])
                born "div" [ "operands: 0, 0"; "the constant -inf" ] report)

            testCase "NaN in the data is told by its path" (fun () ->
                let model =
                    {
                        Parts = [ { Scale = number 1.0 }; { Scale = vector [ 1.0; nan ] } ]
                        Shift = number 0.0
                    }

                let f (model: Whole) =
                    Tensor.sum (model.Parts[0].Scale * model.Parts[1].Scale + model.Shift)

                let report = firstNonFinite f model
                Expect.isTrue report.Found "found"
                Expect.isEmpty report.Chain "nothing was born"
                Expect.stringContains (string report) "argument Parts[1].Scale is NaN at [1]" "the argument")

            testCase "a NaN that the function captures is told" (fun () ->
                let data = vector [ 0.0; nan ]
                let report = firstNonFinite (fun (x: Tensor<float>) -> Tensor.sum (x * data)) (number 1.0)
                Expect.stringContains (string report) "from outside is NaN at [1]" "the capture")

            testCase "a literal NaN is told" (fun () ->
                let report = firstNonFinite (fun (x: Tensor<float>) -> Tensor.sum (x * nan)) (number 1.0)
                Expect.stringContains (string report) "the constant NaN" "the constant")

            testCase "a loop's iteration is told" (fun () ->
                let f (x: Tensor<float>) =
                    Flow.forLoop 0 6 (fun _ s -> scope "root" (fun () -> Tensor.sqrt (s - 0.25))) x

                // sqrt 0.05 = 0.22, less than 0.25.
                let report = firstNonFinite f (number 0.3)
                born "sqrt" [ "iteration 1 (of 0 to 5) of scan"; "root" ] report)

            testCase "an iteration of the backward pass is told, with the forward operands" (fun () ->
                let f (x: Tensor<float>) =
                    Flow.forLoop
                        0
                        4
                        (fun i s ->
                            let factor = Tensor.where (i .= 2L) (number 0.0) (number 1.0)
                            let root = Tensor.sqrt (s * factor)
                            root + 1.0)
                        x

                let report = firstNonFinite f (number 2.0)

                born
                    "div"
                    [
                        "backward"
                        "iteration 2 (of 0 to 3) of scan"
                        "derivative of sqrt"
                        "operands there: 0"
                    ]
                    report)

            testCase "a while loop's iteration is told" (fun () ->
                let f (x: Tensor<float>) =
                    Flow.whileLoop
                        (fun (i: Tensor<int>, _) -> i .< 5)
                        (fun (i: Tensor<int>, s: Tensor<float>) -> i + 1, Tensor.exp s)
                        (Tensor.scalar 0, x)
                    |> snd

                born "exp" [ "iteration 3 of while"; "gives inf" ] (firstNonFinite f (number 1.0)))

            testCase "a branch is told" (fun () ->
                let f (x: Tensor<float>) =
                    Flow.cond (x .> 0.0) (fun x -> Tensor.log (x - x)) Tensor.exp x

                born "log" [ "the branch taken where true of cond" ] (firstNonFinite f (number 1.0)))

            testCase "inside compile" (fun () ->
                let f = compile (fun (x: Tensor<float>) -> let y = Tensor.log x in Tensor.sum y)
                born "log" [ "the body of call"; "NonFiniteTests.fs:" ] (firstNonFinite f (vector [ 0.0 ])))

            testCase "a custom rule's NaN" (fun () ->
                let safeSqrt =
                    customVjp Tensor.sqrt (fun (x: Tensor<float>) -> Tensor.sqrt x, x) (fun x g -> g / (x - x))

                let f (x: Tensor<float>) = Tensor.sum (safeSqrt x)
                born "div" [ "backward"; "custom_function" ] (firstNonFinite f (vector [ 4.0 ])))

            testCase "an overflow of a product of matrices in f32" (fun () ->
                let f (x: Tensor<float32>) = Tensor.sum (Tensor.matMul x x)
                born "dot_general" [ "inf"; "1e+30".ToUpperInvariant() ] (firstNonFinite f (Tensor.full [ 2; 2 ] 1e30f)))

            testCase "functions without tangents are run forward" (fun () ->
                Expect.isFalse (firstNonFinite (fun (x: Tensor<int>) -> x + 1) (Tensor.vector [ 1 ])).Found "found")
        ]
