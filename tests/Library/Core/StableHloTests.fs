/// A small selection of StableHLO's own tests, kept beside the project (openxla/stablehlo, Apache-2.0). The whole packs are judged by
/// tests/Suites; docs/suites.md has the table.
module Adjoint.LibraryTests.Core.StableHloTests

open System
open System.IO
open Expecto
open Adjoint.Suites
open Adjoint.Suites.StableHlo

[<Tests>]
let tests =
    testList
        "StableHLO's tests"
        [
            for case in Pack.read (Path.Combine(AppContext.BaseDirectory, "data", "stablehlo.json")) ->
                testCase case.Name (fun () ->
                    match (Judge.case case).Verdict with
                    | Passed -> ()
                    | Failed why -> failtest why
                    | NotApplicable reason -> failtest $"does not apply: {reason}")
        ]
