/// The C# of guides as one program: a class for each guide, in which every chunk prints its line first.
module Adjoint.FirstHourTests.CSharpProgram

open System.IO
open System.Text.RegularExpressions
open Adjoint.FirstHourTests.Guide

let private typeDeclaration =
    Regex @"^((public|internal|sealed|static|abstract|readonly) )*(class|record|struct|enum|interface)\b"

let private code (chunk: Chunk) =
    chunk.Lines
    |> List.tryFind (fun line -> line <> "" && not (line.StartsWith "//") && not (line.StartsWith "["))
    |> Option.defaultValue ""

let private isUsing (chunk: Chunk) =
    (code chunk).StartsWith "using " && not ((code chunk).StartsWith "using var")

let private isType (chunk: Chunk) = typeDeclaration.IsMatch(code chunk)

let private source (chunk: Chunk) =
    $"#line {chunk.Line} \"guide.cs\"" :: chunk.Lines

let private marked (chunk: Chunk) =
    $"Console.WriteLine(\"\\u0001{chunk.Line}\");" :: source chunk

let private failing (chunk: Chunk) =
    [
        yield "try {"
        yield! marked chunk
        yield "Console.WriteLine(\"(no error)\");"
        yield "} catch (Exception error) { Console.WriteLine(error.Message); }"
    ]

/// The blocks of a guide, in their order.
let blocks (guide: Guide) =
    guide.Blocks |> List.filter (fun block -> block.Language = "csharp")

let private statements (block: Block) =
    let body = block.Chunks |> List.filter (fun chunk -> not (isUsing chunk || isType chunk))

    match block.Manner, List.rev body with
    | Fails, last :: before -> List.collect marked (List.rev before) @ failing last
    | _ -> List.collect marked body

/// The name of a guide's class.
let className (guide: Guide) =
    Regex.Replace(Path.GetFileNameWithoutExtension guide.Name, @"\W", "_")

/// A source file with the guide's code; types follow the class, in a namespace of the guide's own.
let text (guide: Guide) =
    let all = blocks guide |> List.collect _.Chunks

    [
        yield! all |> List.filter isUsing |> List.collect _.Lines |> List.distinct
        yield $"namespace Guides.{className guide};"
        yield "public static class Code"
        yield "{"
        yield "public static void Run()"
        yield "{"
        yield! blocks guide |> List.collect statements
        yield "}"
        yield "}"
        yield! all |> List.filter isType |> List.collect (source)
    ]
    |> String.concat "\n"

/// The entry point: runs the guide that its argument names.
let main (guides: Guide list) =
    [
        yield "switch (args[0])"
        yield "{"

        for guide in guides do
            yield $"    case \"{guide.Name}\": Guides.{className guide}.Code.Run(); break;"

        yield "}"
    ]
    |> String.concat "\n"
