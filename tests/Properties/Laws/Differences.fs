/// Derivatives from values alone: central differences, extrapolated to step 0 (C. Ridders, Adv. Eng. Software 4 (1982) 75-76).
[<RequireQualifiedAccess>]
module Adjoint.Properties.Laws.Differences

open System
open Adjoint.Core

/// With directions of at most 1 in each number, this stays inside the margin of 0.1 that domains keep from kinks.
let private first = 0.04

let private shrink = 1.6

let private rounds = 9

/// The entry of the tableau with the smallest error, and that error.
let private extrapolate (slopes: float[]) =
    let mutable row = [| slopes[0] |]
    let mutable best = slopes[0]
    let mutable error = infinity

    for slope in Array.tail slopes do
        let next = Array.zeroCreate (row.Length + 1)
        next[0] <- slope

        for order in 1 .. row.Length do
            let factor = shrink ** float (2 * order)
            next[order] <- (factor * next[order - 1] - row[order - 1]) / (factor - 1.0)
            let guess = max (abs (next[order] - next[order - 1])) (abs (next[order] - row[order - 1]))

            if guess <= error then
                error <- guess
                best <- next[order]

        row <- next

    best, error

/// For each result that has a tangent: a value with as many entries, and for each of its numbers the slope along a direction
/// with the error to reckon with.
let along (point: Point) (direction: HostValue list) =
    let moved = point.Active.Spread direction

    let at step =
        point.At
        |> List.mapi (fun i x -> if point.Active[i] then Values.move step x moved[i] else x)
        |> Point.runGraph point.Graph
        |> Point.slopes point

    let steps = [ for round in 0 .. rounds - 1 -> first / shrink ** float round ]
    let sides = steps |> List.map (fun step -> step, at step, at -step)

    Point.run point
    |> Point.slopes point
    |> List.mapi (fun result value ->
        let model =
            sides
            |> List.collect (fun (_, up, down) -> [ List.item result up; List.item result down ])
            |> List.fold Values.longer value

        let slopes (step, up, down) =
            Array.map2
                (fun u d -> (u - d) / (2.0 * step))
                (Values.flatten model (List.item result up))
                (Values.flatten model (List.item result down))

        model, sides |> Seq.map slopes |> Array.transpose |> Array.map extrapolate)
