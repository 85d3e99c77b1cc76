/// Every law over every primitive and over random programs.
module Adjoint.Properties.Laws.LawTests

open System
open Expecto

/// How many times as many cases as usual: --cases N.
let private factor =
    let arguments = Environment.GetCommandLineArgs()

    match Array.tryFindIndex ((=) "--cases") arguments with
    | Some at when at + 1 < arguments.Length -> max 1 (int arguments[at + 1])
    | _ -> 1

/// One case a law with --smoke, otherwise few for a primitive and more for programs.
let private cases (subject: Subject) =
    if Array.contains "--smoke" (Environment.GetCommandLineArgs()) then
        1
    elif subject.Name = Subjects.programs.Name then
        factor * 100
    else
        factor * 12

/// What a law says against the case on a tape: None where it holds or says nothing.
let private complaint (subject: Subject) (law: Law) tape =
    let case, source = Case.draw subject law.Mode tape
    let rest = source.Rest

    try
        if Says.anything law case source then Some None else None
    with error ->
        let text =
            if error :? AssertException then
                error.Message
            else
                string error

        Some(Some $"{text}\n{Case.code law.Name case law.Mode rest}")

let private test (subject: Subject) (law: Law) =
    let applied = ref 0

    let finished _ _ =
        async {
            if applied.Value = 0 then
                skiptest "there is nothing to say here"
        }

    let config =
        { FsCheckConfig.defaultConfig with
            maxTest = cases subject
            arbitrary = [ typeof<TapeArbitrary> ]
            finishedTest = finished
        }

    testPropertyWithConfig config law.Name (fun (tape: Tape) ->
        match complaint subject law tape with
        | None -> ()
        | Some None -> applied.Value <- applied.Value + 1
        | Some(Some text) ->
            applied.Value <- applied.Value + 1
            failtest text)

[<Tests>]
let tests =
    testList
        "laws"
        [
            for subject in Subjects.primitives @ [ Subjects.programs ] do
                testList subject.Name [ for law in Law.all -> test subject law ]
        ]
