namespace Adjoint.Examples

open System

[<RequireQualifiedAccess>]
module Numbers =

    /// The numbers in a text, which blanks and ends of lines part.
    let read (text: string) =
        text.Split([| ' '; '\n'; '\r' |], StringSplitOptions.RemoveEmptyEntries)
        |> Array.map float
        |> List.ofArray
