/// Memory that is used again leaves no trace: an executable gives in every run, on spoiled memory too, the bits of an
/// evaluation that copies each value, and touches neither its arguments nor the results of earlier runs.
module Adjoint.Properties.Laws.MemoryLaws

open System
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Properties.TestPrimitives
open Adjoint.Properties.Laws.TangentLaws

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance, SpoilFreed = true)
let private withKernels = RunOptions(Parallel = Serial.Instance, SpoilFreed = true)

let private copied (values: HostValue list) : HostValue list =
    values
    |> List.map (function
        | :? NDArray as array -> array.Copy()
        | stack -> (stack :?> HostStack).Copy())

let private expectSame what (actual: HostValue list) (expected: HostValue list) =
    Expect.isTrue (List.forall2 Values.sameBits actual expected) $"{what}: the same bits"

/// The results, or None where an operand is outside an operation's domain.
let private attempt run : HostValue list option =
    try
        Some(List.ofSeq (run (): HostValue seq))
    with :? AdjointException ->
        None

let private copying (graph: Graph) (operands: HostValue list) =
    attempt (fun () ->
        let held = [| for operand in operands -> Held(operand, false) |]
        CopyingContext().Run(graph, ReadOnlySpan held) |> Seq.map _.Value)

/// Runs on each lane, then on the first again.
let private reused (graph: Graph) (lanes: HostValue list list) =
    let executable = Executable.Compile(graph, Pipeline())

    for options in [ plainly; withKernels ] do
        let mutable earlier = []

        for operands in lanes @ [ lanes.Head ] do
            let before = copied operands
            let results = attempt (fun () -> executable.RunValues(Array.ofList operands, options))
            expectSame "the arguments afterwards" operands before

            let expected =
                if options.UseKernels then
                    attempt (fun () -> Interpreter.Run(graph, Array.ofList operands, RunOptions(Parallel = Serial.Instance)))
                else
                    copying graph operands

            match results, expected with
            | Some results, Some expected ->
                expectSame "a run on memory of earlier runs" results expected
                earlier <- (results, expected) :: earlier
            | None, None -> ()
            | _ -> failtest "a run fails where another does not"

        for results, expected in earlier do
            expectSame "results after later runs" results expected

/// A run works in as many bytes as was announced: in no more, and where nothing chooses its way, in no fewer either.
let private announced (graph: Graph) (operands: HostValue list) =
    let executable = Executable.Compile(graph, Pipeline())
    let struct (bytes, complete) = executable.Forecast()
    let profile = Profile()

    match attempt (fun () -> executable.RunValues(Array.ofList operands, RunOptions(Parallel = Serial.Instance, Profile = profile))) with
    | Some _ when complete ->
        let text = graph.ToString()

        let chooses =
            [ "cond("; "switch("; "while("; "repeat("; "stack_" ]
            |> List.exists (fun (name: string) -> text.Contains name)

        Expect.isLessThanOrEqual profile.PeakBytes bytes $"bytes announced for {text}"

        if not chooses then
            Expect.equal profile.PeakBytes bytes $"bytes announced for {text}"
    | _ -> ()

/// Results written where an argument lies, where types allow it.
let private inPlace (graph: Graph) (operands: HostValue list) =
    let results = List.ofSeq graph.ResultTypes
    let isArray (value: HostValue) = value :? NDArray

    if
        List.forall isArray operands
        && results |> List.forall (fun kind -> kind :? TensorType)
    then
        let given = copied operands |> List.map (fun value -> value :?> NDArray)
        let mutable free = given

        let targets =
            [|
                for kind in results do
                    match
                        free
                        |> List.tryFind (fun array -> (TensorType.Of array :> ValueType).Equals kind)
                    with
                    | Some array ->
                        free <- free |> List.filter (fun other -> not (obj.ReferenceEquals(other, array)))
                        array
                    | None ->
                        let tensor = kind :?> TensorType
                        NDArray.New(tensor.DType, tensor.Shape)
            |]

        match attempt (fun () -> Interpreter.Run(graph, Array.ofList operands, withKernels)) with
        | None -> ()
        | Some expected ->
            Executable.Compile(graph, Pipeline()).Run(ReadOnlySpan(Array.ofList given), Span targets, withKernels)
            expectSame "results written over arguments" [ for target in targets -> target ] expected

let private law name mode check =
    {
        Name = name
        Mode = mode
        Differential = false
        Check = check
    }

let values =
    law "memory is used again without a trace" Edges (fun case _ ->
        reused case.Graph case.Lanes
        announced case.Graph case.Operands
        inPlace case.Graph case.Operands)

let derivatives =
    { law "memory is used again in derivatives" Choosy (fun case source ->
          let lanes (like: Point -> HostValue list) =
              case.Lanes
              |> List.map (fun operands ->
                  let point = { case.Point with At = operands }
                  operands @ directions source (like point))

          let tangents = lanes Point.actives
          let cotangents = lanes (fun point -> Point.run point |> Point.slopes point)
          let point = case.Point
          let count = case.Operands.Length
          reused (Point.jvp point (List.skip count tangents.Head)).Graph tangents
          let back = Point.vjp point (List.skip count cotangents.Head)
          reused back.Graph cotangents
          announced back.Graph cotangents.Head
          inPlace back.Graph cotangents.Head) with
        Differential = true
    }

let all = [ values; derivatives ]
