// What the tasks of the repository are made of: programs that run, steps that print a line, and how a target fails.

open System
open System.Diagnostics
open System.IO

let root = Path.GetDirectoryName __SOURCE_DIRECTORY__

/// A target failed; its reason is on the screen already.
exception Stop of code: int

let fail (message: string) =
    eprintfn "%s" message
    raise (Stop 1)

/// Whether a program is on the PATH.
let canRun (program: string) =
    (string (Environment.GetEnvironmentVariable "PATH")).Split Path.PathSeparator
    |> Array.exists (fun folder -> File.Exists(Path.Combine(folder, program)))

/// Starts a program in a folder. With capture, its output comes back as text instead of on the screen.
let private start folder capture (program: string) (arguments: string list) =
    let info =
        ProcessStartInfo(program, arguments, WorkingDirectory = folder, RedirectStandardOutput = capture, RedirectStandardError = capture)

    info.Environment["DOTNET_NOLOGO"] <- "1"
    info.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] <- "1"

    use job =
        try
            Process.Start info
        with _ ->
            fail $"{program} can't be started: is it installed and on the PATH?"

    let output =
        if capture then
            job.StandardOutput.ReadToEndAsync()
        else
            null

    let errors = if capture then job.StandardError.ReadToEndAsync() else null
    job.WaitForExit()
    job.ExitCode, (if capture then output.Result + errors.Result else "")

/// Runs a program in the repository root, its output on the screen or captured.
let execute capture program arguments = start root capture program arguments

/// Runs a program in a folder: its exit code and what it printed.
let executeIn folder program arguments = start folder true program arguments

/// Runs a program in the repository root and hands over each line that it prints, as it comes.
let follow show (program: string) (arguments: string list) =
    let info = ProcessStartInfo(program, arguments, WorkingDirectory = root, RedirectStandardOutput = true)
    use job = Process.Start info
    let mutable line = job.StandardOutput.ReadLine()

    while not (isNull line) do
        show line
        line <- job.StandardOutput.ReadLine()

    job.WaitForExit()
    job.ExitCode

/// Runs a set-up step quietly: one line with its time, and the program's own output if it fails.
let step (name: string) program arguments =
    printf $"{name} ... "
    let clock = Stopwatch.StartNew()
    let code, output = execute true program arguments

    if code = 0 then
        printfn $"{clock.Elapsed.TotalSeconds:F1} s"
    else
        printfn "failed"
        printfn "%s" (output.Trim())
        let line = String.concat " " (program :: arguments)
        fail $"failed ({code}): {line}"

let dotnet name arguments = step name "dotnet" arguments

/// Runs a program of ours on the screen; its exit code is the target's.
let run program arguments =
    match execute false program arguments with
    | 0, _ -> ()
    | code, _ -> raise (Stop code)
