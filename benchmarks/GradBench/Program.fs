/// Times of GradBench's functions and derivatives, as a table: `dotnet run -c Release --project benchmarks/GradBench -- [NAMES] [--explain]`.
/// For one core set DOTNET_PROCESSOR_COUNT=1.
module Adjoint.Figures.GradBench.Program

open System
open System.Diagnostics
open Adjoint.Figures.GradBench.Problems

/// The time of one call in microseconds, from a sample of calls that takes a few milliseconds.
let private sample (run: unit -> unit) calls =
    let start = Stopwatch.GetTimestamp()

    for _ in 1..calls do
        run ()

    (Stopwatch.GetElapsedTime start).TotalMicroseconds / float calls

let private median (times: float list) = (List.sort times)[times.Length / 2]

/// Medians of interleaved samples, after the runtime has settled on its code.
let private times (runs: (unit -> unit) list) =
    let callsIn run =
        let once = sample run 1
        let clock = Stopwatch.StartNew()

        while clock.ElapsedMilliseconds < 300L do
            run ()

        Math.Clamp(int (2000.0 / min once (sample run 3)), 1, 1000)

    let calls = List.map callsIn runs
    let rounds = [ for _ in 1..15 -> List.map2 sample runs calls ]
    rounds |> List.transpose |> List.map median

let private row problem =
    match times [ problem.Value; problem.Derivative ] with
    | [ value; derivative ] ->
        printfn $"| {problem.Name} | {problem.Size} | {value:F1} | {derivative:F1} | {derivative / value:F2} |"
        derivative / value
    | _ -> nan

[<EntryPoint>]
let main arguments =
    let names = arguments |> Array.filter (fun name -> not (name.StartsWith "--"))

    let chosen =
        all
        |> List.filter (fun (name, _) -> names.Length = 0 || Array.contains name names)
        |> List.map (fun (_, make) -> make ())

    if Array.contains "--explain" arguments then
        for problem in chosen do
            let value, derivative = problem.Programs.Value
            printfn $"## {problem.Name}, {problem.Size}: function\n\n{value.Graph}\n\n## derivative\n\n{derivative.Graph}\n"
    else
        printfn "| eval | size | function, µs | derivative, µs | ratio |\n|---|---|---:|---:|---:|"
        let ratios = List.map row chosen
        printfn $"\nmedian of the ratios: {median ratios:F2}"

    0
