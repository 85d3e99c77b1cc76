namespace Adjoint.Suites.Derivatives

open System
open System.IO
open System.IO.Compression
open System.Text.Json
open Adjoint.Front
open Adjoint.Suites

/// Judges special functions in f64 by tables of high precision.
[<RequireQualifiedAccess>]
module Special =

    let private functions =
        Map
            [
                "erf", fun (x: Expr) -> x.Erf()
                "erfc", _.Erfc()
                "erfinv", _.ErfInv()
                "digamma", _.Digamma()
                "lgamma", _.Lgamma()
                "log1p", _.Log1p()
                "expm1", _.Expm1()
                "cbrt", _.Cbrt()
            ]

    /// Units in the last place of the value, or of x f′(x), by which a change of x in its own last place moves the value.
    let private allowed = 64.0

    let private errors (f: Expr -> Expr) (x: float[]) (expected: float[]) =
        let at = Expr.Of x
        let values = (f at).ToArray<float>()
        let slopes = Differential.Grad((fun (x: Expr) -> (f x).Sum())).Invoke(at).ToArray<float>()

        Array.init x.Length (fun i ->
            let size = max (abs expected[i]) (abs (x[i] * slopes[i]))

            if values[i] = expected[i] then
                0.0
            elif Double.IsFinite size then
                abs (values[i] - expected[i]) / (Double.Epsilon + Math.ScaleB(size, -52))
            else
                infinity)

    let private numbers (list: JsonElement) =
        [|
            for item in list.EnumerateArray() ->
                if item.ValueKind = JsonValueKind.Number then
                    item.GetDouble()
                else
                    nan
        |]

    let private judge (name: string) (set: JsonElement) index =
        match Map.tryFind name functions with
        | None -> raise (Unmapped "the function is not one of the core set")
        | Some f ->
            let args = set.GetProperty "args"

            let worst =
                errors f (numbers args[0]) (numbers ((set.GetProperty "values")[index]))
                |> Array.max

            if worst <= allowed then
                Passed
            else
                Failed $"an error of {worst:F0} units in the last place"

    /// The tables, judged: one case for each function of each.
    let read (path: string) =
        use file = new GZipStream(File.OpenRead path, CompressionMode.Decompress)
        use document = JsonDocument.Parse file

        [
            for set in document.RootElement.GetProperty("sets").EnumerateArray() do
                let title = set.GetProperty("set").GetString().Split '/' |> Array.last

                for index, name in Seq.indexed (set.GetProperty("functions").EnumerateArray()) do
                    if index < (set.GetProperty "values").GetArrayLength() then
                        {
                            Name = $"{title}: {name.GetString()}"
                            Group = name.GetString().TrimEnd(')').Split '(' |> Array.head
                            Verdict = Verdict.from (fun () -> judge (name.GetString()) set index)
                        }
        ]
