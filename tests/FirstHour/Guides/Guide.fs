/// The code of a guide, as its text has it.
module Adjoint.FirstHourTests.Guide

open System
open System.IO
open System.Text.RegularExpressions

/// How the code of a block ends.
type Manner =
    /// It runs.
    | Runs
    /// Its last statement throws; the text below the block is the message.
    | Fails
    /// The compiler refuses it; the text below the block is the message.
    | Rejected

/// Lines that belong together, and what the text says that they give or print.
type Chunk =
    {
        Line: int
        Lines: string list
        /// What stands behind an arrow: the value, or what is printed.
        Shown: string option
    }

type Block =
    {
        Line: int
        Language: string
        Manner: Manner
        Chunks: Chunk list
        /// The text below the block: what all of it prints, or a message.
        Output: string option
    }

type Guide = { Name: string; Blocks: Block list }

let private arrow = Regex @"\s*// ⟶ ?(.*)$"
let private more = Regex @"^//   (.*)$"

/// A line in the first column starts a chunk, unless it only goes on or closes.
let private continues language (line: string) =
    let goesOn =
        if language = "csharp" then
            @"^([){}\]]|else\b|catch\b|finally\b)"
        else
            @"^([)}\]|]|>\]|and\b|with\b|then\b|else\b|elif\b|finally\b)"

    line = ""
    || Char.IsWhiteSpace line[0]
    || Regex.IsMatch(line, goesOn)
    || more.IsMatch line
    || line.StartsWith "// ⟶"

/// A comment or an attribute stands before what it belongs to.
let private leads (line: string) =
    line.StartsWith "//" || line.StartsWith "[<"

/// Takes the arrow, and the lines of comment that follow it, off a chunk.
let private chunkOf (lines: (int * string) list) =
    let shown =
        [
            for _, line in lines do
                match arrow.Match line, more.Match line with
                | found, _ when found.Success -> found.Groups[1].Value
                | _, found when found.Success -> found.Groups[1].Value
                | _ -> ()
        ]

    {
        Line = fst lines.Head
        Lines =
            lines
            |> List.map snd
            |> List.filter (more.IsMatch >> not)
            |> List.map (fun line -> arrow.Replace(line, ""))
        Shown =
            if shown.IsEmpty then
                None
            else
                Some(String.concat "\n" shown)
    }

let private chunks language (lines: (int * string) list) =
    let join (earlier: (int * string) list list) (at, line) =
        match earlier with
        | current :: rest when
            continues language line
            || current
               |> List.forall (fun (_, before) -> leads before && not (arrow.IsMatch before))
            ->
            ((at, line) :: current) :: rest
        | _ -> [ at, line ] :: earlier

    lines
    |> List.fold join []
    |> List.rev
    |> List.map (List.rev >> chunkOf)
    |> List.filter (fun chunk -> chunk.Lines |> List.exists (String.IsNullOrWhiteSpace >> not))

/// The fenced blocks of a text: line of the first line inside, what stands behind the fence, and the lines.
let private fences (lines: string[]) =
    let rec from at found =
        match Array.tryFindIndex (fun (line: string) -> line.StartsWith "```") lines[at..] with
        | None -> List.rev found
        | Some skip ->
            let first = at + skip + 1
            let count = Array.findIndex (fun line -> line = "```") lines[first..]
            let inside = [ for i in first .. first + count - 1 -> i + 1, lines[i] ]
            from (first + count + 1) ((lines[first - 1].Substring 3, first + count, inside) :: found)

    from 0 []

let private manner (words: string list) =
    match words with
    | _ :: "fails" :: _ -> Fails
    | _ :: "rejected" :: _ -> Rejected
    | _ -> Runs

/// Only blank lines lie between the end of one block and the start of another.
let private adjacent (lines: string[]) (finish: int) (inside: (int * string) list) =
    not inside.IsEmpty
    && lines[finish + 1 .. fst inside.Head - 3]
       |> Array.forall String.IsNullOrWhiteSpace

let read (path: string) =
    let lines = File.ReadAllLines path
    let found = fences lines
    let following = List.map Some (List.tail (found @ [ "", 0, [] ]))

    let block ((info: string, finish, inside), next) =
        match List.ofArray (info.Split(' ', StringSplitOptions.RemoveEmptyEntries)) with
        | ("fsharp" | "csharp" as language) :: rest when not (List.contains "no-run" rest) ->
            Some
                {
                    Line = fst (List.head inside)
                    Language = language
                    Manner = manner (language :: rest)
                    Chunks = chunks language inside
                    Output =
                        match next with
                        | Some("text", _, text) when adjacent lines finish text -> Some(text |> List.map snd |> String.concat "\n")
                        | _ -> None
                }
        | _ -> None

    {
        Name = Path.GetFileName path
        Blocks = List.zip found following |> List.choose block
    }
