/// The part of docs/coverage.md that says what became of planted errors.
module Adjoint.Properties.Mutants.FaultPage

open System.IO
open Adjoint.Properties.Coverage
open Adjoint.Properties.Mutants.Mutation

let private counts (fates: Fate list) =
    let number (isThat: Fate -> bool) =
        string (fates |> List.filter isThat |> List.length)

    [ number _.IsCaught; number _.IsMissed; number _.IsDoesNotApply ]

let private byFault (outcome: Outcome) =
    [
        for name, _ in Mutant.faults ->
            let fates =
                outcome.Primitives
                |> List.map (fun (_, fates) -> fates |> List.find (fun (fault, _) -> fault = name) |> snd)

            name :: counts fates
    ]

let private missed (outcome: Outcome) =
    [
        for primitive, fates in outcome.Primitives do
            for fault, fate in fates do
                if fate.IsMissed then
                    $"- `{primitive}`, {fault}"
    ]

let private text (outcome: Outcome) =
    let others =
        outcome.Others
        |> List.map (fun (name, fate) ->
            match fate with
            | Caught law -> [ name; law ]
            | _ -> [ name; "**missed**" ])

    [
        Page.faultsHeading
        ""
        "`dotnet fsi build.fsx mutate` breaks one rule of one primitive at a time, and passes and transforms as wholes, and tries the"
        "laws until one fails. A fault does not apply where it changes nothing that the primitive gives: the second operand of a"
        "symmetric function, a kernel that there is not. A mutant in which nothing is broken passes all laws."
        ""
        yield! Page.table [ "fault of a primitive"; "caught"; "missed"; "does not apply" ] (byFault outcome)
        ""
        yield! Page.table [ "fault of a pass or transform"; "noticed by" ] others

        match missed outcome with
        | [] -> ()
        | list ->
            ""
            "Missed:"
            ""
            yield! list
    ]

/// Plants the errors, and writes what became of them where all were planted. The exit code is 1 where one was missed.
let run (filter: string) =
    let outcome = Mutation.run filter

    match Page.path.Value with
    | Some path when filter = "" && File.Exists path ->
        let page = File.ReadAllText path

        let before =
            page.Substring(
                0,
                page.Length - (Page.faultsOf page).Length
                + (if Page.faultsOf page = "" then 0 else 1)
            )

        File.WriteAllText(path, before.TrimEnd() + "\n\n" + String.concat "\n" (text outcome) + "\n")
    | _ -> ()

    if outcome.Fates |> List.exists _.IsMissed then 1 else 0
