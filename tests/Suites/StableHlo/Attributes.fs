namespace Adjoint.Suites.StableHlo

open System.Text.Json
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Suites

/// Attributes of a statement, by the names that either pack uses.
[<RequireQualifiedAccess>]
module Attributes =

    let tryFind (names: string list) (statement: Statement) =
        statement.Attributes
        |> Option.bind (fun all ->
            names
            |> List.tryPick (fun name ->
                match all.TryGetProperty name with
                | true, value -> Some value
                | _ -> None))

    let find names statement =
        match tryFind names statement with
        | Some value -> value
        | None ->
            let name = List.head names
            raise (Unmapped $"{statement.Operation} has no attribute {name}")

    let int names statement = (find names statement).GetInt32()

    let text names statement = (find names statement).GetString()

    let flag name statement =
        tryFind [ name ] statement |> Option.exists _.GetBoolean()

    let intsOf (value: JsonElement) =
        [| for item in value.EnumerateArray() -> item.GetInt32() |]

    let ints names statement = intsOf (find names statement)

    let intsOr ``default`` names statement =
        tryFind names statement |> Option.map intsOf |> Option.defaultValue ``default``

    /// The field of an attribute that is an object, or none of it.
    let fieldOf name (value: JsonElement) =
        match value.TryGetProperty(name: string) with
        | true, field -> intsOf field
        | _ -> [||]

    /// [[low, high], …] as two lists.
    let paddings rank names statement =
        match tryFind names statement with
        | None -> Array.zeroCreate rank, Array.zeroCreate rank
        | Some value ->
            [|
                for pair in value.EnumerateArray() -> pair[0].GetInt32(), pair[1].GetInt32()
            |]
            |> Array.unzip

    /// The type of a statement's only result.
    let resultType statement =
        Pack.tensorType statement.ResultTypes.Head

    let toInts (numbers: int[]) = Ints numbers
    let toAxes (numbers: int[]) = Axes numbers
