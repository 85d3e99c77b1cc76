/// Judges the library by the suites of others, and writes docs/suites.md. Development only: the packs are not part of the
/// repository. `dotnet fsi build.fsx suites [folder of the packs] [--filter TEXT]`
module Adjoint.Suites.Main

open System
open System.IO
open System.Text
open Adjoint.Suites
open Adjoint.Suites.Derivatives
open Adjoint.Suites.StableHlo

let private root =
    Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", ".."))

let private preamble =
    """# Judged by the suites of others

Cases that other projects wrote, with the results that their systems gave, mapped to this library's operations and run both ways: evaluated
plainly, and compiled. Written by `dotnet fsi build.fsx suites`, which reads the packs from a folder beside the repository; the packs
themselves are not part of it. A case passes when every result agrees by the check that its own suite makes: equal, within three units in
the last place, or within 1e-4. (Sums of terms of both signs are allowed three units in the last place of the sum of their magnitudes, since
rounding in another order moves them so far.) A case that does not apply says why.
"""

let private stableHlo (folder: string) (filter: string) file =
    Pack.read (Path.Combine(folder, file))
    |> List.filter (fun case -> case.Name.Contains filter)
    |> List.map Judge.case

let private chosen (filter: string) (cases: Judged list) =
    cases |> List.filter (fun case -> case.Name.Contains filter)

[<EntryPoint>]
let main arguments =
    let filter =
        match Array.tryFindIndex ((=) "--filter") arguments with
        | Some i -> arguments[i + 1]
        | None -> ""

    let folder =
        match arguments with
        | [||] -> Path.Combine(root, "..", "shared", "suites")
        | _ when arguments[0] = "--filter" -> Path.Combine(root, "..", "shared", "suites")
        | _ -> arguments[0]

    if not (Directory.Exists folder) then
        eprintfn $"There are no packs in {Path.GetFullPath folder}. Give their folder as an argument."
        1
    else
        let page = StringBuilder(preamble).AppendLine()

        let sections =
            [
                "StableHLO, programs of JAX's tests",
                "Programs of one to a few hundred operations (openxla/stablehlo, Apache-2.0).",
                stableHlo folder filter "stablehlo-dev.json.gz"
                "StableHLO, the interpreter's tests",
                "Small cases of each operation (openxla/stablehlo, Apache-2.0).",
                stableHlo folder filter "stablehlo-interpret.json.gz"
                "Derivatives",
                "Expressions with values, tangents and cotangents to four or five digits (DiffSharp, BSD-2-Clause; swift-apis, Apache-2.0). \
                 They are read as they stand there; results are good to 1e-3 of the largest element.",
                Cases.read (Path.Combine(folder, "derivatives-dev.json")) |> chosen filter
                "JAX's list of operations",
                "Each is checked to the order that JAX checks it to: forward mode against differences, reverse mode against forward mode, and \
                 so on of their derivatives, in f64 and c128 where JAX takes complex numbers (JAX, Apache-2.0).",
                GradOps.read (Path.Combine(folder, "jax-grad-ops.json")) |> chosen filter
                "Special functions",
                "Tables of high precision (Boost.Math, BSL-1.0), a case for each function of each: f64, to 64 units in the last place of the \
                 value or of x f'(x).",
                Special.read (Path.Combine(folder, "special-functions.json.gz"))
                |> chosen filter
                "GradBench",
                "The twelve evals, answered by `examples/GradBench`: outputs of hand-derived C++ programs, to 1e-9 relatively; of particle and \
                 saddle differences, to 1e-4 (gradbench/gradbench, MIT; inputs of ba, ht and lstm: microsoft/ADBench, MIT).",
                GradBench.read (Path.Combine(folder, "gradbench")) |> chosen filter
            ]

        for title, about, cases in sections do
            Page.section page title about cases

            for case in cases do
                match case.Verdict with
                | Failed why -> printfn $"FAIL {case.Name}: {why}"
                | NotApplicable why -> printfn $"none {case.Name}: {why}"
                | Passed -> ()

        let all = sections |> List.collect (fun (_, _, cases) -> cases)
        let failed = all |> List.filter _.Verdict.IsFailed |> List.length
        printfn $"{all |> List.filter _.Verdict.IsPassed |> List.length} passed, {failed} failed"

        if filter = "" then
            Page.write (Path.Combine(root, "docs", "suites.md")) page

        if failed = 0 then 0 else 1
