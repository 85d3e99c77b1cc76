/// Fresh projects that take the packages from the local folder: `dotnet new console`, a package reference, `dotnet build`.
module Adjoint.FirstHourTests.Programs

open System.IO
open Expecto

type Program =
    {
        Folder: string
        /// The path of the program's assembly.
        Assembly: string
    }

/// A fresh console project in a language, with packages of ours and these source files. Warnings are errors.
let private build language (packages: string list) (files: (string * string) list) =
    let feed = Feed.local.Value
    let folder = Path.Combine(Repository.temporaryFolder (), "Trial")
    Directory.CreateDirectory folder |> ignore
    File.Copy(feed.Configuration, Path.Combine(folder, "nuget.config"))

    let run arguments =
        let outcome = Repository.dotnet folder feed.Variables arguments
        Expect.equal outcome.Code 0 outcome.Text
        outcome

    run [ "new"; "console"; "--language"; language; "--no-restore" ] |> ignore
    let project = Directory.GetFiles(folder, "Trial.*proj") |> Array.exactlyOne

    let references =
        packages
        |> List.map (fun package -> $"""<PackageReference Include="{package}" Version="{feed.Version}" />""")
        |> String.concat ""

    File.WriteAllText(project, File.ReadAllText(project).Replace("</Project>", $"<ItemGroup>{references}</ItemGroup></Project>"))

    for name, text in files do
        File.WriteAllText(Path.Combine(folder, name), text)

    run [ "build"; "-v"; "quiet"; "-clp:NoSummary"; "-warnaserror" ] |> ignore

    {
        Folder = folder
        Assembly = Path.Combine(folder, "bin", "Debug", "net10.0", "Trial.dll")
    }

/// A C# program of the package Adjoint.Runtime alone that runs the guide that its argument names.
let csharp =
    lazy
        (let guides =
            GuideFiles.all.Value
            |> List.filter (fun guide -> not (CSharpProgram.blocks guide).IsEmpty)

         build
             "C#"
             [ "Adjoint.Runtime" ]
             [
                 "Program.cs", CSharpProgram.main guides
                 for guide in guides do
                     CSharpProgram.className guide + ".cs", CSharpProgram.text guide
             ])

/// An F# program of the package Adjoint.
let fsharp (text: string) =
    build "F#" [ "Adjoint" ] [ "Program.fs", text ]

/// An F# program of the package Adjoint and another one.
let fsharpWith package (text: string) =
    build "F#" [ "Adjoint"; package ] [ "Program.fs", text ]
