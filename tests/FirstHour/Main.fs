module Adjoint.FirstHourTests.Main

open Expecto

[<EntryPoint>]
let main arguments =
    runTestsInAssemblyWithCLIArgs [] arguments
