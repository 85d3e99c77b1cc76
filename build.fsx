// Every task of the repository: `dotnet fsi build.fsx TARGET [arguments]`. Without a target it prints the list.
// A plain script without packages: it starts fast and needs no feed.

#load "build/Steps.fsx"
#load "build/Native.fsx"
#load "build/Machines.fsx"

open System
open System.IO
open System.Text.RegularExpressions
open Steps

let tools () = dotnet "tools" [ "tool"; "restore" ]

/// Builds a project or the solution. The build restores the packages first (build/Packages.targets).
let build path =
    dotnet $"build {path}" [ "build"; path; "-c"; "Release"; "-v"; "quiet"; "-clp:NoSummary" ]

let runProject folder name arguments =
    build folder
    run "dotnet" (Path.Combine(folder, "bin", "Release", "net10.0", $"{name}.dll") :: arguments)

/// The feed: NUGET_SOURCE, or the first enabled source of the user's NuGet configuration.
let packageSource () =
    match Environment.GetEnvironmentVariable "NUGET_SOURCE" with
    | null
    | "" ->
        let _, listing = execute true "dotnet" [ "nuget"; "list"; "source"; "--format"; "short" ]
        let enabled = Regex.Match(listing, @"(?m)^E +(\S.*?)\s*$")

        if enabled.Success then
            enabled.Groups[1].Value
        else
            fail "No package source: set NUGET_SOURCE to a NuGet feed, or enable one (dotnet nuget add source)."
    | source -> source

// Targets: each takes the arguments that follow its name.

let digits arguments =
    Native.prepare ()
    runProject "examples/Digits" "Digits" arguments

/// The suites: each a program whose last line is its count.
let suites =
    [
        "tests/Properties", "Adjoint.Properties"
        "tests/Library", "Adjoint.LibraryTests"
        "tests/Examples", "Adjoint.ExampleTests"
        "tests/FirstHour", "Adjoint.FirstHourTests"
    ]

