/// Members as their language writes them.
module Adjoint.Docs.Signatures

open System
open System.Collections.Generic
open System.Reflection
open Microsoft.FSharp.Core

type Language =
    | FSharp
    | CSharp

let private keywords =
    dict
        [
            typeof<bool>, ("bool", "bool")
            typeof<byte>, ("byte", "byte")
            typeof<int>, ("int", "int")
            typeof<int64>, ("int64", "long")
            typeof<uint32>, ("uint32", "uint")
            typeof<uint64>, ("uint64", "ulong")
            typeof<float>, ("float", "double")
            typeof<float32>, ("float32", "float")
            typeof<string>, ("string", "string")
            typeof<obj>, ("obj", "object")
            typeof<Void>, ("unit", "void")
        ]

let private plainName (kind: Type) = kind.Name.Split('`')[0]

let private isA (definition: Type) (kind: Type) =
    kind.IsGenericType && kind.GetGenericTypeDefinition() = definition

let private isTuple (kind: Type) =
    (plainName kind = "Tuple" || plainName kind = "ValueTuple")
    && kind.IsGenericType

let rec typeName language (kind: Type) : string =
    let arguments () =
        kind.GetGenericArguments() |> Array.map (typeName language) |> List.ofArray

    let listed () = String.concat ", " (arguments ())

    if keywords.ContainsKey kind then
        (if language = FSharp then fst else snd) keywords[kind]
    elif kind.IsGenericParameter then
        (if language = FSharp then "'" else "") + kind.Name
    elif kind.IsByRef then
        typeName language (kind.GetElementType())
    elif kind.IsArray then
        let commas = String(',', kind.GetArrayRank() - 1)
        $"{typeName language (kind.GetElementType())}[{commas}]"
    elif isA typedefof<Nullable<_>> kind && language = CSharp then
        $"{List.head (arguments ())}?"
    elif isTuple kind then
        if language = FSharp then
            String.concat " * " (arguments ())
        else
            $"({listed ()})"
    elif language = FSharp && isA typedefof<_ -> _> kind then
        "(" + String.concat " -> " (arguments ()) + ")"
    elif language = FSharp && isA typedefof<list<_>> kind then
        $"{List.head (arguments ())} list"
    elif language = FSharp && isA typedefof<option<_>> kind then
        $"{List.head (arguments ())} option"
    elif language = FSharp && isA typedefof<seq<_>> kind then
        $"seq<{List.head (arguments ())}>"
    elif language = FSharp && kind = typeof<unit> then
        "unit"
    elif kind.IsGenericType then
        $"{plainName kind}<{listed ()}>"
    else
        plainName kind

let private operators =
    dict
        [
            "op_Addition", "+"
            "op_Subtraction", "-"
            "op_Multiply", "*"
            "op_Division", "/"
            "op_Modulus", "%"
            "op_UnaryNegation", "~-"
            "op_BitwiseAnd", "&&&"
            "op_BitwiseOr", "|||"
            "op_ExclusiveOr", "^^^"
            "op_LogicalNot", "~~~"
            "op_DotEquals", ".="
            "op_DotLessGreater", ".<>"
            "op_DotLess", ".<"
            "op_DotLessEquals", ".<="
            "op_DotGreater", ".>"
            "op_DotGreaterEquals", ".>="
        ]

/// A member's name as one writes it.
let name (info: MemberInfo) =
    match operators.TryGetValue info.Name with
    | true, sign -> $"({sign})"
    | _ when (info :? ConstructorInfo) -> plainName info.DeclaringType
    | _ -> info.Name

let private nullable (parameter: ParameterInfo) =
    if parameter.IsOptional then "?" else ""

let private fsharpParameter (parameter: ParameterInfo) =
    $"{nullable parameter}{parameter.Name}: {typeName FSharp parameter.ParameterType}"

/// Curried functions say how many arguments each group has.
let private groups (called: MethodBase) =
    let parameters = List.ofArray (called.GetParameters())

    match List.ofSeq (called.GetCustomAttributes<CompilationArgumentCountsAttribute>()) with
    | [] -> [ parameters ]
    | counts :: _ ->
        ((parameters, []), counts.Counts)
        ||> Seq.fold (fun (left, groups) count -> List.skip count left, List.take count left :: groups)
        |> snd
        |> List.rev

let private fsharpMethod (called: MethodBase) (result: Type) =
    let group (parameters: ParameterInfo list) =
        match parameters with
        | [] -> "unit"
        | [ one ] -> fsharpParameter one
        | several -> several |> List.map fsharpParameter |> String.concat " * "

    let arrows = groups called |> List.map group |> String.concat " -> "
    $"{name called}: {arrows} -> {typeName FSharp result}"

let private modifier (parameter: ParameterInfo) =
    if parameter.IsDefined typeof<ParamArrayAttribute> then
        "params "
    elif parameter.IsOut then
        "out "
    elif parameter.ParameterType.IsByRef then
        "ref "
    else
        ""

let private csharpParameter (parameter: ParameterInfo) =
    let value =
        if not parameter.IsOptional then
            ""
        else
            match parameter.DefaultValue with
            | null -> " = null"
            | :? bool as flag -> if flag then " = true" else " = false"
            | other -> $" = {other}"

    $"{modifier parameter}{typeName CSharp parameter.ParameterType} {parameter.Name}{value}"

let private generics (called: MethodBase) =
    if called.IsGenericMethod then
        let names = called.GetGenericArguments() |> Array.map _.Name
        $"""<{String.Join(", ", names)}>"""
    else
        ""

let private csharpMethod (called: MethodBase) (result: string) =
    let extension =
        if called.IsDefined typeof<Runtime.CompilerServices.ExtensionAttribute> then
            "this "
        else
            ""

    let parameters = called.GetParameters() |> Array.map csharpParameter |> String.concat ", "
    $"{result}{name called}{generics called}({extension}{parameters})"

/// A member in one line.
let line language (info: MemberInfo) : string =
    match language, info with
    | FSharp, (:? MethodInfo as called) -> fsharpMethod called called.ReturnType
    | FSharp, (:? ConstructorInfo as made) -> fsharpMethod made made.DeclaringType
    | FSharp, (:? PropertyInfo as property) -> $"{property.Name}: {typeName FSharp property.PropertyType}"
    | CSharp, (:? MethodInfo as called) -> csharpMethod called (typeName CSharp called.ReturnType + " ")
    | CSharp, (:? ConstructorInfo as made) -> csharpMethod made ""
    | CSharp, (:? PropertyInfo as property) ->
        let index = property.GetIndexParameters() |> Array.map csharpParameter |> String.concat ", "
        let label = if index = "" then property.Name else $"this[{index}]"
        $"{typeName CSharp property.PropertyType} {label}"
    | _, (:? FieldInfo as field) when field.IsLiteral && field.DeclaringType.IsEnum -> field.Name
    | FSharp, (:? FieldInfo as field) -> $"{field.Name}: {typeName FSharp field.FieldType}"
    | CSharp, (:? FieldInfo as field) -> $"{typeName CSharp field.FieldType} {field.Name}"
    | _ -> info.Name
