/// The repository's texts as pages, and the sources that they link to.
module Adjoint.Docs.TextPages

open System.Collections.Generic
open System.IO
open Markdig
open Markdig.Syntax
open Markdig.Syntax.Inlines
open Adjoint.Docs.Html

let private pipeline = MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().Build()

/// A path of the repository without its dots, with / between folders.
let private normal (path: string) =
    let step (done': string list) part =
        match part, done' with
        | ("." | ""), _ -> done'
        | "..", _ :: rest -> rest
        | _ -> part :: done'

    path.Split '/' |> Array.fold step [] |> List.rev |> String.concat "/"

/// Where a file of the repository stands on the site.
let private place (file: string) =
    if file = "README.md" then
        "index.html"
    else
        let short = if file.StartsWith "docs/" then file.Substring 5 else file

        if short.EndsWith ".md" then
            Path.ChangeExtension(short, ".html")
        elif short.EndsWith ".svg" || short.EndsWith ".png" then
            short
        else
            $"sources/{short}.html"

let private title (document: MarkdownDocument) =
    document.Descendants<HeadingBlock>()
    |> Seq.tryHead
    |> Option.map (fun heading ->
        heading.Inline.Descendants<LiteralInline>()
        |> Seq.map string
        |> String.concat "")
    |> Option.defaultValue "Adjoint"

let private isAddress (target: string) =
    target.Contains "://" || target.StartsWith "#" || target.StartsWith "mailto:"

/// What a link means: its file in the repository, and the part in it.
let private resolved (file: string) (target: string) =
    let parts = target.Split('#')
    let folder = Path.GetDirectoryName(file).Replace('\\', '/')
    normal $"{folder}/{parts[0]}", (if parts.Length > 1 then "#" + parts[1] else "")

let private ofMarkdown root (file: string) (wanted: string -> unit) : Page =
    let document = Markdown.Parse(File.ReadAllText(Path.Combine(root, file)), pipeline)

    for link in document.Descendants<LinkInline>() do
        if not (isNull link.Url) && not (isAddress link.Url) then
            let target, part = resolved file link.Url
            wanted target
            link.Url <- relative (place file) (place target) + part

    {
        Path = place file
        Title = title document
        Body = document.ToHtml pipeline
    }

/// A source file, or all those of a folder.
let private ofSource root (file: string) : Page =
    let full = Path.Combine(root, file)

    let sources =
        if Directory.Exists full then
            [
                for path in Directory.GetFiles full |> Array.sort do
                    if List.contains (Path.GetExtension path) [ ".fs"; ".cs"; ".md" ] then
                        path
            ]
        else
            [ full ]

    let body =
        [
            for path in sources do
                let name = Path.GetRelativePath(root, path).Replace('\\', '/')
                $"<h2><code>{encode name}</code></h2>\n<pre><code>{encode (File.ReadAllText path)}</code></pre>"
        ]
        |> String.concat "\n"

    {
        Path = place file
        Title = file
        Body = body
    }

/// The pages of these texts and of all that they lead to, and the pictures that they show: (file, place).
let pages (root: string) (starts: string list) : Page list * (string * string) list =
    let seen = HashSet<string>()
    let waiting = Queue<string>()

    let wanted file =
        if seen.Add file then
            waiting.Enqueue file

    starts |> List.iter wanted

    let pages, pictures = List(), List()

    while waiting.Count > 0 do
        let file = waiting.Dequeue()

        match Path.GetExtension file with
        | ".md" -> pages.Add(ofMarkdown root file wanted)
        | ".svg"
        | ".png" -> pictures.Add((file, place file))
        | _ -> pages.Add(ofSource root file)

    List.ofSeq pages, List.ofSeq pictures
