namespace Expecto

open System

/// The options of Expecto's command line that the adapter knows, and two of its own: a time limit and a list.
type CLIArguments =
    | Sequenced
    | Parallel
    | Parallel_Workers of int
    | Filter of string
    | List_Tests
    | Fail_On_Focused_Tests
    | Time_Limit of seconds: float

module internal CommandLine =

    let usage =
        String.concat
            "\n"
            [
                "--filter TEXT              run the tests whose full name contains TEXT"
                "--list-tests               print the names of the tests"
                "--sequenced                run one test at a time"
                "--parallel-workers N       run N tests at a time (2)"
                "--time-limit SECONDS       report a test as failed after so long (300)"
                "--fail-on-focused-tests    fail if a test is focused"
            ]

    let private positive (text: string) =
        match Double.TryParse text with
        | true, value when value > 0.0 -> Some value
        | _ -> None

    let rec parse (arguments: string list) =
        let next option rest =
            parse rest |> Result.map (fun others -> option :: others)

        match arguments with
        | [] -> Ok []
        | "--filter" :: text :: rest -> next (Filter text) rest
        | "--list-tests" :: rest -> next List_Tests rest
        | "--sequenced" :: rest -> next Sequenced rest
        | "--parallel" :: rest -> next Parallel rest
        | "--fail-on-focused-tests" :: rest -> next Fail_On_Focused_Tests rest
        | "--parallel-workers" :: text :: rest ->
            match positive text with
            | Some value -> next (Parallel_Workers(int value)) rest
            | None -> Error $"--parallel-workers takes a positive number, not '{text}'."
        | "--time-limit" :: text :: rest ->
            match positive text with
            | Some value -> next (Time_Limit value) rest
            | None -> Error $"--time-limit takes a positive number of seconds, not '{text}'."
        | other :: _ -> Error $"'{other}' is no option here, or lacks its value."

    let runOptions (arguments: CLIArguments list) =
        let start =
            {
                Workers = 2
                TimeLimit = TimeSpan.FromSeconds 300.0
            }

        (start, arguments)
        ||> List.fold (fun options argument ->
            match argument with
            | Sequenced -> { options with Workers = 1 }
            | Parallel_Workers count -> { options with Workers = count }
            | Time_Limit seconds ->
                { options with
                    TimeLimit = TimeSpan.FromSeconds seconds
                }
            | _ -> options)

    let filters arguments =
        arguments
        |> List.choose (function
            | Filter text -> Some text
            | _ -> None)
