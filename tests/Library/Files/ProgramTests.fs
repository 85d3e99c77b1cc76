/// Functions and graphs in files.
module Adjoint.LibraryTests.ProgramTests

open System
open System.IO
open System.Security.Cryptography
open System.Text
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Formats
open Adjoint.Front
open Adjoint.Ir
open Adjoint.LibraryTests.FileChecks

type Parameters =
    {
        Weight: Tensor<float>
        Bias: Tensor<float>
    }

type Report =
    {
        Loss: Tensor<float>
        Largest: Tensor<float>
    }

type Sizes = { Steps: int; Start: Tensor<float> }

let private parameters =
    {
        Weight = Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ 5.0; 6.0 ] ]
        Bias = Tensor.vector [ 0.5; -0.5 ]
    }

let private x: Tensor<float> = Tensor.matrix [ [ 1.0; 0.0; -1.0 ]; [ 2.0; 1.0; 0.5 ] ]

let private predict (p: Parameters, x: Tensor<float>) =
    Tensor.tanh (Tensor.matMul x p.Weight + p.Bias)

let private report (p: Parameters, x: Tensor<float>) =
    let y = predict (p, x)

    {
        Loss = Tensor.sum (y * y)
        Largest = Tensor.max y
    }

/// The same bits: what was read is the same program.
let private same (expected: Tensor<float>) (actual: Tensor<float>) message =
    sameArray (Tensor.toNDArray expected) (Tensor.toNDArray actual) message

