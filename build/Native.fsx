// Builds src/Kernels.Native with the libraries behind it into artifacts/native/RID, where programs of this repository
// look for it, and tests it. Does nothing where nothing has changed; the managed kernels run where something is missing.

#load "Libraries.fsx"

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices
open System.Security.Cryptography
open System.Text
open Steps
open Libraries

let private sources = Path.Combine(root, "src", "Kernels.Native")
let private rid = RuntimeInformation.RuntimeIdentifier

/// Where the finished libraries lie.
let folder = Path.Combine(root, "artifacts", "native", rid)

let private stampFile = Path.Combine(folder, "built-from.txt")
let private missingFile = Path.Combine(root, "artifacts", "native", "missing.txt")

let private laidOut = Path.Combine(root, "artifacts", "libraries", "root")

/// A folder whose usr/include and usr/lib hold the libraries, given instead of packages; they are then found by the system.
let private given () =
    match Environment.GetEnvironmentVariable "ADJOINT_LIBRARIES" with
    | null
    | "" -> None
    | folder -> Some folder

/// What the result depends on: all sources, the packages, and where other libraries are taken from.
let private stamp () =
    use hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256

    for pattern in [ "*.h"; "*.cpp"; "*.c"; "*.map"; "CMake*" ] do
        for file in Directory.GetFiles(sources, pattern, SearchOption.AllDirectories) |> Array.sort do
            if not (file.Contains(Path.Combine(sources, "build"))) then
                hash.AppendData(Encoding.UTF8.GetBytes(Path.GetFileName file))
                hash.AppendData(File.ReadAllBytes file)

    hash.AppendData(Encoding.UTF8.GetBytes $"%A{groups} %A{given ()}")
    Convert.ToHexString(hash.GetHashAndReset())

/// Whether what is there was built from these sources.
let isBuilt () =
    File.Exists stampFile && (File.ReadAllLines stampFile)[0] = stamp ()

/// The libraries that could not be fetched when it was built.
let private without () =
    File.ReadAllLines stampFile |> Array.skip 1

/// A step that may fail: its time, or what it printed.
let private attempt (name: string) program arguments =
    match execute true program arguments with
    | 0, _ -> Ok()
    | _, output -> Error $"{name} failed: {output.Trim()}"

let private (>=>) first second = Result.bind second first

/// What a program needs beside the kernels: the libraries, by the names that they are loaded by, and their licences.
let private gather target =
    let wanted =
        [
            "libopenblas.so.0"
            "libgfortran.so.5"
            "libquadmath.so.0"
            "libdnnl.so.2"
            "libgomp.so.1"
            "libOpenCL.so.1"
        ]

    for name in wanted do
        for file in Directory.GetFiles(laidOut, name, SearchOption.AllDirectories) do
            let real = File.ResolveLinkTarget(file, true)
            File.Copy((if isNull real then file else real.FullName), Path.Combine(target, name), true)

    let licences = Directory.CreateDirectory(Path.Combine(target, "licences")).FullName

    // What comes from the compiler has one text for many packages; the system has it where the compiler is.
    for group in groups do
        for package, _ in group.Packages do
            [ laidOut; "/" ]
            |> List.map (fun above -> Path.Combine(above, "usr", "share", "doc", package, "copyright"))
            |> List.tryFind File.Exists
            |> Option.iter (fun text -> File.Copy(text, Path.Combine(licences, package + ".txt"), true))

let private compile preset libraries tested (output: string) =
    let build = Path.Combine(sources, "build", preset)
    let generator = if canRun "ninja" then [ "-G"; "Ninja" ] else []

    let settings =
        [
            $"-DADJOINT_LIBRARIES={libraries}"
            $"-DADJOINT_TEST_LIBRARIES={tested}"
            $"-DCMAKE_INSTALL_PREFIX={output}"
        ]

    attempt "cmake" "cmake" ([ "--fresh"; "-S"; sources; "--preset"; preset ] @ generator @ settings)
    >=> fun () -> attempt "the build of src/Kernels.Native" "cmake" [ "--build"; build; "--parallel"; "2" ]

let private test preset =
    attempt
        "a test of src/Kernels.Native"
        "ctest"
        [
            "--test-dir"
            Path.Combine(sources, "build", preset)
            "--output-on-failure"
            "--no-tests=error"
        ]

