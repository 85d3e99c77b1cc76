/// What holds for the repository itself: no feed address, no large file, and a bare build that finds its packages.
module Adjoint.Properties.Repository

open System
open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open Expecto

/// The folder that holds the solution, above the folder that this program runs from.
let private root =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            skiptest "the program runs outside the repository."
        elif File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
            folder.FullName
        else
            above folder.Parent

    lazy (above (DirectoryInfo AppContext.BaseDirectory))

/// Runs a program without NUGET_SOURCE: its exit code and output.
let private run folder (program: string) (arguments: string list) =
    let info =
        ProcessStartInfo(program, arguments, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true)

    info.Environment.Remove "NUGET_SOURCE" |> ignore
    info.Environment["MSBUILDDISABLENODEREUSE"] <- "1"
    use job = Process.Start info
    let errors = job.StandardError.ReadToEndAsync()
    let output = job.StandardOutput.ReadToEnd()
    job.WaitForExit()
    job.ExitCode, output + errors.Result

let private trackedFiles () =
    match run root.Value "git" [ "ls-files"; "-z" ] with
    | 0, listing ->
        listing.Split('\000', StringSplitOptions.RemoveEmptyEntries)
        |> Array.map (fun name -> Path.Combine(root.Value, name))
        |> Array.filter File.Exists
    | _ -> skiptest "this is no git checkout."

/// Hosts of the feeds in use here, and the shape of a feed's address.
let private feedPattern () =
    let _, listing = run root.Value "dotnet" [ "nuget"; "list"; "source"; "--format"; "short" ]
    let given = string (Environment.GetEnvironmentVariable "NUGET_SOURCE")

    let hosts =
        [
            for found in Regex.Matches(listing + "\n" + given, "https?://([^/\s]+)") -> Regex.Escape found.Groups[1].Value
        ]

    Regex(String.concat "|" (@"https?://\S+/index[.]json" :: List.distinct hosts))

let private rules =
    testList
        "rules"
        [
            testCase "no feed address stands in a tracked file" (fun () ->
                let pattern = feedPattern ()

                let named =
                    trackedFiles ()
                    |> Array.filter (fun path -> pattern.IsMatch(File.ReadAllText path))

                Expect.isEmpty named "files that name a feed")

            testCase "no tracked file is larger than 2 MiB" (fun () ->
                let large =
                    trackedFiles ()
                    |> Array.filter (fun path -> FileInfo(path).Length > 2L * 1024L * 1024L)

                Expect.isEmpty large "large files")
        ]

let private packageFiles =
    [
        ".config/dotnet-tools.json"
        ".paket/Paket.Restore.targets"
        "Directory.Build.props"
        "Directory.Build.targets"
        "build/Packages.proj"
        "build/Packages.targets"
        "global.json"
        "paket.dependencies"
        "paket.lock"
    ]

let private tinyProject =
    """<Project Sdk="Microsoft.NET.Sdk"><Import Project="..\.paket\Paket.Restore.targets" /></Project>"""

let private noSources = """<configuration><packageSources><clear /></packageSources></configuration>"""

/// Restores a tiny project beside the repository's own package files in a fresh folder.
let private restoreTiny (configuration: string option) =
    let folder = Directory.CreateTempSubdirectory("adjoint-").FullName

    try
        for name in packageFiles do
            let target = Path.Combine(folder, name)
            Directory.CreateDirectory(Path.GetDirectoryName target) |> ignore
            File.Copy(Path.Combine(root.Value, name), target)

        let project = Directory.CreateDirectory(Path.Combine(folder, "Tiny")).FullName
        File.WriteAllText(Path.Combine(project, "Tiny.csproj"), tinyProject)
        File.WriteAllText(Path.Combine(project, "paket.references"), "System.Numerics.Tensors\n")

        configuration
        |> Option.iter (fun text -> File.WriteAllText(Path.Combine(folder, "nuget.config"), text))

        let code, output = run project "dotnet" [ "restore" ]
        let assets = Path.Combine(project, "obj", "project.assets.json")
        code, output, (if File.Exists assets then File.ReadAllText assets else "")
    finally
        Directory.Delete(folder, true)

let private packages =
    testSequencedGroup
        "packages"
        (testList
            "packages"
            [
                testCase "a bare restore finds the feed by itself" (fun () ->
                    let code, output, assets = restoreTiny None
                    Expect.equal code 0 output
                    Expect.stringContains assets "System.Numerics.Tensors/" "restored")

                testCase "without any feed the build says what to set, in one line" (fun () ->
                    let code, output, _ = restoreTiny (Some noSources)
                    let errors = output.Split '\n' |> Array.filter _.Contains("error")
                    Expect.equal code 1 output
                    Expect.hasLength errors 1 output
                    Expect.stringContains errors[0] "NUGET_SOURCE" "the cure")
            ])

[<Tests>]
let tests = testList "repository" [ rules; packages ]
