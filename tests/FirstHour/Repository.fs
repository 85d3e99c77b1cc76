/// Where the repository lies, and programs run in it.
module Adjoint.FirstHourTests.Repository

open System
open System.Diagnostics
open System.IO
open Expecto

/// The folder that holds the solution, above the folder that this program runs from.
let root =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            skiptest "the program runs outside the repository."
        elif File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
            folder.FullName
        else
            above folder.Parent

    lazy (above (DirectoryInfo AppContext.BaseDirectory))

/// The configuration that this program was built in.
let configuration =
    if AppContext.BaseDirectory.Contains $"{Path.DirectorySeparatorChar}Debug{Path.DirectorySeparatorChar}" then
        "Debug"
    else
        "Release"

/// What a program printed, and how it ended.
type Outcome =
    {
        Code: int
        Output: string
        Errors: string
    }

    /// All that there is to read when something went wrong.
    member this.Text = $"exit code {this.Code}\n{this.Output}\n{this.Errors}"

/// Runs dotnet in a folder, with more variables in its environment.
let dotnet folder (variables: (string * string) list) (arguments: string list) =
    let info =
        ProcessStartInfo("dotnet", arguments, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true)

    for name, value in
        [
            "DOTNET_NOLOGO", "1"
            "DOTNET_CLI_TELEMETRY_OPTOUT", "1"
            // A build server that stays would hold this program's output open.
            "MSBUILDDISABLENODEREUSE", "1"
            "UseSharedCompilation", "false"
        ]
        @ variables do
        info.Environment[name] <- value

    use job = Process.Start info
    let errors = job.StandardError.ReadToEndAsync()
    let output = job.StandardOutput.ReadToEnd()
    job.WaitForExit()

    {
        Code = job.ExitCode
        Output = output
        Errors = errors.Result
    }

/// A folder of its own that is deleted when the program ends.
let temporaryFolder () =
    let folder = Directory.CreateTempSubdirectory("adjoint-").FullName

    AppDomain.CurrentDomain.ProcessExit.Add(fun _ ->
        try
            Directory.Delete(folder, true)
        with :? IOException ->
            ())

    folder
