/// The whole site: texts, guides, decisions, and the pages of both assemblies.
module Adjoint.Docs.Site

open System.IO
open Adjoint.Docs.Html

let libraries: Surface.Library list =
    [
        {
            Folder = "fsharp"
            Title = "F#: the package Adjoint"
            Language = Signatures.FSharp
            Assembly = typeof<Adjoint.Tensor<float>>.Assembly
            Documentation = XmlText.load typeof<Adjoint.Tensor<float>>.Assembly
        }
        {
            Folder = "csharp"
            Title = "C#: the package Adjoint.Runtime"
            Language = Signatures.CSharp
            Assembly = typeof<Adjoint.Front.Expr>.Assembly
            Documentation = XmlText.load typeof<Adjoint.Front.Expr>.Assembly
        }
    ]

let private markdown root folder =
    [
        for path in Directory.GetFiles(Path.Combine(root, folder), "*.md") |> Array.sort do
            Path.GetRelativePath(root, path).Replace('\\', '/')
    ]

/// The guides in the order in which one reads them, then those that are not named here.
let private guides root =
    let order =
        [
            "getting-started-fsharp"
            "getting-started-csharp"
            "for-jax-users"
            "for-pytorch-users"
            "arrays"
            "derivatives-explained"
            "structures-and-manifolds"
            "control-flow"
            "random-numbers"
            "neural-networks"
            "custom-rules"
            "debugging-a-nan"
            "performance"
            "saving-and-serving"
        ]

    markdown root "docs/guides"
    |> List.sortBy (fun file ->
        let name = Path.GetFileNameWithoutExtension file
        order |> List.tryFindIndex ((=) name) |> Option.defaultValue order.Length)

let private navigation (guidePages: Page list) (others: Page list) (from: string) =
    let entry (page: Page) = link from page.Path page.Title

    let entries pages =
        pages |> List.map entry |> String.concat "\n"

    $"""{link from "index.html" "Adjoint"}
{link from "examples/README.html" "Examples"}
<b>Guides</b>
{entries guidePages}
<b>Reference</b>
{link from "fsharp/index.html" "F# API"}
{link from "csharp/index.html" "C# API"}
{entries others}"""

/// Writes the site of the repository at root into a folder, and gives its pages.
let write (root: string) (folder: string) : Page list =
    let guideFiles = guides root
    let others = markdown root "docs" @ markdown root "docs/decisions"

    let texts, pictures =
        TextPages.pages root ([ "README.md"; "examples/README.md"; "CHANGELOG.md" ] @ guideFiles @ others)

    let pageOf (files: string list) =
        files
        |> List.map (fun file ->
            let place = Path.ChangeExtension(file.Substring 5, ".html")
            texts |> List.find (fun page -> page.Path = place))

    let menu = navigation (pageOf guideFiles) (pageOf others)
    let pages = texts @ ApiPages.pages libraries

    let save (path: string) (text: string) =
        let full = Path.Combine(folder, path)
        Directory.CreateDirectory(Path.GetDirectoryName full) |> ignore
        File.WriteAllText(full, text)

    save "style.css" style

    for page in pages do
        save page.Path (frame menu page)

    for file, place in pictures do
        let full = Path.Combine(folder, place)
        Directory.CreateDirectory(Path.GetDirectoryName full) |> ignore
        File.Copy(Path.Combine(root, file), full, true)

    pages
