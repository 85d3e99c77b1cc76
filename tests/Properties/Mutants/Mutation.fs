/// Breaks each rule of each primitive in turn and shows that some law fails.
module Adjoint.Properties.Mutants.Mutation

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Transforms
open Adjoint.Properties.Laws
open Adjoint.Properties.Mutants.Mutant

/// What became of a broken rule.
type private Fate =
    | Caught of law: string
    | Missed
    /// Nothing that the primitive gives has changed.
    | DoesNotApply

/// The tapes on which each primitive is tried: the same in every run.
let private tapes =
    let random = Random 20
    [ for _ in 1..12 -> Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ] ]

/// The same draw, with the primitive broken.
let private broken fault (subject: Subject) : Subject =
    let mutate (graph: Graph) =
        let make (parameters: Collections.Generic.IReadOnlyList<Value>) : Value seq =
            Node.Make(Mutant(graph.Nodes[0].Primitive, fault), parameters.ToImmutableArray()).Results

        Graph.Of(graph.ParameterTypes, make)

    {
        Name = subject.Name
        Draw =
            fun source ->
                let graph, operands, active = subject.Draw source
                mutate graph, operands, active
    }

/// All that the rules give at the case's point: values, tangents, cotangents and a batch, or the error.
let private outputs (case: Case) (source: SampleSource) =
    let attempt (run: unit -> HostValue list) =
        try
            Ok(run ())
        with error ->
            Error(error.GetType())

    let point = case.Point

    let directions values =
        values |> List.map (Values.randomLike source)

    let batch () =
        let mask = ParameterMask.All case.Operands.Length
        let every = ParameterMask.All case.Graph.Results.Length
        let batched = Batching.Apply(case.Graph, mask, every, Extent case.Lanes.Length)
        Point.runGraph batched.Graph (BatchLaws.batchOf mask case.Lanes)

    [
        attempt (fun () -> Point.run point)
        if case.IsDifferentiable then
            attempt (fun () -> Point.run (Point.jvp point (directions (Point.actives point))))
            attempt (fun () -> Point.run (Point.vjp point (Point.run point |> Point.slopes point |> directions)))
            let u = Point.run point |> Point.slopes point |> directions

            attempt (fun () ->
                TransposeLaws.accepted case
                |> List.collect (fun transposed -> TransposeLaws.pull case transposed u))
        if not case.Operands.IsEmpty then
            attempt batch
    ]

let private alike left right =
    match left, right with
    | Ok a, Ok b -> List.length a = List.length b && List.forall2 Values.sameBits a b
    | Error a, Error b -> a = b
    | _ -> false

/// Whether the broken rule shows on this tape, in either kind of case.
let private shows subject mutant mode tape =
    let run subject =
        let case, source = Case.draw subject mode tape
        outputs case source

    not (List.forall2 alike (run subject) (run mutant))

/// The laws that say something of rules; texts and passes do not.
let private laws =
    List.concat
        [
            TangentLaws.all
            TransposeLaws.all
            ValueLaws.all
            CreationLaws.all
            BatchLaws.all
            OrderLaws.all
            BranchLaws.all
        ]

let private fails (subject: Subject) (law: Law) tape =
    try
        let case, source = Case.draw subject law.Mode tape

        Says.anything law case source |> ignore
        false
    with _ ->
        true

let private fate (subject: Subject) fault =
    let mutant = broken fault subject

    let visible =
        Seq.allPairs [ Smooth; Edges ] tapes
        |> Seq.exists (fun (mode, tape) -> shows subject mutant mode tape)

    if not visible then
        DoesNotApply
    else
        Seq.allPairs tapes laws
        |> Seq.tryFind (fun (tape, law) -> fails mutant law tape)
        |> function
            | Some(_, law) -> Caught law.Name
            | None -> Missed

/// The laws hold for a mutant in which nothing is broken: so what they notice in others is the fault.
let private control (subject: Subject) =
    let sound = broken Nothing subject

    Seq.allPairs (List.truncate 3 tapes) laws
    |> Seq.tryFind (fun (tape, law) -> fails sound law tape)
    |> Option.iter (fun (_, law) -> failwith $"{subject.Name}: '{law.Name}' fails though nothing is broken")

let private word fate =
    match fate with
    | Caught _ -> "caught"
    | Missed -> "MISSED"
    | DoesNotApply -> "-"

/// Prints what became of each rule of each primitive whose name contains the text. The exit code is 1 when one was missed.
let run (filter: string) =
    let subjects = Subjects.primitives |> List.filter (fun subject -> subject.Name.Contains filter)

    let row (cells: string list) =
        printfn "%-24s%s" cells.Head (cells.Tail |> List.map (fun cell -> cell.PadRight 19) |> String.concat "")

    row ("primitive" :: List.map fst faults)

    let fates =
        subjects
        |> List.collect (fun subject ->
            control subject
            let fates = faults |> List.map (fun (_, fault) -> fate subject fault)
            row (subject.Name :: List.map word fates)
            fates)

    let caught = fates |> List.filter _.IsCaught |> List.length
    let missed = fates |> List.filter _.IsMissed |> List.length
    printfn $"{caught} caught, {missed} missed"
    if missed = 0 then 0 else 1
