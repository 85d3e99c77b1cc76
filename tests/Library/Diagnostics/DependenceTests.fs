/// Arguments without influence: where the report says that the dependence is lost.
module Adjoint.LibraryTests.DependenceTests

open System.Collections.Generic
open Expecto
open Adjoint
open Adjoint.Front
open Adjoint.Front.Audits

type private Layer =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

type private Net =
    {
        Layers: Layer list
        Scale: Tensor<float>
    }

let private vector (items: float list) = Tensor.vector items
let private some = vector [ 0.5; 1.5; 2.5 ]

/// A function of which the derivative is identically zero, the operation that loses it, and words of the reason.
let private lost: (string * (Tensor<float> -> Tensor<float>) * string option * string list) list =
    let whole (x: Tensor<float>) : Tensor<int> = Tensor.cast x

    [
        "a cast to integers", (fun x -> Tensor.sum (Tensor.cast (whole x))), Some "convert", [ "i32[3]" ]
        "a comparison", (fun x -> Tensor.sum (Tensor.cast (x .> 1.0))), Some "compare", [ "bools" ]
        "argmax", (fun x -> Tensor.cast (Tensor.argMax 0 x)), Some "arg_max", [ "places" ]
        "floor", (fun x -> Tensor.sum (Tensor.floor x * 2.0)), Some "floor", [ "0 everywhere" ]
        "a value that was looked at", (fun x -> Tensor.scalar (value (Tensor.sum x))), None, [ "looks at its value" ]
        "nothing", (fun _ -> Tensor.scalar 1.0), None, [ "doesn't depend" ]
        "in a loop", (fun x -> Flow.forLoop 0 3 (fun _ s -> Tensor.round s) (Tensor.sum x)), Some "round", [ "in a body of scan" ]
        "in a branch",
        (fun x -> Flow.cond (Tensor.scalar true) Tensor.floor Tensor.sign (Tensor.sum x)),
        Some "floor",
        [ "in a body of cond" ]
        "in a checkpoint", checkpoint (fun x -> Tensor.sum (Tensor.ceil x)), Some "ceil", [ "in a body of checkpoint" ]
        "in compile", compile (fun x -> Tensor.sum (Tensor.sign x)), Some "sign", [ "in a body of call" ]
    ]

/// What the handler of diagnostics is told.
let private told (action: unit -> unit) =
    let lines = List<string>()
    let before = Diagnostics.Handler
    Diagnostics.Handler <- System.Action<string>(fun line -> lock lines (fun () -> lines.Add line))

    try
        action ()
    finally
        Diagnostics.Handler <- before

    List.ofSeq lines

[<Tests>]
let tests =
    testSequenced
    <| testList
        "lost dependence"
        [
            for name, f, operation, words in lost do
                testCase name (fun () ->
                    let report = Audit.dependence f some
                    Expect.hasLength (List.ofSeq report.Lost) 1 (string report)
                    let found = report.Lost[0]
                    Expect.isTrue found.IsIdentical "identically"

                    match operation with
                    | Some operation ->
                        Expect.equal found.Operation operation "operation"
                        Expect.stringContains (string report) "DependenceTests.fs:" "place"
                    | None -> Expect.isNull found.Operation "operation"

                    for word in words do
                        Expect.stringContains (string report) word "reason")

            testCase "stopGradient asks for it" (fun () ->
                Expect.isTrue (Audit.dependence (fun x -> Tensor.sum (stopGradient x)) some).IsComplete "at the top"

                let loop (x: Tensor<float>) =
                    Flow.forLoop 0 3 (fun _ s -> stopGradient s) (Tensor.sum x)

                Expect.isTrue (Audit.dependence loop some).IsComplete "in a loop")

            testCase "what is used is not told" (fun () ->
                Expect.isTrue (Audit.dependence (fun x -> Tensor.sum (Tensor.floor x + x)) some).IsComplete "used beside")

            testCase "an unused field is told by its path" (fun () ->
                let layer = { Weight = some; Bias = some }

                let net =
                    {
                        Layers = [ layer; layer; layer ]
                        Scale = some
                    }

                let f net =
                    net.Layers
                    |> List.mapi (fun i layer -> if i = 2 then layer.Weight else layer.Weight + layer.Bias)
                    |> List.reduce (*)
                    |> (*) net.Scale
                    |> Tensor.sum

                let report = Audit.dependence f net
                Expect.equal (report.Lost |> Seq.map _.Name |> List.ofSeq) [ "argument Layers[2].Bias" ] "path")

            testCase "zeros at the values at hand" (fun () ->
                let report = Audit.dependence (fun x -> Tensor.sum (Tensor.relu (x - 10.0))) some
                Expect.isFalse report.Lost[0].IsIdentical "identically"
                Expect.stringContains (string report) "zero here" "said"
                Expect.stringContains (string report) "DependenceTests.fs:" "place")

            testCase "a custom rule that gives zeros" (fun () ->
                let dead = customVjp Tensor.sin (fun (x: Tensor<float>) -> Tensor.sin x, ()) (fun () g -> 0.0 * g)
                let report = Audit.dependence (fun x -> Tensor.sum (scope "unit" (fun () -> dead x) * 2.0)) some
                Expect.equal report.Lost[0].Operation "custom_function" (string report))

            testCase "grad tells the handler, with the line of the operation" (fun () ->
                let lines =
                    told (fun () ->
                        grad (fun x -> let y = scope "cut" (fun () -> Tensor.floor x) in Tensor.sum y) some
                        |> ignore)

                Expect.hasLength lines 1 "one line"
                Expect.stringContains lines[0] "lost in floor (cut, DependenceTests.fs:" "place"
                Expect.isEmpty (told (fun () -> grad (fun x -> Tensor.sum (stopGradient x)) some |> ignore)) "stopped"
                Expect.isEmpty (told (fun () -> grad (fun x -> Tensor.sum (x * x)) some |> ignore)) "smooth")
        ]

[<Tests>]
let summaries =
    testList
        "model summary"
        [
            testCase "tensors, totals and costs" (fun () ->
                let layer =
                    {
                        Weight = Tensor.ones [ 3; 2 ]
                        Bias = Tensor.zeros [ 2 ]
                    }

                let summary = Model.summary (layer, Tensor.vector [ 1; 2 ])
                Expect.equal summary.Parameters 8L "parameters"
                Expect.equal summary.Bytes (8L * 8L + 2L * 4L) "bytes"
                Expect.stringContains (string summary) "Item1.Weight" "path"
                Expect.stringContains (string summary) "f64[3, 2]" "type"
                Expect.stringContains (string summary) "not trained" "integers"

                let f layer (x: Tensor<float>) =
                    Tensor.matMul x layer.Weight + layer.Bias

                let summary = Model.summaryOf f layer (Tensor.ones [ 5; 3 ])

                // A product of [5, 3] and [3, 2] takes 5·3·2 multiplications and as many additions; then 10 additions.
                Expect.equal summary.Forward.Flops 70.0 "forward"
                Expect.isGreaterThan summary.Gradient.Flops 100.0 "gradient"
                Expect.stringContains (string summary) "with gradient" "text")
        ]
