module Adjoint.Properties.Main

open Expecto

/// Without what the laws read themselves: --smoke for one case each, --cases N for N times as many.
let rec private others arguments =
    match arguments with
    | "--smoke" :: rest -> others rest
    | "--cases" :: _ :: rest -> others rest
    | first :: rest -> first :: others rest
    | [] -> []

[<EntryPoint>]
let main arguments =
    List.ofArray arguments
    |> others
    |> Array.ofList
    |> runTestsInAssemblyWithCLIArgs []