let private functions =
    testList
        "functions"
        [
            testCase "a function comes back, and is differentiated, batched and compiled" (fun () ->
                atPath (fun path ->
                    Program.save path predict (parameters, x)
                    let read: Parameters * Tensor<float> -> Tensor<float> = Program.load path
                    same (predict (parameters, x)) (read (parameters, x)) "called"
                    same (compile predict (parameters, x)) (compile read (parameters, x)) "compiled"
                    let loss f p = Tensor.sum (f (p, x))
                    let expected, actual = grad (loss predict) parameters, grad (loss read) parameters
                    same expected.Weight actual.Weight "gradient"
                    same expected.Bias actual.Bias "gradient"
                    let lanes = Tensor.stack 0 [ x; 2.0 * x ]
                    same (vmap (fun x -> predict (parameters, x)) lanes) (vmap (fun x -> read (parameters, x)) lanes) "batched"))

            testCase "a record of results" (fun () ->
                atPath (fun path ->
                    Program.save path report (parameters, x)
                    let read: Parameters * Tensor<float> -> Report = Program.load path
                    same (report (parameters, x)).Loss (read (parameters, x)).Loss "loss"
                    same (report (parameters, x)).Largest (read (parameters, x)).Largest "largest"))

            testCase "what a function uses from outside goes along" (fun () ->
                atPath (fun path ->
                    Program.save path (fun x -> predict (parameters, x)) x
                    let read: Tensor<float> -> Tensor<float> = Program.load path
                    same (predict (parameters, x)) (read x) "called"
                    let program = SavedProgram.Load path
                    Expect.equal program.Constants.Count 2 "two arrays"
                    Expect.sequenceEqual program.ParameterNames [ "" ] "one parameter"))

            testCase "loops and branches, lists and options" (fun () ->
                let f (x: Tensor<float>) =
                    let grown = Flow.whileLoop (fun (x: Tensor<float>) -> Tensor.sum x .< 100.0) (fun x -> 2.0 * x) x
                    [ grown; Flow.cond (Tensor.sum x .> 0.0) (fun x -> x) (fun x -> -x) x ], Some(Tensor.sum x)

                atPath (fun path ->
                    let x = Tensor.vector [ 1.0; 2.0 ]
                    Program.save path f x
                    let zero = Tensor.scalar 0.0

                    let read: Tensor<float> -> Tensor<float> list * Tensor<float> option =
                        Program.loadLike path ([ zero; zero ], Some zero)

                    let expected, actual = f x, read x
                    List.iter2 (fun e a -> same e a "list") (fst expected) (fst actual)
                    same (snd expected).Value (snd actual).Value "option"

                    Checks.refuses<StructureException> [ "Item1[0], Item1[1], Item2.Value" ] (fun () ->
                        (Program.loadLike path ([ zero ], Some zero): Tensor<float> -> _) |> ignore)

                    Checks.refuses<StructureException> [ "Program.loadLike" ] (fun () ->
                        (Program.load path: Tensor<float> -> Tensor<float> list * Tensor<float> option)
                        |> ignore)))

            testCase "another type, structure or shape is named" (fun () ->
                atPath (fun path ->
                    Program.save path report (parameters, x)

                    Checks.refuses<StructureException> [ "argument"; "Item1.Weight, Item1.Bias, Item2"; "one tensor" ] (fun () ->
                        (Program.load path: Tensor<float> -> Report) |> ignore)

                    Checks.refuses<StructureException> [ "argument Item2 is f64[2, 3]"; "f32" ] (fun () ->
                        (Program.load path: Parameters * Tensor<float32> -> Report) |> ignore)

                    Checks.refuses<StructureException> [ "result"; "Loss, Largest"; "Item1, Item2" ] (fun () ->
                        (Program.load path: Parameters * Tensor<float> -> Tensor<float> * Tensor<float>)
                        |> ignore)

                    let read: Parameters * Tensor<float> -> Report = Program.load path

                    Checks.refuses<StructureException> [ "argument Item2 is f64[1, 3]"; "saved for f64[2, 3]" ] (fun () ->
                        read (parameters, Tensor.zeros [ 1; 3 ]) |> ignore)))

            testCase "other data in an argument must be what it was" (fun () ->
                let f (sizes: Sizes) = float sizes.Steps * sizes.Start

                atPath (fun path ->
                    Program.save path f { Steps = 3; Start = Tensor.scalar 2.0 }
                    let read: Sizes -> Tensor<float> = Program.load path
                    Expect.equal (value (read { Steps = 3; Start = Tensor.scalar 4.0 })) 12.0 "the same steps"

                    Checks.refuses<StructureException> [ "argument Steps with the constant 3, not the constant 4" ] (fun () ->
                        read { Steps = 4; Start = Tensor.scalar 4.0 } |> ignore)))

            testCase "a function that looks at values can't be saved" (fun () ->
                atPath (fun path ->
                    Checks.refuses<TraceException> [] (fun () ->
                        Program.save path (fun (x: Tensor<float>) -> if value x > 0.0 then x else -x) (Tensor.scalar 1.0))

                    Expect.isFalse (File.Exists path) "no file"))
        ]

/// (a: f64[2], table: f32[2] as a constant) -> (sum, a)
let private small =
    SavedProgram.Trace(
        [ TensorType.Of(DType.F64, 2) ],
        (fun arguments -> [| arguments[0].Sum(); arguments[0] + Expr.Of([| 0.5; -0.0 |]) |]),
        [| "a \"quoted\"\nname" |],
        [| "sum"; "" |],
        dict [ "about", "ä test" ] |> System.Collections.Generic.Dictionary
    )

let private textOf (program: SavedProgram) =
    written (fun stream -> program.Write stream) |> Encoding.UTF8.GetString

let private readText (text: string) =
    SavedProgram.Read(new MemoryStream(Encoding.UTF8.GetBytes text))

/// A program with this content, and the checksum that belongs to it.
let private sealed' (content: string) =
    let hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes content))
    $"adjoint program 1\nsha256 {hash}\n{content}"

let private contentOf (text: string) = text.Split('\n', 3)[2]

