namespace Adjoint.Examples.GradBench

open System
open System.Text.Json

/// What a function of an eval answers, as JSON. Doubles are written with as many digits as it takes to read the same number again; what
/// JSON has no number for, NaN and infinities, is written as null.
type Output =
    | Number of float
    | Numbers of float[]
    | Rows of float[,]
    | Whole of int
    | Wholes of int[]
    | Fields of (string * Output) list

[<RequireQualifiedAccess>]
module Output =

    let private number (writer: Utf8JsonWriter) (x: float) =
        if Double.IsFinite x then
            writer.WriteNumberValue x
        else
            writer.WriteNullValue()

    let private list (writer: Utf8JsonWriter) write items =
        writer.WriteStartArray()
        Seq.iter write items
        writer.WriteEndArray()

    let rec write (writer: Utf8JsonWriter) output =
        match output with
        | Number x -> number writer x
        | Numbers items -> list writer (number writer) items
        | Rows rows ->
            let row i = list writer (number writer) rows[i, *]

            list writer row (seq { 0 .. rows.GetLength 0 - 1 })
        | Whole n -> writer.WriteNumberValue n
        | Wholes items -> list writer (fun (n: int) -> writer.WriteNumberValue n) items
        | Fields fields ->
            writer.WriteStartObject()

            for name, value in fields do
                writer.WritePropertyName name
                write writer value

            writer.WriteEndObject()
