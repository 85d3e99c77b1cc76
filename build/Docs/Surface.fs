/// What is public: the types of an assembly, their members, and what is documented of them.
module Adjoint.Docs.Surface

open System
open System.Collections.Generic
open System.Reflection
open System.Runtime.CompilerServices
open System.Text.RegularExpressions
open System.Xml.Linq
open Microsoft.FSharp.Core
open Microsoft.FSharp.Reflection
open Adjoint.Docs.Signatures

type Library =
    {
        /// The folder of its pages.
        Folder: string
        Title: string
        Language: Language
        Assembly: Assembly
        Documentation: XmlText.Documentation
    }

let private isGenerated (info: MemberInfo) =
    info.IsDefined(typeof<CompilerGeneratedAttribute>, false)

let private isOverride (called: MethodInfo) =
    called.GetBaseDefinition().DeclaringType <> called.DeclaringType

/// Members that come with equality, comparison and disposal, as in every .NET type.
let private common =
    set
        [
            "Equals"
            "GetHashCode"
            "CompareTo"
            "ToString"
            "Deconstruct"
            "PrintMembers"
            "<Clone>$"
            "op_Equality"
            "op_Inequality"
        ]

let private isOwn (info: MemberInfo) =
    match info with
    | :? MethodInfo as called ->
        not (called.IsSpecialName && not (called.Name.StartsWith "op_"))
        && not (isOverride called)
        && not (common.Contains called.Name)
    | :? PropertyInfo as property ->
        match property.GetMethod with
        | null -> true
        | getter -> getter.IsPublic && not (isOverride getter)
    | :? FieldInfo as field -> not field.IsSpecialName
    | :? ConstructorInfo -> not (typeof<Delegate>.IsAssignableFrom info.DeclaringType)
    | _ -> true

/// F# records and unions have constructors that nobody writes.
let private isWritten (info: MemberInfo) =
    match info with
    | :? ConstructorInfo -> Seq.isEmpty (info.DeclaringType.GetCustomAttributes<CompilationMappingAttribute>())
    | _ -> true

/// A union's cases are listed by themselves.
let private isCase (info: MemberInfo) =
    info :? PropertyInfo
    && not (info.DeclaringType.IsAbstract && info.DeclaringType.IsSealed)
    && FSharpType.IsUnion info.DeclaringType
    && (info.Name = "Tag"
        || FSharpType.GetUnionCases info.DeclaringType
           |> Array.exists (fun case -> info.Name = case.Name || info.Name = "Is" + case.Name))

/// The members of a type that its page shows, as its source has them.
let members (kind: Type) : MemberInfo list =
    let flags =
        BindingFlags.Public
        ||| BindingFlags.Instance
        ||| BindingFlags.Static
        ||| BindingFlags.DeclaredOnly

    if typeof<Delegate>.IsAssignableFrom kind then
        []
    else
        kind.GetMembers flags
        |> Array.filter (fun info -> not (info :? Type) && isOwn info && isWritten info)
        |> Array.filter (fun info -> not (isGenerated info || isCase info))
        |> Array.sortBy _.MetadataToken
        |> List.ofArray

/// What the F# compiler makes of a union's cases.
let private isOfUnion (kind: Type) =
    not (isNull kind.DeclaringType)
    && not (kind.DeclaringType.IsAbstract && kind.DeclaringType.IsSealed)
    && FSharpType.IsUnion kind.DeclaringType

/// The types that have pages.
let types (library: Library) : Type list =
    library.Assembly.GetExportedTypes()
    |> Array.filter (fun kind -> not (isGenerated kind) && not (isOfUnion kind))
    |> Array.sortBy _.FullName
    |> List.ofArray

/// What a type is called in its language: an F# module that stands inside an opened one goes by its own name, and its family.
let title (library: Library) (kind: Type) =
    let name = Signatures.typeName library.Language kind

    match kind.DeclaringType with
    | null -> name
    | outer when outer.IsDefined(typeof<AutoOpenAttribute>) ->
        let family = outer.Name.Replace(name, "")

        if family = "" then
            name
        else
            $"{name}, {family.ToLowerInvariant()}"
    | outer -> $"{Signatures.typeName library.Language outer}.{name}"

/// A module that is there to open those inside it.
let isContainer (kind: Type) =
    kind.IsDefined(typeof<AutoOpenAttribute>) && (members kind).IsEmpty

let path (library: Library) (kind: Type) =
    let name = kind.FullName.Replace('`', '-').Replace('+', '.')
    $"{library.Folder}/{name}.html"

let anchor (info: MemberInfo) =
    let text = DocId.ofMember info

    let hash =
        text
        |> Seq.fold (fun (code: uint32) letter -> (code ^^^ uint32 letter) * 16777619u) 2166136261u

    $"m{hash:x8}"

/// A documentation name without parameters and generics.
let private stemOf (id: string) =
    let stop = id.IndexOfAny [| '('; '~' |]
    let name = if stop < 0 then id else id.Substring(0, stop)
    (name.Split "``")[0]

/// The documentation of a member; where compilers spell a name in their own way, that of the only member of this name.
let documentationOf (library: Library) (info: MemberInfo) : XElement option =
    let id = DocId.ofMember info

    match library.Documentation.TryGetValue id with
    | true, found -> Some found
    | _ ->
        let stem = stemOf id
        let hashed = stem.Substring(0, stem.Length - info.Name.Length) + info.Name.Replace('.', '#')

        library.Documentation
        |> Seq.filter (fun entry ->
            let other = stemOf entry.Key
            other = stem || other = hashed)
        |> Seq.map _.Value
        |> Seq.tryHead

let documentationOfType (library: Library) (kind: Type) : XElement option =
    match library.Documentation.TryGetValue(DocId.ofType kind) with
    | true, found -> Some found
    | _ -> None

/// A constructor without arguments needs no words; a field or property may be told by the record that it belongs to.
let private isTold (library: Library) (info: MemberInfo) =
    match info with
    | :? ConstructorInfo as made -> made.GetParameters().Length = 0
    | :? PropertyInfo ->
        documentationOfType library info.DeclaringType
        |> Option.exists (fun element ->
            Regex.IsMatch(element.Value, $@"\b{info.Name}\b")
            || element.Elements "param"
               |> Seq.exists (fun item -> item.Attribute(XName.Get "name").Value = info.Name))
    | _ -> false

/// A module that goes on in several files is described where it is opened.
let private isFamily (kind: Type) =
    not (isNull kind.DeclaringType)
    && kind.DeclaringType.IsDefined(typeof<AutoOpenAttribute>)

/// Public types and members of a library without a word.
let undocumented (library: Library) : string list =
    [
        for kind in types library do
            if (documentationOfType library kind).IsNone && not (isFamily kind) then
                DocId.ofType kind

            for info in members kind do
                if (documentationOf library info).IsNone && not (isTold library info) then
                    DocId.ofMember info
    ]