let private text =
    testList
        "text"
        [
            testCase "the file reads as it is documented" (fun () ->
                let expected =
                    [
                        "note \"about\" \"ä test\""
                        "parameter \"a \\\"quoted\\\"\\nname\""
                        "result \"sum\""
                        "result \"\""
                        "constant f64[2] AAAAAAAA4D8AAAAAAAAAgA=="
                        "graph(%0: f64[2], %1: f64[2]) {"
                        "  %2: f64[] = reduce_sum(%0) {axes = axes[0]}"
                        "  %3: f64[2] = add(%0, %1)"
                        "  return %2, %3"
                        "}"
                        ""
                    ]
                    |> String.concat "\n"

                Expect.equal (textOf small) (sealed' expected) "text")

            testCase "all of it comes back" (fun () ->
                let back = readText (textOf small)
                Expect.sequenceEqual back.ParameterNames small.ParameterNames "parameters"
                Expect.equal back.Graph.Parameters[0].Name small.ParameterNames[0] "in the graph, too"
                Expect.sequenceEqual back.ResultNames small.ResultNames "results"
                Expect.sequenceEqual back.Notes small.Notes "notes"
                sameArray small.Constants[0] back.Constants[0] "constant"
                Expect.equal (textOf back) (textOf small) "the same file"
                let results = back.Run(NDArray.Vector [| 1.0; 2.0 |])
                sameArray (NDArray.Scalar 3.0) results[0] "sum"
                sameArray (NDArray.Vector [| 1.5; 2.0 |]) results[1] "with the constant"
                Expect.stringContains (back.ToString()) "f64[2]" "a description")

            testCase "constants of every dtype and shape" (fun () ->
                for array in samples @ edges do
                    let program = SavedProgram.Trace([], fun _ -> [| Expr.Of array |])
                    sameArray array (((readText (textOf program)).Run()).[0]) "a constant")

            testCase "origins are kept only where that is asked for" (fun () ->
                let scoped =
                    SavedProgram.Trace(
                        [ TensorType.Of(DType.F64) ],
                        fun arguments -> Scope.In("encoder", fun () -> [| arguments[0] * 2.0 |])
                    )

                let with' = written (fun stream -> scoped.Write(stream, true)) |> Encoding.UTF8.GetString
                Expect.stringContains with' "@ \"encoder\"" "asked for"
                Expect.isFalse ((textOf scoped).Contains '@') "not asked for"
                Expect.equal (readText with').Graph.Nodes[0].Origin.Scope "encoder" "read")

            testCase "runs on many threads" (fun () ->
                let program = readText (textOf small)

                Array.Parallel.iter
                    (fun i -> Expect.equal ((program.Run(NDArray.Vector [| float i; 1.0 |])).[0].Item<float>()) (float i + 1.0) "sum")
                    [| 0..200 |])

            testCase "arguments are checked" (fun () ->
                Checks.refuses<StructureException> [ "0 arguments for 1 parameters"; "f64[2]" ] (fun () -> small.Run() |> ignore)

                Checks.refuses<StructureException> [ "a \"quoted\""; "is f64[3]"; "saved for f64[2]" ] (fun () ->
                    small.Run(NDArray.Vector [| 1.0; 2.0; 3.0 |]) |> ignore)

                let graph = small.Graph

                Checks.refuses<StructureException> [ "2 names" ] (fun () ->
                    SavedProgram(graph, [| "a"; "b" |], null, small.Constants) |> ignore)

                Checks.refuses<StructureException> [ "1 names for 2 results" ] (fun () ->
                    SavedProgram(graph, null, [| "a" |], small.Constants) |> ignore)

                Checks.refuses<StructureException> [ "constant 0 is f32[]"; "f64[2]" ] (fun () ->
                    SavedProgram(graph, null, null, [| NDArray.Scalar 1.0f |]) |> ignore))
        ]

/// What is replaced in the content, by what, and words of the error.
let private faults =
    [
        "note \"about\"", "note about", "'note about"
        "note \"about\" \"ä test\"", "note \"about\"", "'note \"about\"'"
        "note \"about\"", "note \"about\" \"b\"", "stands where a note"
        "note \"about\" \"ä test\"\n", "note \"a\" \"b\"\nnote \"a\" \"b\"\n", "'note \"a\" \"b\"'"
        "parameter \"a", "parameter \"b\" \"a", "stands where a note"
        "parameter \"a \\\"quoted\\\"\\nname\"\n", "", "0 names and 1 constants for 2 parameters"
        "result \"\"\n", "", "1 names for 2 results"
        "result \"sum\"", "result \"su\\m\"", "stands where a note"
        "result \"sum\"", "execute \"rm\"", "'execute \"rm\"'"
        "constant f64[2]", "constant f64[3]", "takes 32 digits, there are 24"
        "constant f64[2]", "constant f64[2000000000]", "takes 21333333336 digits"
        "constant f64[2]", "constant f64[99999, 99999, 99999]", "'f64[99999, 99999, 99999]' is no type"
        "constant f64[2]", "constant f65[2]", "'f65[2]' is no type"
        "constant f64[2]", "constant stack(f64[2])", "'stack(f64[2])' is no type"
        "constant f64[2]", "constant f64[2] f64", "'f64[2] f64' is no type"
        "constant f64[2]", "constant i64[2]", "constant 0 is i64[2], its parameter f64[2]"
        "AAAAAAAA4D8A", "AAAA!AAA4D8A", "no digits to the base 64"
        "gA==", "gA=A", "no digits to the base 64"
        "reduce_sum", "reduce_all", "begins at line 8, is damaged: graph text, line 2, column 15"
        "return %2, %3", "return %2", "1 results"
        "graph(", "graf(", "'graf(%0: f64[2], %1: f64[2]) {' stands where"
    ]

let private hostile =
    testList
        "hostile"
        [
            for i, (part, instead, words) in List.indexed faults do
                testCase $"content {i}: {words}" (fun () ->
                    let content = contentOf (textOf small)
                    Expect.stringContains content part "the content has the part"
                    let at = content.IndexOf(part, StringComparison.Ordinal)
                    let changed = content.Remove(at, part.Length).Insert(at, instead)
                    broken [ "program: the stream, byte "; words ] (fun () -> readText (sealed' changed)))

            testCase "another version, no program, another checksum" (fun () ->
                let file = textOf small

                broken [ "byte 0"; "'adjoint program 2'"; "reads 'adjoint program 1'" ] (fun () ->
                    readText (file.Replace("program 1", "program 2")))

                broken [ "byte 0"; "no program" ] (fun () -> readText "#!/bin/sh\n")
                broken [ "byte 0"; "no program" ] (fun () -> readText "")
                broken [ "byte 18"; "changed or damaged" ] (fun () -> readText (file.Replace("0x", "0y").Replace("sum", "sun")))
                broken [ "byte 18"; "changed or damaged" ] (fun () -> readText (file + "\n"))
                broken [ "byte 17"; "byte for byte" ] (fun () -> readText (file.Replace("\n", "\r\n"))))

            testCase "every beginning and every turned bit is refused" (fun () ->
                let file = Encoding.UTF8.GetBytes(textOf small)
                everyBeginning (SavedProgram.Read >> ignore) file

                for place in 0 .. file.Length - 1 do
                    let changed = Array.copy file
                    changed[place] <- changed[place] ^^^ 4uy
                    broken [ "program: the stream, byte " ] (fun () -> SavedProgram.Read(new MemoryStream(changed))))

            testProperty "whatever is broken, the error is one of format" (fun (at: int) (length: byte) (from: int) ->
                let content = contentOf (textOf small)
                let place = abs (at % content.Length)
                let length = min (int length % 20) (content.Length - place)
                let other = abs (from % (content.Length - length + 1))
                let changed = content.Remove(place, length).Insert(place, content.Substring(other, length))
                brokenOrNot (fun () -> readText (sealed' changed) |> ignore) changed)

            testCase "a limit" (fun () ->
                let bytes = Encoding.UTF8.GetBytes(textOf small)
                let limit = ReadOptions(MostBytes = 100L)
                broken [ "the reader allows 100" ] (fun () -> SavedProgram.Read(new MemoryStream(bytes), null, limit))
                broken [ "the reader allows, 100" ] (fun () -> SavedProgram.Read(new Trickle(bytes), null, limit)))
        ]

[<Tests>]
let tests = testList "files programs" [ functions; text; hostile ]
