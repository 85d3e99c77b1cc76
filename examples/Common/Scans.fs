namespace Adjoint.Examples

open System.IO
open System.IO.Compression
open System.Reflection

/// A scan of a handwritten digit (../Digits/data): 8 × 8 pixels, row by row, from 0 (paper) to 1 (ink).
type Scan = { Ink: float32[]; Digit: int }

[<RequireQualifiedAccess>]
module Scans =

    /// The first so many of the 1,797 scans.
    let read count =
        use packed = Assembly.GetExecutingAssembly().GetManifestResourceStream "digits.csv.gz"
        use text = new StreamReader(new GZipStream(packed, CompressionMode.Decompress))

        [
            for _ in 1..count ->
                let numbers = text.ReadLine().Split ',' |> Array.map int

                {
                    Ink = numbers[..63] |> Array.map (fun ink -> float32 ink / 16.0f)
                    Digit = numbers[64]
                }
        ]
