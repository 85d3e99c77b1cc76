/// vmap: one run over a batch gives what one run a lane gives, and derivatives commute with it.
module Adjoint.Properties.Laws.BatchLaws

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Transforms
open Adjoint.Properties.Laws.TangentLaws

/// All non-empty subsets where there are few; otherwise single operands, all of them, and some drawn ones.
let private subsets (source: SampleSource) count =
    let mask bits =
        ParameterMask [ for i in 0 .. count - 1 -> (bits >>> i) &&& 1 = 1 ]

    if count <= 3 then
        [ for bits in 1 .. (1 <<< count) - 1 -> mask bits ]
    else
        let drawn = [ for _ in 1..2 -> source.Int(1, (1 <<< min count 20) - 1) ]

        [ (1 <<< count) - 1 ] @ [ for i in 0 .. count - 1 -> 1 <<< i ] @ drawn
        |> List.distinct
        |> List.map mask

/// Operands for a batch: stacked where the mask says so, the first lane's elsewhere.
let batchOf (mask: ParameterMask) (lanes: HostValue list list) =
    [
        for i in 0 .. mask.Count - 1 ->
            if mask[i] then
                lanes |> List.map (List.item i) |> Array.ofList |> Values.stackLanes
            else
                lanes.Head[i]
    ]

let private laneOf (mask: ParameterMask) (lanes: HostValue list list) lane =
    [
        for i in 0 .. mask.Count - 1 -> (if mask[i] then lanes[lane] else lanes.Head)[i]
    ]

/// vmap of a graph over three lanes against one run a lane. Lanes that fail by themselves say nothing.
let stacking what allowed (source: SampleSource) (graph: Graph) (lanes: HostValue list list) =
    for mask in subsets source graph.Parameters.Length do
        let apart =
            try
                Some
                    [
                        for lane in 0 .. lanes.Length - 1 -> Point.runGraph graph (laneOf mask lanes lane)
                    ]
            with :? AdjointException ->
                None

        apart
        |> Option.iter (fun apart ->
            let batched = (Transformed.batch graph mask null (Extent lanes.Length))
            Verifier.Check batched.Graph
            let results = Point.runGraph batched.Graph (batchOf mask lanes)

            apart
            |> List.iteri (fun lane expected ->
                let found =
                    results
                    |> List.mapi (fun i y -> if batched.Batched[i] then Values.lane lane y else y)

                agree $"{what} with batched {mask}, lane {lane}" (allowed expected) found expected))

let private rounding (graph: Graph) (values: HostValue list) =
    Tolerance.rounding (Point.work graph) (Values.magnitude values)

let values =
    {
        Name = "vmap is stacking"
        Mode = Edges
        Differential = false
        Check =
            fun case source ->
                if case.Operands.IsEmpty then
                    Says.nothing ()

                // Products and sums in the operands' dtype may be taken in another order.
                let eps, _ = Point.coarsest case.Graph

                let allowed values =
                    Point.work case.Graph * eps * (1.0 + Values.magnitude values)

                stacking "f" allowed source case.Graph case.Lanes
    }

let private law name check =
    {
        Name = name
        Mode = Choosy
        Differential = true
        Check = check
    }

/// The case's lanes with drawn tangents, or cotangents, behind them.
let private withDrawn source (case: Case) (like: Point -> HostValue list) =
    case.Lanes
    |> List.map (fun operands ->
        let point = { case.Point with At = operands }
        point, directions source (like point))

let private tangents source case = withDrawn source case Point.actives

let private cotangents source case =
    withDrawn source case (fun point -> Point.run point |> Point.slopes point)

let private together (lanes: (Point * HostValue list) list) =
    lanes |> List.map (fun (point, added) -> point.At @ added)

let ofJvp =
    law "vmap of jvp is stacking" (fun case source ->
        let lanes = tangents source case
        let derived = Point.jvp case.Point (snd lanes.Head)
        stacking "jvp" (rounding derived.Graph) source derived.Graph (together lanes))

let ofVjp =
    law "vmap of vjp is stacking" (fun case source ->
        let lanes = cotangents source case
        let derived = Point.vjp case.Point (snd lanes.Head)
        stacking "vjp" (rounding derived.Graph) source derived.Graph (together lanes))

/// vmap f at a batch, some operands the same for all lanes.
let private batchedPoint (mask: ParameterMask) (case: Case) =
    let every = ParameterMask.All case.Graph.Results.Length
    let body = (Transformed.batch case.Graph mask every (Extent case.Lanes.Length))

    {
        Graph = body.Graph
        At = batchOf mask case.Lanes
        Active = case.Active
    }

let private drawnMask (source: SampleSource) (case: Case) =
    let drawn = [ for _ in case.Operands -> source.Bool() ]

    ParameterMask(
        if List.contains true drawn then
            drawn
        else
            List.map not drawn
    )

let jvpCommutes =
    law "jvp of vmap is vmap of jvp" (fun case source ->
        let lanes = tangents source case
        let mask = drawnMask source case
        let kept = ParameterMask(case.Active.Choose mask)
        let directions = lanes |> List.map snd
        let whole = Point.jvp (batchedPoint mask case) (batchOf kept directions)
        let results = Point.run whole

        for lane in 0 .. case.Lanes.Length - 1 do
            let point =
                { case.Point with
                    At = laneOf mask case.Lanes lane
                }

            let expected = Point.run (Point.jvp point (laneOf kept directions lane))
            near $"lane {lane}" whole (List.map (Values.lane lane) results) expected)

let vjpCommutes =
    law "vjp of vmap is vmap of vjp" (fun case source ->
        let mask = drawnMask source case

        let places =
            [
                for lane in 0 .. case.Lanes.Length - 1 ->
                    { case.Point with
                        At = laneOf mask case.Lanes lane
                    }
            ]

        let drawn =
            places
            |> List.map (fun point -> Point.run point |> Point.slopes point |> directions source)

        let apart = List.map2 (fun point u -> Point.run (Point.vjp point u)) places drawn
        let all = ParameterMask.All drawn.Head.Length
        let whole = Point.vjp (batchedPoint mask case) (batchOf all drawn)
        let results = Point.run whole
        let kept = ParameterMask(case.Active.Choose mask)

        // What is the same for all lanes gathers the cotangents of all.
        for i, result in List.indexed results do
            let lanes = apart |> List.map (List.item i)

            if kept[i] then
                lanes
                |> List.iteri (fun lane expected -> near $"lane {lane}" whole [ Values.lane lane result ] [ expected ])
            else
                near "the sum over lanes" whole [ result ] [ List.reduce Values.add lanes ])

let all = [ values; ofJvp; ofVjp; jvpCommutes; vjpCommutes ]
