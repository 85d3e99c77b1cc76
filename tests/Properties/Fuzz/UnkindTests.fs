/// Compiled programs give what plain evaluation gives, to the bit where arithmetic is exact; engines agree always.
module Adjoint.Properties.Fuzz.UnkindTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Properties.Laws

/// What is done with a program before it runs.
type Way =
    | Itself
    | Pullback
    | SecondPullback
    | Batched

let ways = [ Itself; Pullback; SecondPullback; Batched ]

let private cotangents (source: SampleSource) (point: Point) =
    Point.slopes
        point
        (List.ofSeq point.Graph.Results
         |> List.map (fun y -> NDArray.New(y.Tensor.DType, y.Tensor.Shape) :> HostValue))
    |> List.map (fun like ->
        let like = like :?> NDArray
        Unkind.numbers like.Type like.Shape (source.Int(0, 9999)) :> HostValue)

let private pulled source (point: Point) =
    if point.Active.Any && (Point.withTangents point.Graph.Results).Any then
        Some(Point.vjp point (cotangents source point))
    else
        None

let private batched (point: Point) =
    let graph = (Transformed.batch point.Graph (ParameterMask.All point.At.Length) null (Extent 3)).Graph

    { point with
        Graph = graph
        At = [ for x in point.At -> Values.stackLanes [| x; Values.map id x; x |] ]
    }

let private changed way source (point: Point) =
    match way with
    | Itself -> Some point
    | Pullback -> pulled source point
    | SecondPullback -> pulled source point |> Option.bind (pulled source)
    | Batched -> Some(batched point)

/// The program on a tape.
let drawn way exact tape =
    let source = DrawnSource(tape, Edges, 0)
    let graph, at = UnkindFlow.draw source exact (if way = Itself then 16 else 9)

    {
        Graph = graph
        At = at |> List.map (fun x -> x :> HostValue)
        Active = ParameterMask(at |> List.map (fun x -> x.Type.IsFloating()))
    }
    |> changed way source

/// What is wrong with the program on a tape, and the program.
let complaint way exact tape =
    match drawn way exact tape with
    | None -> None
    | Some point ->
        try
            UnkindRuns.complaint exact (way = Pullback || way = SecondPullback) point.Graph point.At
        with error ->
            Some(string error)
        |> Option.map (fun text -> text, point)

/// A tape by its number.
let tape length (seed: int) =
    let random = Random seed
    Tape.ofList [ for _ in 1..length -> random.Next(1 <<< 24) ]

/// The shortest tape on which there is still something wrong, tried for as many steps as it pays.
let rec private shrunk way exact tape =
    let still other =
        try
            (complaint way exact other).IsSome
        with _ ->
            false

    match Tape.shrink tape |> Seq.truncate 400 |> Seq.tryFind still with
    | Some smaller -> shrunk way exact smaller
    | None -> tape

let private report way exact tape =
    let tape = shrunk way exact tape

    match complaint way exact tape with
    | Some(text, point) ->
        let at = point.At |> List.map literal |> String.concat "\n"
        let at = if at.Length > 3000 then at[..3000] + "…" else at
        $"{way}, exact {exact}: {text}\n{point.Graph}\n{at}\n{tape}"
    | None -> "gone"

/// Runs so many programs and prints what is wrong with the first ones: --unkind COUNT FIRST.
let run (count: int) (first: int) =
    let mutable wrong = 0

    for seed in first .. first + count - 1 do
        let way = ways[seed % ways.Length]
        let exact = seed / ways.Length % 3 < 2

        try
            if wrong < 25 && (complaint way exact (tape 200 seed)).IsSome then
                wrong <- wrong + 1
                printfn $"seed {seed}: {report way exact (tape 200 seed)}"
        with error ->
            printfn $"seed {seed}, {way}, exact {exact}: {error}"

    printfn $"{count} programs, {wrong} wrong"
    if wrong = 0 then 0 else 1

[<Tests>]
let tests =
    testList
        "unkind programs"
        [
            for way in ways do
                for exact in [ true; false ] do
                    let name =
                        if exact then
                            "as plainly, to the bit"
                        else
                            "alike by all engines"

                    testCase $"{way}: {name}" (fun () ->
                        for seed in 1..40 do
                            if (complaint way exact (tape 120 seed)).IsSome then
                                failtest (report way exact (tape 120 seed)))
        ]
