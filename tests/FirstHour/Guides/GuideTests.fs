/// Every guide is run, and what it says that its code gives is compared with what it gives.
module Adjoint.FirstHourTests.GuideTests

open System.IO
open Expecto
open Adjoint.FirstHourTests.Guide

/// The assemblies that the tests were built with.
let private references =
    lazy
        (let folder =
            Path.Combine(Repository.root.Value, "src", "Dsl.FSharp", "bin", Repository.configuration, "net10.0")

         [
             for name in [ "Adjoint.Runtime.dll"; "Adjoint.dll" ] -> $"#r @\"{Path.Combine(folder, name)}\""
         ])

let private noDifferences differences =
    if not (List.isEmpty differences) then
        failtest (String.concat "\n\n" differences)

let private interactive folder (script: string) =
    Repository.dotnet folder [] [ "fsi"; "--quiet"; "--nologo"; "--warnaserror+"; script ]

let private fsharp (guide: Guide) =
    testCase $"F# of {guide.Name}" (fun () ->
        let folder = Repository.temporaryFolder ()
        let outcome = interactive folder (FSharpScript.save folder references.Value guide)
        Expect.equal outcome.Code 0 outcome.Text
        noDifferences (Transcript.differences guide (FSharpScript.blocks guide) outcome.Output))

let private rejected (guide: Guide) (block: Block) =
    testCase $"F# of {guide.Name} that is refused, line {block.Line}" (fun () ->
        let folder = Repository.temporaryFolder ()

        let outcome = interactive folder (FSharpScript.saveRejected folder references.Value guide block)

        Expect.equal outcome.Code 1 outcome.Text

        match block.Output with
        | Some shown when Figures.agree $"...{shown}..." outcome.Errors -> ()
        | shown -> failtest $"{guide.Name}, line {block.Line}: the guide says\n{shown}\nbut the compiler says\n{outcome.Errors}")

let private csharp (guide: Guide) =
    testCase $"C# of {guide.Name}" (fun () ->
        let program = Programs.csharp.Value
        let outcome = Repository.dotnet program.Folder [] [ program.Assembly; guide.Name ]
        Expect.equal outcome.Code 0 outcome.Text
        noDifferences (Transcript.differences guide (CSharpProgram.blocks guide) outcome.Output))

let private has language (guide: Guide) =
    guide.Blocks |> List.exists (fun block -> block.Language = language)

[<Tests>]
let tests =
    testList
        "guides"
        [
            for guide in GuideFiles.all.Value do
                if has "fsharp" guide then
                    fsharp guide

                for block in guide.Blocks do
                    if block.Manner = Rejected then
                        rejected guide block

                if has "csharp" guide then
                    csharp guide
        ]
