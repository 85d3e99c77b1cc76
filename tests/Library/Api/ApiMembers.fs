/// How members are told in the list of the public API.
module Adjoint.LibraryTests.ApiMembers

open System
open System.Globalization
open System.Reflection
open System.Runtime.CompilerServices
open Microsoft.FSharp.Core
open Adjoint.LibraryTests.ApiTypes

let private access =
    BindingFlags.Public
    ||| BindingFlags.NonPublic
    ||| BindingFlags.Instance
    ||| BindingFlags.Static
    ||| BindingFlags.DeclaredOnly

let private isMade (found: MemberInfo) =
    found.IsDefined(typeof<CompilerGeneratedAttribute>, false)
    || found.Name.Contains '<'
    || found.Name.Contains '@'

let private isOpen (found: MethodBase) =
    not (isNull found)
    && (found.IsPublic || found.IsFamily || found.IsFamilyOrAssembly)

let private guard (found: MethodBase) =
    if found.IsPublic then "" else "protected "

let private place (found: MethodBase) =
    if found.IsStatic then "static "
    elif found.IsAbstract then "abstract "
    elif found.IsVirtual && not found.IsFinal then "virtual "
    else ""

let private literal (value: obj) =
    match value with
    | null -> "default"
    | :? string as text -> $"\"{text}\""
    | :? bool as flag -> if flag then "true" else "false"
    | :? IFormattable as number -> number.ToString(null, CultureInfo.InvariantCulture)
    | other -> string other

let private context = NullabilityInfoContext()

let private parameter (found: ParameterInfo) =
    let way =
        if found.IsOut then
            "out "
        elif found.ParameterType.IsByRef && found.IsIn then
            "in "
        elif found.ParameterType.IsByRef then
            "ref "
        elif found.IsDefined(typeof<ParamArrayAttribute>, false) then
            "params "
        else
            ""

    let standard =
        if found.HasDefaultValue then
            $" = {literal found.RawDefaultValue}"
        else
            ""

    $"{way}{tell CSharp found.ParameterType (context.Create found)} {found.Name}{standard}"

let private parameters (found: MethodBase) =
    let self =
        if found.IsDefined(typeof<ExtensionAttribute>, false) then
            "this "
        else
            ""

    self + (found.GetParameters() |> Seq.map parameter |> String.concat ", ")

let private generics language (found: MethodInfo) =
    if found.IsGenericMethodDefinition then
        let names = found.GetGenericArguments() |> Array.map (name language)
        let text = String.concat ", " names
        $"<{text}>"
    else
        ""

let private csharpMethod (found: MethodInfo) =
    let result = tell CSharp found.ReturnType (context.Create found.ReturnParameter)

    let bounds =
        if found.IsGenericMethodDefinition then
            conditions (found.GetGenericArguments())
        else
            ""

    $"{guard found}{place found}{result} {found.Name}{generics CSharp found}({parameters found}){bounds}"

/// As an F# signature: curried arguments by arrows, tupled ones by stars.
let private fsharpMethod (found: MethodInfo) =
    let all = found.GetParameters()

    let groups =
        match Seq.tryHead (found.GetCustomAttributes<CompilationArgumentCountsAttribute>()) with
        | None -> [ all.Length ]
        | Some counts -> List.ofSeq counts.Counts

    let mutable next = 0

    let group count =
        let part = all[next .. next + count - 1]
        next <- next + count

        match part with
        | [||] -> "unit"
        | part ->
            part
            |> Array.map (fun item ->
                let told = name FSharp item.ParameterType

                let told =
                    if told.Contains "->" || told.Contains " * " then
                        $"({told})"
                    else
                        told

                if isNull item.Name then told else $"{item.Name}: {told}")
            |> String.concat " * "

    let arrows = groups |> List.map group |> String.concat " -> "

    let shown =
        match Seq.tryHead (found.GetCustomAttributes<CompilationSourceNameAttribute>()) with
        | None -> found.Name
        | Some source -> source.SourceName

    let member' = if found.IsStatic then "" else "member "
    $"{guard found}{member'}{shown}: {arrows} -> {name FSharp found.ReturnType}"

