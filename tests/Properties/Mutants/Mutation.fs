/// Breaks each rule of each primitive in turn and shows that some law fails.
module Adjoint.Properties.Mutants.Mutation

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Laws
open Adjoint.Properties.Mutants.Mutant

/// What became of a broken rule.
type Fate =
    | Caught of law: string
    | Missed
    /// Nothing that the primitive gives has changed.
    | DoesNotApply

/// The tapes on which each primitive is tried: the same in every run.
let private tapes =
    let random = Random 20
    [ for _ in 1..12 -> Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ] ]

/// Those on which a mutant is tried that no law has noticed by then.
let private further =
    let random = Random 21
    [ for _ in 1..60 -> Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ] ]

/// The same draw, with the primitive broken; twice on the same operands where the fault shows only then.
let private broken fault (subject: Subject) : Subject =
    let mutate (graph: Graph) =
        let make (parameters: Collections.Generic.IReadOnlyList<Value>) : Value seq =
            let node () =
                Node.Make(Mutant(graph.Nodes[0].Primitive, fault), parameters.ToImmutableArray()).Results

            if fault = TransposeReplaces then
                Seq.append (node ()) (node ())
            else
                node ()

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
        let batched = (Transformed.batch case.Graph mask every (Extent case.Lanes.Length))
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

/// Whether the broken rule shows on this tape, in either kind of case. A wrong type shows wherever it is inferred.
let private shows fault subject mutant mode tape =
    let run (subject: Subject) =
        try
            let case, source = Case.draw subject mode tape
            outputs case source
        with error ->
            [ Error(error.GetType()) ]

    match fault with
    | TransposeReplaces
    | InferLax
    | LowerElement
    | EvaluateF32
    | EvaluateI32
    | JvpOfF32 -> true
    | _ ->
        let sound, spoiled = run subject, run mutant

        sound.Length <> spoiled.Length || not (List.forall2 alike sound spoiled)

