/// Compares what a text says that a program prints with what it prints.
module Adjoint.FirstHourTests.Figures

open System
open System.Globalization
open System.Text.RegularExpressions

let private number = Regex @"(?<![\w.])[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?!\w)"

let private parse (text: string) =
    Double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)

/// Half a unit of the last digit shown; nothing for a whole number without a decimal point.
let private tolerance (shown: string) =
    let mantissa, exponent =
        match shown.Split([| 'e'; 'E' |]) with
        | [| mantissa; exponent |] -> mantissa, int exponent
        | _ -> shown, 0

    match mantissa.IndexOf '.' with
    | -1 when exponent = 0 -> 0.0
    | -1 -> 0.5 * 10.0 ** float exponent
    // A little more than a half, for the rounding of these very numbers.
    | point -> 0.5001 * 10.0 ** float (exponent - (mantissa.Length - point - 1))

/// Blanks around brackets and marks are layout: print breaks lines there.
/// A line of the guide stands for any line: guides grow.
let private laidOut (text: string) =
    let text = Regex.Replace(text, @"guide\.(fsx|cs):\d+", "guide.$1:n")
    Regex.Replace(Regex.Replace(text, @"\s*([{}\[\]();,|])\s*", " $1 "), @"\s+", " ").Trim()

/// A pattern of what is shown, with a group for each number; "..." stands for any text.
let private pattern (shown: string) =
    let literal (text: string) =
        text.Split "..." |> Array.map Regex.Escape |> String.concat ".*?"

    let numbers = number.Matches shown

    let ends = [ for found in numbers -> found.Index, found.Index + found.Length ]

    let starts = 0 :: List.map snd ends
    let stops = List.map fst ends @ [ shown.Length ]

    List.zip starts stops
    |> List.map (fun (start, stop) -> literal shown[start .. stop - 1])
    |> String.concat @"([-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)"
    |> fun body -> Regex $@"\A{body}\z", [ for found in numbers -> found.Value ]

/// Whether a program printed what is shown, to the digits shown.
let agree (shown: string) (printed: string) =
    let expression, numbers = pattern (laidOut shown)
    let found = expression.Match(laidOut printed)

    found.Success
    && numbers
       |> List.indexed
       |> List.forall (fun (i, shown) -> abs (parse found.Groups[i + 1].Value - parse shown) <= tolerance shown)
