/// The site that `build.fsx docs` writes: nothing public is left out, nothing is undocumented, and every link leads somewhere.
module Adjoint.FirstHourTests.DocsTests

open System
open System.Collections.Generic
open System.IO
open System.Net
open System.Text.RegularExpressions
open Expecto
open Adjoint.Docs

let private site =
    lazy
        (let folder = Path.Combine(Repository.temporaryFolder (), "site")
         folder, Site.write Repository.root.Value folder)

/// The texts of the pages, and the names of the places in them.
let private texts =
    lazy
        (let folder, pages = site.Value

         dict
             [
                 for page in pages do
                     let text = File.ReadAllText(Path.Combine(folder, page.Path))

                     let ids = HashSet(seq { for found in Regex.Matches(text, "id=\"([^\"]+)\"") -> found.Groups[1].Value })

                     page.Path, (text, ids)
             ])

/// Where a link of a page leads: a file of the site and a place in it; None for another site.
let private target (page: string) (link: string) =
    if link.Contains "://" then
        None
    else
        let parts = (WebUtility.HtmlDecode link).Split '#'
        let folder = Path.GetDirectoryName page

        let file =
            if parts[0] = "" then
                page
            else
                Path.GetRelativePath("/", Path.GetFullPath(Path.Combine("/", folder, parts[0]))).Replace('\\', '/')

        Some(file, (if parts.Length > 1 then parts[1] else ""))

let private leadsSomewhere (file: string, place: string) =
    match texts.Value.TryGetValue file with
    | true, (_, ids) -> place = "" || ids.Contains place
    | _ -> place = "" && File.Exists(Path.Combine(fst site.Value, file))

/// A family of functions is described by the module that opens it, a case by its union.
let private isAbout (assembly: Reflection.Assembly) (kind: Type) =
    kind.Assembly = assembly
    && not (kind.IsDefined(typeof<Runtime.CompilerServices.CompilerGeneratedAttribute>, false))
    && (isNull kind.DeclaringType
        || kind.DeclaringType.IsSealed && kind.DeclaringType.IsAbstract
        || not (Reflection.FSharpType.IsUnion kind.DeclaringType))

[<Tests>]
let tests =
    testList
        "pages"
        [
            testCase "every link and picture leads somewhere" (fun () ->
                let broken =
                    [
                        for KeyValue(page, (text, _)) in texts.Value do
                            for found in Regex.Matches(text, "(?:href|src)=\"([^\"]+)\"") do
                                match target page found.Groups[1].Value with
                                | Some place when not (leadsSomewhere place) -> $"{page}: {found.Groups[1].Value}"
                                | _ -> ()
                    ]

                Expect.isEmpty broken "broken links")

            for library in Site.libraries do
                testCase $"every public type of {library.Folder} has a page with each of its public methods" (fun () ->
                    for kind in library.Assembly.GetExportedTypes() do
                        if isAbout library.Assembly kind then
                            let name = kind.FullName.Replace('`', '-').Replace('+', '.')
                            let path = $"{library.Folder}/{name}.html"
                            Expect.isTrue (texts.Value.ContainsKey path) $"the page {path}"
                            let text, _ = texts.Value[path]

                            for called in kind.GetMethods() do
                                if called.DeclaringType = kind && not called.IsSpecialName && not called.IsVirtual then
                                    if
                                        called
                                            .GetCustomAttributes(typeof<Runtime.CompilerServices.CompilerGeneratedAttribute>, false)
                                            .Length
                                            =
                                            0
                                    then
                                        Expect.stringContains text (WebUtility.HtmlEncode called.Name) path)

                testCase $"nothing public of {library.Folder} is undocumented" (fun () ->
                    Expect.isEmpty (Surface.undocumented library) "without a word")

            testCase "a page shows a function as F# writes it, with its words" (fun () ->
                let text, _ = texts.Value["fsharp/Adjoint.TensorReductions.Tensor.html"]
                Expect.stringContains text (WebUtility.HtmlEncode "sumAlong: axis: int -> x: Tensor<'T> -> Tensor<'T>") "signature"
                Expect.stringContains text "Sum along an axis, which goes; 0 of no elements." "words")

            testCase "guides, reference, decisions and examples have pages" (fun () ->
                for name in
                    [
                        "index"
                        "semantics"
                        "coverage"
                        "guides/control-flow"
                        "decisions/0001-package-feed"
                        "examples/README"
                    ] do
                    Expect.isTrue (texts.Value.ContainsKey $"{name}.html") name)
        ]
