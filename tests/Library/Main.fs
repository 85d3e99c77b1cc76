module Adjoint.LibraryTests.Main

open Expecto

[<EntryPoint>]
let main arguments =
    match arguments with
    | [| "--api" |] -> PublicApi.run ()
    | all -> runTestsInAssemblyWithCLIArgs [] all
