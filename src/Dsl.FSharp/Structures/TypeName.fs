/// Types as F# writes them: `Map<string, Tensor<float32>>`.
module internal Adjoint.TypeName

open System
open System.Collections.Generic
open Microsoft.FSharp.Reflection

let private known =
    dict
        [
            typeof<float>, "float"
            typeof<float32>, "float32"
            typeof<int>, "int"
            typeof<int64>, "int64"
            typeof<string>, "string"
            typeof<bool>, "bool"
            typeof<obj>, "obj"
            typeof<unit>, "unit"
        ]

let private plain (name: string) =
    let simple = name.Split('`')[0]

    if simple.StartsWith "FSharp" then
        simple.Substring 6
    else
        simple

/// The name of a type.
let rec ofType (kind: Type) : string =
    match known.TryGetValue kind with
    | true, name -> name
    | _ when FSharpType.IsFunction kind ->
        let argument, result = FSharpType.GetFunctionElements kind
        $"({ofType argument} -> {ofType result})"
    | _ when FSharpType.IsTuple kind ->
        FSharpType.GetTupleElements kind
        |> Array.map ofType
        |> String.concat " * "
        |> sprintf "(%s)"
    | _ when kind.IsArray ->
        match kind.GetElementType() with
        | null -> kind.Name
        | element -> $"{ofType element}[{String(',', kind.GetArrayRank() - 1)}]"
    | _ when kind.IsGenericType ->
        let arguments = kind.GetGenericArguments() |> Array.map ofType |> String.concat ", "
        $"{plain kind.Name}<{arguments}>"
    | _ -> plain kind.Name
