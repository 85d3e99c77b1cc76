/// Random types of structures, made of what a structure may hold, and random values of them.
module Adjoint.LibraryTests.Fuzz.RandomStructures

open System
open FSharp.Reflection
open Adjoint

/// A record with a part of any type, a leaf, and data that is none.
type Boxed<'T> =
    {
        Inside: 'T
        Leaf: Tensor<float>
        Name: string
    }

/// A union whose cases hold different things.
type Either<'T, 'U> =
    | First of 'T
    | Second of one: 'U * two: Tensor<float>
    | Neither

[<Struct>]
type Twin<'T> = { Left: 'T; Right: 'T }

let private leafTypes =
    [
        typeof<Tensor<float>>
        typeof<Tensor<float>>
        typeof<Tensor<float32>>
        typeof<Tensor<int>>
    ]

let private pick (random: Random) (items: 'T list) = items[random.Next items.Length]

/// A type of a structure, so deep at most.
let rec draw (random: Random) depth : Type =
    let inner () = draw random (depth - 1)

    if depth = 0 then
        pick random leafTypes
    else
        match random.Next 10 with
        | 0 -> FSharpType.MakeTupleType [| inner (); inner () |]
        | 1 -> FSharpType.MakeStructTupleType(typeof<int>.Assembly, [| inner (); inner (); inner () |])
        | 2 -> typedefof<_ list>.MakeGenericType(inner ())
        | 3 -> (inner ()).MakeArrayType()
        | 4 -> typedefof<_ option>.MakeGenericType(inner ())
        | 5 -> typedefof<Map<_, _>>.MakeGenericType(typeof<string>, inner ())
        | 6 -> typedefof<Boxed<_>>.MakeGenericType(inner ())
        | 7 -> typedefof<Either<_, _>>.MakeGenericType(inner (), inner ())
        | 8 -> typedefof<Twin<_>>.MakeGenericType(inner ())
        | _ -> pick random leafTypes

let private number (random: Random) =
    Math.Round(4.0 * random.NextDouble() - 2.0, 2)

/// The shape that all leaves of a value have.
let private leaf (random: Random) (shape: int list) (kind: Type) : obj =
    let count = List.fold (*) 1 shape

    if kind = typeof<Tensor<float>> then
        Tensor.ofSeq shape [ for _ in 1..count -> number random ]
    elif kind = typeof<Tensor<float32>> then
        Tensor.ofSeq shape [ for _ in 1..count -> float32 (number random) ]
    else
        Tensor.ofSeq shape [ for _ in 1..count -> random.Next 9 ]

let private isGeneric (definition: Type) (kind: Type) =
    kind.IsGenericType && kind.GetGenericTypeDefinition() = definition

/// Calls a generic function of this module's with the type of a list's items.
type private Making =
    static member List<'T>(items: obj list) : obj =
        items |> List.map (fun x -> x :?> 'T) |> box

    static member Array<'T>(items: obj list) : obj =
        items |> List.map (fun x -> x :?> 'T) |> Array.ofList |> box

    static member Map<'T>(items: obj list) : obj =
        items |> List.mapi (fun i x -> $"key {i}", x :?> 'T) |> Map.ofList |> box

let private making (name: string) (item: Type) (items: obj list) =
    typeof<Making>
        .GetMethod(
            name,
            Reflection.BindingFlags.Static
            ||| Reflection.BindingFlags.NonPublic
            ||| Reflection.BindingFlags.Public
        )
        .MakeGenericMethod(item)
        .Invoke(null, [| items |])

/// A value of a drawn type; every leaf has this shape.
let rec fill (random: Random) (shape: int list) (kind: Type) : obj =
    let inner kind = fill random shape kind

    let several kind =
        [ for _ in 1 .. random.Next 3 -> inner kind ]

    if List.contains kind leafTypes then
        leaf random shape kind
    elif kind = typeof<string> then
        box (pick random [ "a"; "b" ])
    elif kind.IsArray then
        several (kind.GetElementType()) |> making "Array" (kind.GetElementType())
    elif isGeneric typedefof<_ list> kind then
        several (kind.GetGenericArguments()[0])
        |> making "List" (kind.GetGenericArguments()[0])
    elif isGeneric typedefof<Map<_, _>> kind then
        several (kind.GetGenericArguments()[1])
        |> making "Map" (kind.GetGenericArguments()[1])
    elif FSharpType.IsTuple kind then
        FSharpValue.MakeTuple(FSharpType.GetTupleElements kind |> Array.map inner, kind)
    elif FSharpType.IsRecord kind then
        FSharpValue.MakeRecord(
            kind,
            FSharpType.GetRecordFields kind
            |> Array.map (fun field -> inner field.PropertyType)
        )
    else
        let case = pick random (List.ofArray (FSharpType.GetUnionCases kind))
        FSharpValue.MakeUnion(case, case.GetFields() |> Array.map (fun field -> inner field.PropertyType))
