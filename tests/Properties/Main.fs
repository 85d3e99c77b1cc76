module Adjoint.Properties.Main

open Expecto

/// Without what the laws read themselves: --smoke for one case each, --endure for a million calls, --cases N for N times as many.
let rec private others arguments =
    match arguments with
    | "--smoke" :: rest
    | "--endure" :: rest -> others rest
    | "--cases" :: _ :: rest -> others rest
    | first :: rest -> first :: others rest
    | [] -> []

[<EntryPoint>]
let main arguments =
    match List.ofArray arguments with
    | "--mutate" :: rest -> Adjoint.Properties.Mutants.FaultPage.run (String.concat "" rest)
    | [ "--kernels" ] -> Adjoint.Properties.Functions.KernelText.run ()
    | [ "--ulps" ] -> Adjoint.Properties.Functions.Ulps.run ()
    | [ "--unkind"; count; first ] -> Adjoint.Properties.Fuzz.UnkindTests.run (int count) (int first)
    | [ "--coverage" ] -> Adjoint.Properties.Coverage.Page.run ()
    | all -> others all |> Array.ofList |> runTestsInAssemblyWithCLIArgs []
