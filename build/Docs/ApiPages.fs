/// The pages of an assembly: one for each type, one that lists them, and one with all names from A to Z.
module Adjoint.Docs.ApiPages

open System
open System.Reflection
open Microsoft.FSharp.Reflection
open Adjoint.Docs.Html
open Adjoint.Docs.Surface

/// Where each documentation name stands.
let private places (libraries: Library list) =
    dict
        [
            for library in libraries do
                for kind in types library do
                    DocId.ofType kind, path library kind

                    for info in members kind do
                        DocId.ofMember info, $"{path library kind}#{anchor info}"
        ]

let private refer (known: Collections.Generic.IDictionary<string, string>) from (name: string) =
    match known.TryGetValue name with
    | true, target -> Some(relative from target)
    | _ -> None

/// The first sentence, without links.
let private summary (element: Xml.Linq.XElement option) =
    match element with
    | None -> ""
    | Some element ->
        let text =
            match element.Element(Xml.Linq.XName.Get "summary") with
            | null -> element.Value
            | found -> found.Value

        let flat = String.Join(' ', text.Split([| ' '; '\n'; '\r' |], StringSplitOptions.RemoveEmptyEntries))

        match flat.IndexOf ". " with
        | -1 -> flat
        | stop -> flat.Substring(0, stop + 1)

let private memberEntry known library from (info: MemberInfo) =
    let text =
        match documentationOf library info with
        | Some element -> XmlText.ofMember (refer known from) element
        | None ->
            documentationOfType library info.DeclaringType
            |> Option.bind (XmlText.parameter (refer known from) info.Name)
            |> Option.defaultValue ""

    $"""<h3 id="{anchor info}"><code>{encode (Signatures.line library.Language info)}</code></h3>
<div class="doc">{text}</div>"""

let private typePage known library (kind: Type) =
    let from = path library kind

    let text =
        documentationOfType library kind
        |> Option.map (XmlText.ofMember (refer known from))
        |> Option.defaultValue ""

    let inside =
        kind.GetNestedTypes()
        |> Array.filter (fun inner -> types library |> List.contains inner)
        |> Array.map (fun inner -> $"<li>{link from (path library inner) (title library inner)}</li>")
        |> String.concat ""

    let cases =
        if FSharpType.IsUnion kind && not kind.IsAbstract then
            FSharpType.GetUnionCases kind
            |> Array.map (fun case ->
                let fields =
                    case.GetFields()
                    |> Array.map (fun field -> Signatures.typeName library.Language field.PropertyType)

                let held = String.Join(" * ", fields)
                let text = if held = "" then case.Name else $"{case.Name} of {held}"
                $"<li><code>{encode text}</code></li>")
            |> String.concat ""
        else
            ""

    let entries = members kind |> List.map (memberEntry known library from) |> String.concat "\n"

    {
        Path = from
        Title = title library kind
        Body =
            $"""<p><code>{encode kind.Namespace}</code></p>
<h1>{encode (title library kind)}</h1>
{text}
<ul>{cases}{inside}</ul>
{entries}"""
    }

let private listing library =
    let from = $"{library.Folder}/index.html"

    let row (kind: Type) =
        $"<tr><td>{link from (path library kind) (title library kind)}</td><td>{encode (summary (documentationOfType library kind))}</td></tr>"

    let groups =
        types library
        |> List.filter (isContainer >> not)
        |> List.groupBy _.Namespace
        |> List.map (fun (space, kinds) ->
            let rows = kinds |> List.map row |> String.concat "\n"
            $"<h2>{encode space}</h2>\n<table>{rows}</table>")
        |> String.concat "\n"

    {
        Path = from
        Title = library.Title
        Body =
            $"""<h1>{encode library.Title}</h1>
<p>{link from $"{library.Folder}/all.html" "All names from A to Z"}</p>
{groups}"""
    }

let private alphabet library =
    let from = $"{library.Folder}/all.html"

    let rows =
        [
            for kind in types library do
                for info in members kind do
                    Signatures.name info, kind, info
        ]
        |> List.sortBy (fun (name, kind, info) -> name.ToLowerInvariant(), kind.FullName, DocId.ofMember info)
        |> List.map (fun (name, kind, info) ->
            let target = $"{path library kind}#{anchor info}"

            $"<tr><td>{link from target name}</td><td>{encode (title library kind)}</td><td>{encode (summary (documentationOf library info))}</td></tr>")
        |> String.concat "\n"

    {
        Path = from
        Title = $"{library.Title}, A to Z"
        Body = $"<h1>{encode library.Title}, A to Z</h1>\n<table>{rows}</table>"
    }

/// All pages of all libraries.
let pages (libraries: Library list) : Page list =
    let known = places libraries

    [
        for library in libraries do
            listing library
            alphabet library

            for kind in types library do
                typePage known library kind
    ]
