/// Random programs within budgets of memory: the same values as without, in no more memory than announced, and no more announced than allowed.
module Adjoint.Properties.Fuzz.UnkindBudgets

open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Properties.Laws
open Adjoint.Properties.Memory

/// Made ready within so many bytes; null where no way was found, which says how many would do.
let private within (budget: int64) (graph: Graph) =
    try
        Budgets.within budget graph
    with :? MemoryBudgetException as error ->
        Expect.isGreaterThan error.LeastBytes 0L "what would do"
        null

let private keeps (point: Point) =
    let whole = Executable.Compile point.Graph
    let struct (bytes, _) = whole.Forecast()
    let expected = UnkindRuns.outcome (fun () -> Budgets.run whole point.At |> fst |> Seq.ofList)

    for part in [ 1.0; 0.75; 0.5; 0.25 ] do
        let budget = int64 (part * float bytes)

        match within budget point.Graph with
        | null -> ()
        | executable ->
            let announced = Budgets.announced executable
            Expect.isLessThanOrEqual announced budget "announced within the budget"
            let peak = ref 0L

            let found =
                UnkindRuns.outcome (fun () ->
                    let results, bytes = Budgets.run executable point.At
                    peak.Value <- bytes
                    Seq.ofList results)

            Expect.isLessThanOrEqual peak.Value announced $"measured within what was announced:\n{point.Graph}"

            match UnkindRuns.compare true $"within {budget} bytes" expected found with
            | Some difference -> failtest $"{difference} of\n{point.Graph}"
            | None -> ()

[<Tests>]
let tests =
    testList
        "unkind programs within budgets"
        [
            for way in [ UnkindTests.Itself; UnkindTests.Pullback; UnkindTests.SecondPullback ] do
                testCase $"{way}" (fun () ->
                    for seed in 1..15 do
                        UnkindTests.drawn way true (UnkindTests.tape 120 (9000 + seed))
                        |> Option.iter keeps)
        ]
