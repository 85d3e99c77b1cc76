namespace Adjoint.Examples.GradBench

open System.Text.Json
open Adjoint

/// An input is not what the eval's definition says.
exception BadInput of reason: string with
    override this.Message = this.reason

/// Reads the fields of a message's input. BadInput: a field is missing, or is not of the asked form.
[<RequireQualifiedAccess>]
module Input =

    let private bad reason = raise (BadInput reason)

    let field (name: string) (input: JsonElement) =
        if input.ValueKind <> JsonValueKind.Object then
            bad $"the input is {input.ValueKind}, not an object with a field '{name}'"

        match input.TryGetProperty name with
        | true, value -> value
        | _ -> bad $"the input has no field '{name}'"

    let private asNumber (name: string) (value: JsonElement) =
        if value.ValueKind = JsonValueKind.Number then
            value.GetDouble()
        else
            bad $"{name} holds {value.ValueKind} where a number should be"

    let private asWhole (name: string) (value: JsonElement) =
        match value.ValueKind = JsonValueKind.Number, value with
        | true, value ->
            match value.TryGetInt32() with
            | true, n -> n
            | _ -> bad $"{name} holds {value.GetRawText()} where an integer should be"
        | _ -> bad $"{name} holds {value.ValueKind} where an integer should be"

    let private items (name: string) (value: JsonElement) =
        if value.ValueKind = JsonValueKind.Array then
            value.EnumerateArray()
        else
            bad $"{name} holds {value.ValueKind} where an array should be"

    /// The input itself, as a number.
    let scalar input =
        asNumber "the input" input |> Tensor.scalar

    let number name input = asNumber name (field name input)

    let whole name input = asWhole name (field name input)

    let flag name input =
        match (field name input).ValueKind with
        | JsonValueKind.True -> true
        | JsonValueKind.False -> false
        | kind -> bad $"{name} is {kind}, not true or false"

    let wholes name input =
        [| for item in items name (field name input) -> asWhole name item |]

    let rec private extents (value: JsonElement) =
        if value.ValueKind <> JsonValueKind.Array then []
        elif value.GetArrayLength() = 0 then [ 0 ]
        else value.GetArrayLength() :: extents value[0]

    /// Numbers nested in arrays to any depth, where arrays beside each other are of one length.
    let private nested name value =
        let shape = extents value
        let numbers = ResizeArray(List.fold (*) 1 shape)

        let rec collect shape value =
            match shape with
            | [] -> numbers.Add(asNumber name value)
            | extent :: rest ->
                let inner = items name value

                if value.GetArrayLength() <> extent then
                    bad $"{name} has arrays of {extent} and of {value.GetArrayLength()} items beside each other"

                for item in inner do
                    collect rest item

        collect shape value
        Tensor.ofSeq shape numbers

    /// A field's numbers, of the rank that the eval defines.
    let tensor rank name input =
        let found = nested name (field name input)

        if found.Rank <> rank then
            bad $"{name} has {found.Rank} axes, not {rank}"

        found

    let vector name input = tensor 1 name input

    let matrix name input = tensor 2 name input
