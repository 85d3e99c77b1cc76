/// A guide's F# as one script, in which every chunk prints its line first and its value then.
module Adjoint.FirstHourTests.FSharpScript

open System.IO
open System.Text.RegularExpressions
open Adjoint.FirstHourTests.Guide

let private prelude =
    $"""module Guide =
    let mark (line: int) = printfn "{Transcript.mark}%%d" line
    let show (value: 'T) = if typeof<'T> <> typeof<unit> then printfn "%%A" value"""

let private declaration = Regex @"^(let|type|module|open|exception|and|do|for|while|#|\[<)\b?"

let private binding = Regex @"^let (?:mutable )?\(?([a-z]\w*(?:, *[a-z]\w*)*)\)?(?: *:.*?)? *= *"

/// Packages stand for the assemblies that the tests were built with.
let private isReference (line: string) = Regex.IsMatch(line, "^#[ri] +\"nuget")

let private indented lines =
    lines |> List.map (fun line -> if line = "" then "" else "    " + line)

let private code (chunk: Chunk) =
    chunk.Lines
    |> List.tryFind (fun line -> line <> "" && not (line.StartsWith "//"))
    |> Option.defaultValue ""

/// Errors name the guide's own lines.
let private source (chunk: Chunk) = $"# {chunk.Line} \"guide.fsx\""

/// The chunk as it stands; an expression's value is shown.
let private running (chunk: Chunk) =
    let first = code chunk

    if first = "" then
        []
    elif declaration.IsMatch first then
        [
            yield $"Guide.mark {chunk.Line}"
            yield source chunk
            yield! chunk.Lines |> List.filter (isReference >> not)

            if chunk.Shown.IsSome then
                yield $"Guide.show ({(binding.Match first).Groups[1].Value})"
        ]
    else
        [
            yield $"Guide.mark {chunk.Line}"
            yield "Guide.show ("
            yield source chunk
            yield! indented chunk.Lines
            yield ")"
        ]

/// The chunk where it must throw: its message is printed.
let private failing (chunk: Chunk) =
    [
        yield $"Guide.mark {chunk.Line}"
        yield "try"
        yield source chunk
        yield! indented chunk.Lines
        yield "    |> ignore"
        yield "    printfn \"(no error)\""
        yield "with error -> printfn \"%s\" error.Message"
    ]

let private block (block: Block) =
    match block.Manner, List.rev block.Chunks with
    | Fails, last :: before -> List.collect (running) (List.rev before) @ failing last
    | _, _ -> List.collect (running) block.Chunks

/// The blocks of a guide that run, in their order.
let blocks (guide: Guide) =
    guide.Blocks
    |> List.filter (fun block -> block.Language = "fsharp" && block.Manner <> Rejected)

let private write folder (references: string list) (lines: string list) =
    let path = Path.Combine(folder, "guide.fsx")
    File.WriteAllLines(path, references @ lines)
    path

/// The whole guide as a script; gives its path.
let save folder references (guide: Guide) =
    write folder references (prelude :: List.collect block (blocks guide))

/// A block that the compiler refuses, behind all that stands before it; gives the script's path.
let saveRejected folder references (guide: Guide) (rejected: Block) =
    let before =
        blocks guide
        |> List.filter (fun block -> block.Line < rejected.Line && block.Manner = Runs)
        |> List.collect _.Chunks
        |> List.filter (code >> declaration.IsMatch)

    let plain (chunk: Chunk) =
        source chunk :: (chunk.Lines |> List.filter (isReference >> not))

    write folder references (List.collect plain (before @ rejected.Chunks))