/// Runs a suite on the screen. Gives what passed, failed and was skipped; a suite without a count has failed.
let runSuite withoutJit arguments (folder, name) =
    let closing = Regex(@"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
    let mutable count = None

    let show (line: string) =
        printfn "%s" line
        let found = closing.Match line

        if found.Success then
            let number (i: int) =
                if found.Groups[i].Success then
                    int found.Groups[i].Value
                else
                    0

            count <- Some(number 1, number 2, number 3)

    printfn $"{folder}:"

    let code = follow show "dotnet" (Machines.host withoutJit folder name @ arguments)

    match count with
    | Some(passed, failed, _) when failed > 0 || code = 0 || passed = 0 -> count.Value
    | Some(passed, failed, skipped) -> passed, failed + 1, skipped
    | None ->
        eprintfn $"{folder} ended with code {code} and without a count."
        0, 1, 0

/// All suites; with --smoke the laws alone, each once a primitive: minutes. With --isa or --without-jit those that run in one process, as on a
/// machine with fewer features.
let test arguments =
    let smoke = List.contains "--smoke" arguments
    let withoutJit = List.contains "--without-jit" arguments
    let isLimited = withoutJit || List.contains "--isa" arguments

    let chosen =
        if smoke then List.take 1 suites
        elif isLimited then List.take 3 suites
        else suites

    Native.prepare ()
    build (if smoke then fst suites.Head else "Adjoint.slnx")
    let arguments = Machines.limit (arguments |> List.filter ((<>) "--without-jit"))

    if withoutJit then
        printfn "machine: no code is made while running"

    let counts = chosen |> List.map (runSuite withoutJit arguments)
    let total part = counts |> List.sumBy part

    let passed, failed, skipped =
        total (fun (p, _, _) -> p), total (fun (_, f, _) -> f), total (fun (_, _, s) -> s)

    printfn
        "%s"
        ($"{passed} passed, {failed} failed"
         + (if skipped = 0 then "" else $", {skipped} skipped"))

    if failed > 0 || passed = 0 then
        raise (Stop 1)

let laws arguments =
    runProject "tests/Properties" "Adjoint.Properties" arguments

let judge arguments =
    runProject "tests/Suites" "Adjoint.Suites" arguments

let mutate arguments = laws ("--mutate" :: arguments)

let coverage _ = laws [ "--coverage" ]

let kernels _ = laws [ "--kernels" ]

let ulps _ = laws [ "--ulps" ]

let api _ =
    runProject "tests/Library" "Adjoint.LibraryTests" [ "--api" ]

let format _ =
    tools ()
    dotnet "F# layout" [ "fantomas"; "." ]
    dotnet "C# whitespace" [ "format"; "whitespace"; "."; "--folder"; "--exclude"; ".paket" ]
    build "Adjoint.slnx"
    dotnet "C# style" [ "format"; "style"; "Adjoint.slnx"; "--no-restore" ]

let lint _ =
    tools ()
    dotnet "F# layout" [ "fantomas"; "--check"; "." ]
    dotnet "C# whitespace" [ "format"; "whitespace"; "."; "--folder"; "--verify-no-changes" ]
    build "Adjoint.slnx"
    runProject "tests/Properties" "Adjoint.Properties" [ "--filter"; "repository" ]

let packages _ =
    tools ()
    let source = packageSource ()
    Environment.SetEnvironmentVariable("NUGET_SOURCE", source)
    dotnet "paket install" [ "paket"; "install" ]
    // Paket writes the address that it used; the lock file keeps the variable.
    let path = Path.Combine(root, "paket.lock")
    File.WriteAllText(path, Regex.Replace(File.ReadAllText path, @"remote: .*", "remote: %NUGET_SOURCE%"))

/// Makes the packages in a folder, out/packages unless another is given. With --no-build, from what is built.
let pack arguments =
    let options, folders = arguments |> List.partition (fun (argument: string) -> argument.StartsWith "--")

    let folder = folders |> List.tryHead |> Option.defaultValue "out/packages"

    if not (List.contains "--no-build" options) then
        build "src/Dsl.FSharp"

    for project in [ "src/Runtime.CSharp"; "src/Dsl.FSharp" ] do
        dotnet $"pack {project}" [ "pack"; project; "-c"; "Release"; "--no-build"; "-o"; folder; "-v"; "quiet" ]

    if Native.isBuilt () then
        dotnet "pack native kernels" [ "pack"; "build/NativePackage"; "-c"; "Release"; "-o"; folder; "-v"; "quiet" ]

    printfn $"packages are in {folder}"

/// Writes the site: guides, reference, and pages of all public types.
let docs _ =
    runProject "build/Docs" "Adjoint.Docs" [ root; Path.Combine(root, "out", "docs") ]

/// Measures Adjoint beside compiled C++ and the limits of the machine.
let bench arguments =
    match arguments with
    | "--calls" :: rest -> runProject "benchmarks/Calls" "Adjoint.Calls" rest
    | _ -> runProject "benchmarks/Figures" "Adjoint.Figures" arguments

/// Says what the runtime finds on this machine, and what it chooses.
let describe _ =
    Native.prepare ()
    runProject "benchmarks/Tune" "Adjoint.Tune" [ "--describe" ]

/// Measures the providers of each operation, and writes the table beside the native kernels; --figures SIZE...: shows what came of it.
let tune arguments =
    Native.prepare ()

    if List.isEmpty arguments then
        runProject "benchmarks/Tune" "Adjoint.Tune" [ Path.Combine(Native.folder, "providers.txt") ]
    else
        runProject "benchmarks/Tune" "Adjoint.Tune" arguments

let clean _ =
    for folder in [ "src"; "tests"; "examples"; "benchmarks"; "build" ] do
        let path = Path.Combine(root, folder)

        if Directory.Exists path then
            for project in Directory.GetDirectories path do
                for output in [ "bin"; "obj"; "build" ] do
                    let target = Path.Combine(project, output)

                    if Directory.Exists target then
                        Directory.Delete(target, true)

let targets =
    [
        "run", "train the digits example; arguments go to it", digits
        "test",
        "run all tests; arguments go to the runner (--filter TEXT); --smoke for every law once a primitive; --isa avx2, avx or none, and --without-jit, as on machines with fewer features",
        test
        "laws", "run the laws alone; also --cases N for N times as many cases, --smoke for one each, --endure for a million calls", laws
        "mutate", "break each rule in turn, show that a law fails, and write what did into docs/coverage.md", mutate
        "api", "write the lists of the public API anew, docs/api", api
        "kernels", "write the precompiled forms of functions anew, src/Runtime.CSharp/Kernels/Generated", kernels
        "ulps", "measure the error of every function, and write docs/ulps.md", ulps
        "coverage", "write docs/coverage.md from a run of every law over every primitive", coverage
        "suites", "judge by the suites of others, and write docs/suites.md; their folder, if not ../shared/suites", judge
        "bench", "measure beside compiled C++ and write docs/benchmarks.md; --only NAME, --quick, --calls, --list", bench
        "format", "lay out all sources", format
        "lint", "check layout, analyzers and the repository's own rules", lint
        "native", "fetch the libraries of src/Kernels.Native, build and test it; --sanitize: also under sanitizers", Native.native
        "tune", "measure which library multiplies best at each size, for the runtime to read; --figures: beside bare calls", tune
        "describe", "say which libraries the runtime finds here, and which it uses for what", describe
        "packages", "resolve packages anew after a change of paket.dependencies", packages
        "pack", "make the NuGet packages, native kernels where they are built, in out/packages or in the folder that is given", pack
        "docs", "write the guides and the pages of all public types, in out/docs", docs
        "clean", "delete what was built", clean
    ]

let printTargets () =
    printfn "dotnet fsi build.fsx TARGET [arguments]"

    for name, purpose, _ in targets do
        printfn $"  {name, -10} {purpose}"

let main arguments =
    let name, rest =
        match arguments with
        | name :: "--" :: rest -> name, rest
        | name :: rest -> name, rest
        | [] -> "", []

    match targets |> List.tryFind (fun (target, _, _) -> target = name) with
    | Some(_, _, action) ->
        try
            action rest
            0
        with Stop code ->
            code
    | None ->
        if name <> "" then
            eprintfn $"There is no target '{name}'."

        printTargets ()
        if name = "" then 0 else 1

exit (main (List.ofArray fsi.CommandLineArgs[1..]))
