module Adjoint.Properties.Main

open Expecto

[<EntryPoint>]
let main arguments =
    // --smoke is read by the laws: one case each.
    arguments |> Array.filter ((<>) "--smoke") |> runTestsInAssemblyWithCLIArgs []
