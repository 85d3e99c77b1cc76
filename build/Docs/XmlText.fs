/// The documentation files that stand beside the assemblies, and their elements as HTML.
module Adjoint.Docs.XmlText

open System.Collections.Generic
open System.IO
open System.Reflection
open System.Text.RegularExpressions
open System.Xml.Linq

/// The documentation of an assembly, by member.
type Documentation = IReadOnlyDictionary<string, XElement>

let private attribute (name: string) (element: XElement) =
    match element.Attribute(XName.Get name) with
    | null -> ""
    | found -> found.Value

let load (assembly: Assembly) : Documentation =
    let found = Dictionary<string, XElement>()

    for element in (XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))).Descendants "member" do
        found[attribute "name" element] <- element

    found

/// The last part of a documentation name, for a reference to something that has no page.
let private shortName (name: string) =
    let plain = name.Split('(')[0]
    plain.Substring(plain.LastIndexOf '.' + 1).Split('`')[0]

/// An element's content. `refer` gives the link to a member, if it has a page.
let rec html (refer: string -> string option) (content: XContainer) : string =
    content.Nodes()
    |> Seq.map (fun node ->
        match node with
        | :? XText as text -> Regex.Replace(Html.encode text.Value, "`([^`]+)`", "<code>$1</code>")
        | :? XElement as element -> ofElement refer element
        | _ -> "")
    |> String.concat ""

and private ofElement refer (element: XElement) =
    let inner () = html refer element
    let name = Html.encode (attribute "name" element)
    let kind = Html.encode (shortName (attribute "cref" element))

    match element.Name.LocalName with
    | "c" -> $"<code>{inner ()}</code>"
    | "code" -> $"<pre><code>{inner ()}</code></pre>"
    | "para" -> $"<p>{inner ()}</p>"
    | "see"
    | "seealso" ->
        match attribute "cref" element, attribute "langword" element with
        | "", "" ->
            let address = attribute "href" element
            $"<a href=\"{Html.encode address}\">{Html.encode address}</a>"
        | "", word -> $"<code>{Html.encode word}</code>"
        | name, _ ->
            let text = Html.encode (shortName name)

            match refer name with
            | Some address -> $"<a href=\"{address}\">{text}</a>"
            | None -> $"<code>{text}</code>"
    | "paramref"
    | "typeparamref" -> $"<code>{name}</code>"
    | "list" ->
        let items =
            element.Elements "item"
            |> Seq.map (fun item -> $"<li>{html refer item}</li>")
            |> String.concat ""

        $"<ul>{items}</ul>"
    | "param" -> $"<p><code>{name}</code>: {inner ()}</p>"
    | "returns" -> $"<p>Returns {inner ()}</p>"
    | "exception" -> $"<p><code>{kind}</code>: {inner ()}</p>"
    // What a part of a C# type holds is told at its members.
    | "content"
    | "typeparam" -> ""
    | "summary" -> $"<p>{inner ()}</p>"
    | _ -> inner ()

/// A member's documentation as HTML.
let ofMember refer (element: XElement) = html refer element

/// What a record's type says of one of its parameters.
let parameter refer (name: string) (element: XElement) =
    element.Elements "param"
    |> Seq.tryFind (fun item -> attribute "name" item = name)
    |> Option.map (fun item -> $"<p>{html refer item}</p>")
