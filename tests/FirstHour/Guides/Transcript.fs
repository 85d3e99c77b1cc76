/// What the chunks of a guide printed, and where that is not what the guide says.
module Adjoint.FirstHourTests.Transcript

open System
open System.Collections.Generic
open Adjoint.FirstHourTests.Guide

/// Stands in a program's output before that of each chunk, with the chunk's line.
let mark = "\u0001"

/// What each chunk printed, by its line.
let read (output: string) =
    let printed = Dictionary<int, string>()

    for part in output.Split(mark, StringSplitOptions.None) |> Array.skip 1 do
        let stop = part.IndexOf '\n'
        printed[int (part.Substring(0, stop))] <- part.Substring(stop + 1)

    printed

let private difference name line shown printed =
    if Figures.agree shown printed then
        None
    else
        Some $"{name}, line {line}: the guide says\n{shown}\nbut the code gives\n{printed}"

/// Every place where a guide's output is not what the code gave.
let differences (guide: Guide) (blocks: Block list) (output: string) =
    let printed = read output

    let of' (chunk: Chunk) =
        match printed.TryGetValue chunk.Line with
        | true, text -> text
        | _ -> "(nothing: it didn't run)"

    [
        for block in blocks do
            for chunk in block.Chunks do
                match chunk.Shown with
                | Some shown -> yield! Option.toList (difference guide.Name chunk.Line shown (of' chunk))
                | None -> ()

            match block.Output with
            | Some shown ->
                let text = block.Chunks |> List.filter _.Shown.IsNone |> List.map of' |> String.concat ""

                yield! Option.toList (difference guide.Name block.Line shown text)
            | None -> ()
    ]
