namespace Adjoint.Examples

open System.Globalization

/// The numbers along an axis.
[<RequireQualifiedAccess>]
module Axis =

    /// A round number of which about five cover a range.
    let step (low: float, high: float) =
        let raw = (high - low) / 7.0
        let power = 10.0 ** floor (log10 raw)

        [ 1.0; 2.0; 5.0; 10.0 ]
        |> List.map ((*) power)
        |> List.find (fun step -> step >= raw * 0.999)

    /// Round numbers within a range, about five of them.
    let ticks (low: float, high: float) =
        let step = step (low, high)

        [ ceil (low / step - 1e-9) .. floor (high / step + 1e-9) ]
        |> List.map (fun i -> if i = 0.0 then 0.0 else i * step)

    /// The smallest range that holds all numbers; one around them, where they are one or none.
    let around (numbers: float seq) =
        match List.ofSeq numbers with
        | [] -> 0.0, 1.0
        | numbers ->
            let low, high = List.min numbers, List.max numbers
            if high > low then low, high else low - 0.5, high + 0.5

    /// A range with some room on both sides.
    let widened (low, high) =
        let room = 0.04 * (high - low)
        low - room, high + room

    /// A range that ends in round numbers.
    let rounded (low, high) =
        let step = step (low, high)
        step * floor (low / step), step * ceil (high / step)

    /// A tick's number in words.
    let label (x: float) =
        x.ToString("G4", CultureInfo.InvariantCulture).Replace("-", "−")
