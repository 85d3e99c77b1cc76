// Machines with fewer features than this one, to run tests as on those.

#load "Steps.fsx"

open System
open System.IO
open System.Text.Json.Nodes
open Steps

/// A machine with fewer features than this one: what is said of it, and the settings of .NET that make it so, by today's names and older ones.
let private machines =
    [
        "avx2", "AVX2 alone, no AVX-512", [ "EnableAVX512"; "EnableAVX512F"; "EnableAVX10v1" ]
        "avx", "no AVX2", [ "EnableAVX2" ]
        "none", "no vector instructions", [ "EnableHWIntrinsic" ]
    ]

/// Reads `--isa NAME` and sets it for the programs that are run from now on. Gives the other arguments.
let rec limit arguments =
    match arguments with
    | "--isa" :: name :: rest ->
        match machines |> List.tryFind (fun (known, _, _) -> known = name) with
        | Some(_, meaning, settings) ->
            printfn $"machine: {meaning}"

            for setting in settings do
                Environment.SetEnvironmentVariable($"DOTNET_{setting}", "0")
        | None ->
            let known = machines |> List.map (fun (known, _, _) -> known) |> String.concat ", "
            fail $"--isa {name}: known are {known}."

        limit rest
    | first :: rest -> first :: limit rest
    | [] -> []

/// What starts a program of ours: where no code may be made while running, with a configuration that says so.
let host withoutJit (folder: string) name =
    let built = Path.Combine(root, folder, "bin", "Release", "net10.0", $"{name}.dll")

    if not withoutJit then
        [ built ]
    else
        let feature = "System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported"

        let settings = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(built, ".runtimeconfig.json")))

        settings["runtimeOptions"].["configProperties"].[feature] <- JsonValue.Create false
        let path = Path.Combine(root, folder, "obj", "without-jit.runtimeconfig.json")
        File.WriteAllText(path, settings.ToJsonString())
        [ "exec"; "--runtimeconfig"; path; built ]
