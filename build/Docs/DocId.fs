/// The names under which the compilers file a member's documentation (ECMA-334, annex D.4).
module Adjoint.Docs.DocId

open System
open System.Reflection

let private dotted (name: string) = name.Replace('+', '.')

let rec private reference (kind: Type) : string =
    if kind.IsGenericParameter then
        (if isNull kind.DeclaringMethod then "`" else "``")
        + string kind.GenericParameterPosition
    elif kind.IsByRef then
        reference (kind.GetElementType()) + "@"
    elif kind.IsPointer then
        reference (kind.GetElementType()) + "*"
    elif kind.IsSZArray then
        reference (kind.GetElementType()) + "[]"
    elif kind.IsArray then
        let bounds = String.concat "," (List.replicate (kind.GetArrayRank()) "0:")
        $"{reference (kind.GetElementType())}[{bounds}]"
    elif kind.IsGenericType then
        nested (kind.GetGenericTypeDefinition()) (List.ofArray (kind.GetGenericArguments()))
    else
        dotted kind.FullName

/// The name of a generic type, with the arguments at the level that declares them.
and private nested (definition: Type) (arguments: Type list) : string =
    let outer =
        if isNull definition.DeclaringType then
            0
        else
            definition.DeclaringType.GetGenericArguments().Length

    let before, own = List.splitAt outer arguments

    let prefix =
        match definition.DeclaringType with
        | null -> definition.Namespace
        | declaring -> nested declaring before

    let name = definition.Name.Split('`')[0]

    if own.IsEmpty then
        $"{prefix}.{name}"
    else
        let items = own |> List.map reference |> String.concat ","
        $"{prefix}.{name}{{{items}}}"

let ofType (kind: Type) = "T:" + dotted kind.FullName

let private owner (info: MemberInfo) = dotted info.DeclaringType.FullName

let private parameters (items: ParameterInfo[]) =
    if items.Length = 0 then
        ""
    else
        let list = items |> Array.map (fun item -> reference item.ParameterType)
        $"""({String.Join(",", list)})"""

let ofMember (info: MemberInfo) : string =
    match info with
    | :? ConstructorInfo as made -> $"M:{owner made}.#ctor{parameters (made.GetParameters())}"
    | :? MethodInfo as called ->
        let count = called.GetGenericArguments().Length
        let arity = if count = 0 then "" else $"``{count}"

        let conversion =
            if called.Name = "op_Implicit" || called.Name = "op_Explicit" then
                "~" + reference called.ReturnType
            else
                ""

        $"M:{owner called}.{called.Name}{arity}{parameters (called.GetParameters())}{conversion}"
    | :? PropertyInfo as property -> $"P:{owner property}.{property.Name}{parameters (property.GetIndexParameters())}"
    | :? EventInfo as happening -> $"E:{owner happening}.{happening.Name}"
    | :? FieldInfo as field -> $"F:{owner field}.{field.Name}"
    | _ -> invalidOp $"{info} has no documentation."
