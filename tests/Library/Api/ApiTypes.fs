/// How types are told in the list of the public API: as C# tells them, or as F# does.
module Adjoint.LibraryTests.ApiTypes

open System
open System.Reflection
open Microsoft.FSharp.Core
open Microsoft.FSharp.Reflection

type Language =
    | CSharp
    | FSharp

let private csharpNames =
    [
        typeof<double>, "double"
        typeof<single>, "float"
        typeof<int>, "int"
        typeof<int64>, "long"
        typeof<int16>, "short"
        typeof<sbyte>, "sbyte"
        typeof<byte>, "byte"
        typeof<uint16>, "ushort"
        typeof<uint32>, "uint"
        typeof<uint64>, "ulong"
        typeof<bool>, "bool"
        typeof<char>, "char"
        typeof<string>, "string"
        typeof<obj>, "object"
        typeof<Void>, "void"
    ]

let private fsharpNames =
    [
        typeof<double>, "float"
        typeof<single>, "float32"
        typeof<int>, "int"
        typeof<int64>, "int64"
        typeof<int16>, "int16"
        typeof<sbyte>, "sbyte"
        typeof<byte>, "byte"
        typeof<uint16>, "uint16"
        typeof<uint32>, "uint32"
        typeof<uint64>, "uint64"
        typeof<bool>, "bool"
        typeof<char>, "char"
        typeof<string>, "string"
        typeof<obj>, "obj"
        typeof<unit>, "unit"
        typeof<Void>, "unit"
    ]

let private plain language (kind: Type) =
    (if language = CSharp then csharpNames else fsharpNames)
    |> List.tryFind (fun (found, _) -> found = kind)
    |> Option.map snd

/// A type's own name, without the number of its arguments, behind the types that it is nested in.
let rec nameOf (kind: Type) : string =
    let own = (kind.Name.Split '`')[0]

    match kind.DeclaringType with
    | null -> own
    | _ when kind.IsGenericParameter -> own
    | outer -> $"{nameOf outer}.{own}"

/// What of a generic type is this type's own, not of those that it is nested in.
let private join (names: string seq) = String.concat ", " names

let private parens (text: string) =
    if text.Contains "->" then $"({text})" else text

/// A type with what is known of null in it; `info` is null where nothing is.
let rec tell language (kind: Type) (info: NullabilityInfo) : string =
    let infoOf i =
        if isNull info || i >= info.GenericTypeArguments.Length then
            null
        else
            info.GenericTypeArguments[i]

    let mark text =
        if
            language = CSharp
            && not (isNull info)
            && not kind.IsValueType
            && info.ReadState = NullabilityState.Nullable
        then
            text + "?"
        else
            text

    match plain language kind with
    | Some name -> mark name
    | None when kind.IsByRef -> tell language (kind.GetElementType()) null
    | None when kind.IsArray ->
        let commas = String(',', kind.GetArrayRank() - 1)
        let element = tell language (kind.GetElementType()) (if isNull info then null else info.ElementType)
        mark $"{parens element}[{commas}]"
    | None when kind.IsGenericParameter -> mark (if language = FSharp then "'" + kind.Name else kind.Name)
    | None when language = FSharp && FSharpType.IsFunction kind ->
        let domain, range = FSharpType.GetFunctionElements kind
        $"{parens (tell language domain null)} -> {tell language range null}"
    | None when FSharpType.IsTuple kind ->
        let parts =
            FSharpType.GetTupleElements kind
            |> Array.mapi (fun i part -> tell language part (infoOf i))

        if language = FSharp then
            parts |> Array.map parens |> String.concat " * "
        else
            mark $"({join parts})"
    | None when not (isNull (Nullable.GetUnderlyingType kind)) -> tell language (Nullable.GetUnderlyingType kind) null + "?"
    | None when kind.IsGenericType -> generic language kind infoOf |> mark
    | None -> mark (nameOf kind)

and private generic language kind infoOf =
    let arguments =
        kind.GetGenericArguments()
        |> Array.mapi (fun i argument -> tell language argument (infoOf i))

    let definition = kind.GetGenericTypeDefinition()

    match language with
    | FSharp when definition = typedefof<list<_>> -> $"{parens arguments[0]} list"
    | FSharp when definition = typedefof<option<_>> -> $"{parens arguments[0]} option"
    | FSharp when definition = typedefof<seq<_>> -> $"{parens arguments[0]} seq"
    | FSharp when definition = typedefof<Map<_, _>> -> $"Map<{join arguments}>"
    | _ -> $"{nameOf kind}<{join arguments}>"

/// A type alone.
let name language (kind: Type) = tell language kind null

/// The conditions on the type parameters of a type or method.
let conditions (parameters: Type[]) : string =
    parameters
    |> Array.choose (fun parameter ->
        let flags = parameter.GenericParameterAttributes

        let isUnmanaged =
            parameter.GetCustomAttributesData()
            |> Seq.exists (fun data -> data.AttributeType.Name = "IsUnmanagedAttribute")

        let words =
            [
                if isUnmanaged then
                    "unmanaged"
                elif flags.HasFlag GenericParameterAttributes.NotNullableValueTypeConstraint then
                    "struct"

                if flags.HasFlag GenericParameterAttributes.ReferenceTypeConstraint then
                    "class"

                for bound in parameter.GetGenericParameterConstraints() do
                    if bound <> typeof<ValueType> then
                        name CSharp bound
            ]

        if words.IsEmpty then
            None
        else
            Some $" where {parameter.Name} : {join words}")
    |> String.concat ""