/// As an F# signature: what goes into a tuple.
let private fsharpConstructor (found: ConstructorInfo) =
    let items =
        found.GetParameters()
        |> Seq.map (fun item -> $"{item.Name}: {name FSharp item.ParameterType}")
        |> String.concat " * "

    let arguments = if items = "" then "unit" else items
    $"{guard found}new: {arguments}"

let private isOverride (found: MethodInfo) =
    found.GetBaseDefinition().DeclaringType <> found.DeclaringType

/// What every record has by itself.
let private isOfRecords (found: MethodInfo) =
    List.contains
        found.Name
        [
            "Equals"
            "GetHashCode"
            "ToString"
            "Deconstruct"
            "PrintMembers"
            "CompareTo"
            "op_Equality"
            "op_Inequality"
        ]
    && isMade found

let private properties language (kind: Type) =
    [
        for found in kind.GetProperties access do
            let getter, setter = found.GetGetMethod true, found.GetSetMethod true
            let main = if isOpen getter then getter else setter

            if isOpen main && not (isMade found) && not (isOverride main) then
                let isInit =
                    not (isNull setter)
                    && setter.ReturnParameter.GetRequiredCustomModifiers()
                       |> Seq.exists (fun found -> found.Name = "IsExternalInit")

                let ways =
                    [
                        if isOpen getter then
                            "get;"

                        if isOpen setter then
                            if isInit then "init;" else "set;"
                    ]
                    |> String.concat " "

                let indices = found.GetIndexParameters() |> Seq.map parameter |> String.concat ", "
                let shown = if indices = "" then found.Name else $"this[{indices}]"

                if language = FSharp then
                    let place = if main.IsStatic then "static " else ""
                    $"{guard main}{place}property {found.Name}: {name FSharp found.PropertyType}"
                else
                    $"{guard main}{place main}{tell CSharp found.PropertyType (context.Create found)} {shown} {{ {ways} }}"
    ]

let private fields language (kind: Type) =
    [
        for found in kind.GetFields access do
            if
                (found.IsPublic || found.IsFamily)
                && not (isMade found)
                && not found.IsSpecialName
            then
                if kind.IsEnum then
                    $"{found.Name} = {literal (Convert.ChangeType(found.GetRawConstantValue(), typeof<int64>))}"
                elif found.IsLiteral then
                    $"const {name language found.FieldType} {found.Name} = {literal (found.GetRawConstantValue())}"
                else
                    let place = if found.IsStatic then "static " else ""
                    let fixed' = if found.IsInitOnly then "readonly " else ""
                    $"{place}{fixed'}{name language found.FieldType} {found.Name}"
    ]

/// The members of a type that others can use, one a line: constructors, fields, properties, methods, each in alphabetical order.
let membersOf language (kind: Type) : string list =
    let constructors =
        [
            for found in kind.GetConstructors access do
                if isOpen found && not found.IsStatic && not (isMade found) then
                    if language = FSharp then
                        fsharpConstructor found
                    else
                        $"{guard found}new({parameters found})"
        ]

    let methods =
        [
            for found in kind.GetMethods access do
                let isAccessor = found.IsSpecialName && not (found.Name.StartsWith "op_")

                if
                    isOpen found
                    && not (isAccessor || isMade found || isOverride found || isOfRecords found)
                then
                    if language = FSharp then
                        fsharpMethod found
                    else
                        csharpMethod found
        ]

    let sorted = List.sortWith (fun (x: string) y -> String.CompareOrdinal(x, y))

    // Values of an enumeration stay in their order.
    List.concat
        [
            sorted constructors
            (if kind.IsEnum then
                 fields language kind
             else
                 sorted (fields language kind))
            sorted (properties language kind)
            sorted methods
        ]
