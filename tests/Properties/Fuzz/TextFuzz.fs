/// Texts that are no graphs: whatever they hold, the parser gives a graph or an error of the family with its place, soon, in
/// memory of the text's order, and never overflows the stack.
module Adjoint.Properties.Fuzz.TextFuzz

open System
open System.Text
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// How many times as many texts as usual: --cases N.
let private factor =
    let arguments = Environment.GetCommandLineArgs()

    match Array.tryFindIndex ((=) "--cases") arguments with
    | Some at when at + 1 < arguments.Length -> max 1 (int arguments[at + 1])
    | _ -> 1

/// What parsing may allocate: so many bytes for each character, and a start. Tokens, values and nodes are objects of about a
/// hundred bytes, a character each at most, and lists double as they grow.
let private allowance (text: string) = 1_000_000L + 4_000L * int64 text.Length

/// Parses, and throws where anything but a graph or an error with its place comes out, or where it takes too much memory.
let private attempt (text: string) =
    let before = GC.GetAllocatedBytesForCurrentThread()

    try
        GraphText.Parse(text, Catalogue.Core) |> Some
    with
    | :? FormatException as error when error.Message.Contains "line " && error.Message.Contains "column " -> None
    | error -> failtest $"{error.GetType().Name} for\n{text.Substring(0, min 400 text.Length)}\n{error.Message}"
    |> fun graph ->
        let taken = GC.GetAllocatedBytesForCurrentThread() - before

        if taken > allowance text then
            failtest $"{taken} bytes for a text of {text.Length}:\n{text.Substring(0, min 400 text.Length)}"

        graph

/// Texts of the graphs that laws are tried on: every primitive, and programs.
let private valid =
    lazy
        (let random = Random 3

         let tape () =
             Tape.ofList [ for _ in 1..64 -> random.Next(1 <<< 24) ]

         [|
             for subject in Subjects.primitives do
                 GraphText.Write (fst (Case.draw subject Edges (tape ()))).Graph
             for _ in 1..20 do
                 GraphText.Write (fst (Case.draw Subjects.programs Choosy (tape ()))).Graph
         |])

/// Pieces that mean something to the parser.
let private pieces =
    [|
        "("
        ")"
        "{"
        "}"
        "["
        "]"
        ","
        "="
        ":"
        "%"
        "%0"
        "%1"
        "%99999999999999999999"
        "graph"
        "return"
        "axes["
        "shape["
        "bodies["
        "stack("
        "f64"
        "f64[]"
        "f32[2, 3]"
        "f64[-1]"
        "f64[2147483648]"
        "i64[2147483647, 2147483647]"
        "true"
        "\""
        "\\"
        "\"\\u"
        "nan"
        "-inf"
        "1e999999999"
        "0x"
        "-"
        "-0"
        "9223372036854775808"
        "add"
        "while"
        "\000"
        "\n"
        "\t"
        " "
        "é"
        "\uD800"
        "//"
    |]

let private mutated (random: Random) (text: string) =
    let builder = StringBuilder(text)

    for _ in 1 .. 1 + random.Next 4 do
        let at = random.Next(builder.Length + 1)
        let length = min (random.Next 12) (builder.Length - at)

        match random.Next 5 with
        | 0 -> builder.Remove(at, length)
        | 1 -> builder.Insert(at, pieces[random.Next pieces.Length])
        | 2 -> builder.Insert(at, builder.ToString(at, length))
        | 3 -> builder.Remove(at, length).Insert(at, pieces[random.Next pieces.Length])
        | _ -> builder.Remove(at, min 1 length).Insert(at, string (char (random.Next 128)))
        |> ignore

    builder.ToString()

let private deep =
    [
        "stacks", "graph(%0: " + String.replicate 100_000 "stack(" + "f64[]"
        "lists", "graph(%0: f64[]) { %1: f64[] = pad(%0) {low = " + String.replicate 100_000 "["
        "bodies", String.replicate 50_000 "graph(%0: f64[]) { %1: f64[] = call(%0) {body = "
        "braces", "graph() " + String.replicate 200_000 "{"
        "extents", "graph(%0: f64[" + String.replicate 100_000 "1, " + "1]) { return %0 }"
        "a long word", String('g', 1_000_000)
        "a long number",
        "graph() { %0: f64[] = constant() {value = f64 "
        + String('9', 200_000)
        + "} return %0 }"
        "a long string",
        "graph(%0: f64[]) { %1: f64[] = debug_print(%0) {label = \""
        + String('x', 500_000)
        "a large type", "graph(%0: f64[2147483647, 2147483647, 2147483647]) { return %0 }"
        "a large constant",
        "graph(%0: f64[1]) { %1: f64[2147483647] = broadcast(%0) {shape = shape[2147483647], axes = axes[0]} return %1 }"
    ]

[<Tests>]
let tests =
    testList
        "fuzzed texts"
        [
            testCase "random bytes" (fun () ->
                let random = Random 11

                for _ in 1 .. 1_000 * factor do
                    let bytes = Array.zeroCreate<byte>(random.Next 200)
                    random.NextBytes bytes
                    attempt (Encoding.Latin1.GetString bytes) |> ignore)

            testCase "random pieces" (fun () ->
                let random = Random 12

                for _ in 1 .. 2_000 * factor do
                    let text = [| for _ in 0 .. random.Next 30 -> pieces[random.Next pieces.Length] |]
                    attempt (String.concat (if random.Next 2 = 0 then " " else "") text) |> ignore)

            testCase "mutated texts; what still parses reads back equal" (fun () ->
                let random = Random 13

                for _ in 1 .. 3_000 * factor do
                    let text = mutated random valid.Value[random.Next valid.Value.Length]

                    attempt text
                    |> Option.iter (fun graph ->
                        let back = GraphText.Parse(GraphText.Write graph, Catalogue.Core)
                        Expect.isTrue (Body(graph).Equals(Body back)) $"reads back equal:\n{text}"))

            testCase "texts cut off anywhere" (fun () ->
                let texts = valid.Value |> Array.sortBy _.Length |> Array.truncate (10 * factor)

                for text in texts do
                    for length in 0 .. text.Length - 1 do
                        match attempt (text.Substring(0, length)) with
                        | None -> ()
                        | Some _ -> Expect.equal (text.Substring(length).Trim()) "" "only the whole is a graph")

            for name, text in deep do
                testCase $"too much of {name}" (fun () -> attempt text |> ignore)
        ]
