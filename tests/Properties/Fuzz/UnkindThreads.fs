/// Random programs that many threads run and compile at once, some of them cancelled: each call that ends gives the bits of a run alone.
module Adjoint.Properties.Fuzz.UnkindThreads

open System.Collections.Immutable
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Properties.Endurance
open Adjoint.Properties.Laws

let private pool = WorkerPool.Create 4

/// The results, or that operands cause an error.
let private outcome (executable: Executable) (at: HostValue list) options =
    try
        Some(executable.RunValues(at.ToImmutableArray(), options) |> List.ofArray)
    with :? AdjointException ->
        None

let private same expected found =
    match expected, found with
    | None, None -> true
    | Some expected, Some found -> List.forall2 Values.sameBits expected found
    | _ -> false

/// A run that is cancelled before, or somewhere on the way; its results where it was faster.
let private cancelled (executable: Executable) (at: HostValue list) (after: int) =
    use source = new CancellationTokenSource()

    if after = 0 then
        source.Cancel()
    else
        source.CancelAfter after

    try
        Some(outcome executable at (RunOptions(Parallel = pool, Cancellation = source.Token)))
    with :? System.OperationCanceledException ->
        None

let private together (point: Point) =
    let executable = Executable.Compile point.Graph
    let expected = outcome executable point.At (RunOptions(Parallel = Serial.Instance))

    let check what found =
        Expect.isTrue (same expected found) $"{what}:\n{point.Graph}"

    let work thread =
        for call in 0..5 do
            match (thread + call) % 4 with
            | 0 ->
                cancelled executable point.At (call % 2)
                |> Option.iter (check "not cancelled in time")
            | 1 when call < 2 -> check "compiled beside" (outcome (Executable.Compile point.Graph) point.At (RunOptions(Parallel = pool)))
            | 2 -> check "with workers" (outcome executable point.At (RunOptions(Parallel = pool)))
            | _ -> check "alone" (outcome executable point.At (RunOptions(Parallel = Serial.Instance)))

    EnduranceTests.together 8 work |> ignore
    check "afterwards" (outcome executable point.At (RunOptions(Parallel = pool)))

let private count = if EnduranceTests.calls >= 1_000_000 then 2_000 else 20

[<Tests>]
let tests =
    testSequencedGroup
        "threads"
        (testList
            "unkind programs on many threads"
            [
                for way in UnkindTests.ways do
                    testCase $"{way}" (fun () ->
                        for seed in 1..count do
                            UnkindTests.drawn way true (UnkindTests.tape 120 (7000 + seed))
                            |> Option.iter together)
            ])