/// The laws that say something of rules; texts, passes and memory do not.
let private laws =
    List.concat
        [
            TangentLaws.all
            TransposeLaws.all
            ValueLaws.all
            DTypeLaws.all
            JudgeLaws.all
            TypeLaws.all
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

/// Faults for which it can't be seen beforehand whether anything changes: a mutant that no law notices is then taken to be
/// the primitive itself, if it says so.
let private unseen fault =
    match fault with
    | InferLax -> Some "its rule has no operands to compare, or what it takes too much is as good"
    | LowerElement -> Some "there is no kernel"
    | EvaluateF32
    | EvaluateI32
    | JvpOfF32 -> Some "it does not take or give the dtype"
    | TransposeReplaces -> Some "nothing is gathered before"
    | _ -> None

let private fate (subject: Subject) fault =
    let mutant = broken fault subject

    let visible =
        Seq.allPairs [ Smooth; Edges ] tapes
        |> Seq.exists (fun (mode, tape) -> shows fault subject mutant mode tape)

    if not visible then
        DoesNotApply
    else
        Seq.allPairs (if (unseen fault).IsSome then tapes else tapes @ further) laws
        |> Seq.tryFind (fun (tape, law) -> fails mutant law tape)
        |> function
            | Some(_, law) -> Caught law.Name
            | None when (unseen fault).IsSome -> DoesNotApply
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

/// Each fault of one primitive, and what became of it.
let ofPrimitive (subject: Subject) =
    control subject
    faults |> List.map (fun (name, fault) -> name, fate subject fault)

let private firstNoticed (attempts: (string * (unit -> unit)) seq) =
    attempts
    |> Seq.tryPick (fun (law, attempt) ->
        try
            attempt ()
            None
        with
        | Silent -> None
        | _ -> Some law)
    |> function
        | Some law -> Caught law
        | None -> Missed

/// x + 0 and x - 0 at any numbers, zeros of both signs among them.
let private zeros: Subject =
    {
        Name = "zeros"
        Draw =
            fun source ->
                let x = source.Real(DType.F64, source.Shape(), Domain.All)
                let kind = TensorType.Of x :> ValueType

                let graph =
                    Graph.Of(
                        [ kind ],
                        fun p ->
                            let zero = Ops.ZerosLike p[0]
                            [ Ops.Add(p[0], zero); Ops.Sub(p[0], zero) ]
                    )

                graph, [ x ], None
    }

/// What passes rewrite and programs seldom hold: a row beside a column, products of transposes, a product in a difference.
let private squares: Subject =
    {
        Name = "squares"
        Draw =
            fun source ->
                let size = source.Int(2, 3)
                let x = source.Real(DType.F64, Shape.Of(size, size), Domain.All)
                let y = source.Real(DType.F64, Shape.Of(size, size), Domain.All)

                let results (p: Collections.Generic.IReadOnlyList<Value>) : Value seq =
                    let sums axis (v: Value) =
                        Ops.Broadcast(Ops.ReduceSum(v, Axes [| 1 - axis |]), v.Tensor.Shape, Axes [| axis |])

                    let turned (v: Value) = Ops.Permute(v, Axes [| 1; 0 |])

                    [
                        Ops.Add(sums 0 p[0], sums 1 p[1])
                        Ops.MatMul(turned p[0], turned p[1])
                        Ops.Sub(Ops.Mul(p[0], p[1]), Ops.Sin p[0])
                    ]

                Graph.Of([ TensorType.Of x; TensorType.Of y ], results), [ x; y ], None
    }

/// What passes are tried on: loops and branches, layouts and zeros, beside programs, which seldom have them at their end.
let private candidates =
    let regions = [ "call"; "cond"; "repeat"; "scan"; "switch"; "while" ]
    let named = "permute" :: "reverse" :: regions

    Subjects.programs
    :: zeros
    :: squares
    :: (Subjects.primitives
        |> List.filter (fun subject -> List.contains subject.Name named))

/// Each broken pass, and what became of it on random programs and what the transforms make of them.
let ofPasses () =
    BrokenPasses.all @ BrokenRegions.all
    |> List.map (fun pass ->
        let attempts =
            seq {
                for tape in further do
                    for subject in candidates do
                        if pass.Rounds then
                            let smooth, source = Case.draw subject Smooth tape

                            if smooth.IsDifferentiable then
                                yield "keeps derivatives", (fun () -> PassLaws.derived smooth source |> List.iter (PassLaws.rounds pass))

                        let case, source = Case.draw subject Choosy tape
                        let edges, _ = Case.draw subject Edges tape

                        if not pass.Rounds then
                            yield "keeps values", (fun () -> PassLaws.keeps pass edges.Point)
                            yield "keeps values", (fun () -> PassLaws.keeps pass case.Point)

                        if case.IsDifferentiable && not pass.Rounds then
                            yield "keeps derivatives", (fun () -> PassLaws.derived case source |> List.iter (PassLaws.keeps pass))
            }

        pass.Name, firstNoticed attempts)

/// Each broken transform, and what became of it on random programs.
let ofTransforms () =
    BrokenTransforms.all
    |> List.map (fun (name, transforms) ->
        let attempts =
            seq {
                for tape in further do
                    for law in laws do
                        law.Name,
                        (fun () ->
                            let case, source = Case.draw Subjects.programs law.Mode tape
                            Transformed.within transforms (fun () -> Says.anything law case source |> ignore))
            }

        name, firstNoticed attempts)

/// Each fault of lowering, and what became of it on random programs and on arrays of several tiles.
let ofLowering () =
    BrokenLoops.all
    |> List.map (fun (name, faults) ->
        let named = [ "dynamic_slice"; "gather"; "add"; "select" ]

        let subjects =
            Subjects.primitives
            |> List.filter (fun subject -> List.contains subject.Name named)

        name, firstNoticed (BrokenLoops.attempts faults (Subjects.programs :: subjects) tapes))

let private row (cells: string list) =
    printfn "%-24s%s" cells.Head (cells.Tail |> List.map (fun cell -> cell.PadRight 7) |> String.concat "")

let private printed (fates: (string * Fate) list) =
    for name, fate in fates do
        match fate with
        | Caught law -> printfn "%-52s caught by '%s'" name law
        | other -> printfn "%-52s %s" name (word other)

/// What became of all faults: of primitives by fault, of passes and of transforms.
type Outcome =
    {
        Primitives: (string * (string * Fate) list) list
        Others: (string * Fate) list
    }

    member outcome.Fates =
        (outcome.Primitives |> List.collect (snd >> List.map snd))
        @ List.map snd outcome.Others

/// Breaks everything whose name contains the text, and prints what became of it.
let run (filter: string) =
    let subjects = Subjects.primitives |> List.filter (fun subject -> subject.Name.Contains filter)

    faults |> List.iteri (fun i (name, _) -> printfn $"F{i + 1}: {name}")
    row ("primitive" :: [ for i in 1 .. faults.Length -> $"F{i}" ])

    let primitives =
        [
            for subject in subjects ->
                let fates = ofPrimitive subject
                row (subject.Name :: [ for _, fate in fates -> word fate ])
                subject.Name, fates
        ]

    let others = ofPasses () @ ofTransforms () @ ofLowering ()
    printed others

    let outcome =
        {
            Primitives = primitives
            Others = others
        }

    let caught = outcome.Fates |> List.filter _.IsCaught |> List.length
    let missed = outcome.Fates |> List.filter _.IsMissed |> List.length
    printfn $"{caught} caught, {missed} missed"
    outcome