/// The libraries to build with, and the names of those that no source has.
let private libraries () =
    match given () with
    | Some folder -> folder, []
    | None ->
        let present, missing = fetch ()
        layOut laidOut present
        laidOut, [ for group in missing -> group.Name ]

/// Builds and tests beside what there is, and takes its place when all went well.
let private make () =
    let from, missing = libraries ()
    let fresh = folder + ".fresh"

    if Directory.Exists fresh then
        Directory.Delete(fresh, true)

    Directory.CreateDirectory fresh |> ignore
    let built = compile "release" from (if (given ()).IsSome then "" else fresh) fresh

    built
    >=> (fun () -> attempt "cmake --install" "cmake" [ "--install"; Path.Combine(sources, "build", "release") ])
    >=> (fun () ->
        if (given ()).IsNone then
            gather fresh

        test "release")
    |> Result.map (fun () ->
        File.WriteAllLines(Path.Combine(fresh, "built-from.txt"), stamp () :: missing)

        // What was measured on this machine stays.
        let table = Path.Combine(folder, "providers.txt")

        if File.Exists table then
            File.Copy(table, Path.Combine(fresh, "providers.txt"))

        if Directory.Exists folder then
            Directory.Delete(folder, true)

        Directory.Move(fresh, folder)
        // The archives are large, and the packages that they come from stay.
        if (given ()).IsNone then
            for archive in Directory.GetFiles(laidOut, "*.a", SearchOption.AllDirectories) do
                File.Delete archive

        missing)

let private lacks =
    lazy
        (let programs = [ "cmake"; "g++" ] |> List.filter (canRun >> not)

         if not (OperatingSystem.IsLinux()) then
             Some "they are built on Linux; elsewhere set ADJOINT_NATIVE to a folder that holds them"
         elif not programs.IsEmpty then
             let names = String.concat " and " programs
             Some $"""{names} can't be found (Debian, Ubuntu: apt-get install {String.concat " " programs})"""
         else
             None)

let private isOff () =
    Environment.GetEnvironmentVariable "ADJOINT_NATIVE" = "off"

/// One line with the time, or the reason why the managed kernels run. Gives whether all is there.
let private report () =
    match lacks.Value with
    | Some reason ->
        printfn $"native kernels: {reason}; managed kernels run."
        false
    | None ->
        printf "native kernels ... "
        let clock = Stopwatch.StartNew()

        match make () with
        | Ok missing ->
            let without =
                if missing.IsEmpty then
                    ""
                else
                    let names = String.concat ", " missing
                    $", without {names}: the system's package sources don't give it"

            printfn $"{clock.Elapsed.TotalSeconds:F1} s{without}"
            true
        | Error reason ->
            printfn "failed; managed kernels run."
            printfn "%s" reason
            false

/// Builds where something has changed. What could not be built is not tried again before something changes.
let prepare () =
    let tried () =
        File.Exists missingFile && (File.ReadAllText missingFile).Trim() = stamp ()

    if not (isOff ()) && not (isBuilt ()) then
        if lacks.Value.IsNone && tried () then
            printfn "native kernels: could not be built before; managed kernels run. `dotnet fsi build.fsx native` tries again."
        elif not (report ()) && lacks.Value.IsNone then
            Directory.CreateDirectory(Path.GetDirectoryName missingFile) |> ignore
            File.WriteAllText(missingFile, stamp () + "\n")

/// The tests again with the sanitizers of addresses and undefined behaviour.
let private sanitize () =
    printf "native kernels under sanitizers ... "
    let clock = Stopwatch.StartNew()

    match
        compile "sanitize" (defaultArg (given ()) laidOut) (if (given ()).IsSome then "" else folder) folder
        >=> fun () -> test "sanitize"
    with
    | Ok() -> printfn $"{clock.Elapsed.TotalSeconds:F1} s"
    | Error reason ->
        printfn "failed"
        fail reason

/// The target `native`.
let native arguments =
    if File.Exists missingFile then
        File.Delete missingFile

    if isBuilt () && without().Length = 0 then
        printfn $"native kernels: up to date in {folder}"
    elif not (report ()) then
        raise (Stop 1)

    if List.contains "--sanitize" arguments then
        sanitize ()
