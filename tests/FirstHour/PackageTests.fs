/// What the packages hold, and that they work where a newcomer uses them first.
module Adjoint.FirstHourTests.PackageTests

open System.IO
open System.IO.Compression
open System.Reflection.PortableExecutable
open System.Runtime.InteropServices
open System.Xml.Linq
open Expecto

let private package name =
    let feed = Feed.local.Value
    Path.Combine(feed.Packages, $"{name}.{feed.Version}.nupkg")

let private opened name (action: ZipArchive -> unit) =
    use archive = ZipFile.OpenRead(package name)
    action archive

let private nuspec name =
    let mutable found = null

    opened name (fun archive ->
        use stream = archive.GetEntry($"{name}.nuspec").Open()
        found <- XDocument.Load stream)

    found

let private elements name (document: XDocument) =
    document.Descendants()
    |> Seq.filter (fun element -> element.Name.LocalName = name)
    |> List.ofSeq

let private attribute name (element: XElement) = element.Attribute(XName.Get name).Value

/// The packages that one needs, with the lowest version of each.
let private dependencies name =
    nuspec name
    |> elements "dependency"
    |> List.map (fun dependency -> attribute "id" dependency, (attribute "version" dependency).Trim('[', ')').Split(',')[0])

let private holds name assembly =
    testCase $"{name} holds its assembly, documentation and readme, and nothing more" (fun () ->
        opened name (fun archive ->
            let files =
                [
                    for entry in archive.Entries do
                        if
                            not (
                                entry.FullName.StartsWith "_rels/"
                                || entry.FullName.StartsWith "package/"
                                || entry.FullName = "[Content_Types].xml"
                            )
                        then
                            entry.FullName
                ]

            Expect.containsAll
                files
                [
                    $"{name}.nuspec"
                    "Package.md"
                    $"lib/net10.0/{assembly}.dll"
                    $"lib/net10.0/{assembly}.xml"
                ]
                "files"

            Expect.hasLength files 4 "files"))

let private describes name =
    testCase $"{name} says what it is" (fun () ->
        let document = nuspec name

        let text element =
            (elements element document |> List.exactlyOne).Value

        Expect.equal (text "id") name "id"
        Expect.equal (text "version") Feed.local.Value.Version "version"
        Expect.equal (text "license") "MIT" "licence"
        Expect.equal (text "readme") "Package.md" "readme"
        Expect.isNonEmpty (text "description") "description"
        Expect.isNonEmpty (text "tags") "tags"
        Expect.isEmpty (elements "repository" document) "an address")

/// Symbols lie inside the assembly, and name no folder of the machine that built it.
let private symbols name assembly =
    testCase $"{name} has its symbols inside" (fun () ->
        opened name (fun archive ->
            use content = new MemoryStream()
            use stream = archive.GetEntry($"lib/net10.0/{assembly}.dll").Open()
            stream.CopyTo content
            content.Position <- 0L
            use reader = new PEReader(content)

            let entries = reader.ReadDebugDirectory()

            let embedded =
                entries
                |> Seq.tryFind (fun entry -> entry.Type = DebugDirectoryEntryType.EmbeddedPortablePdb)

            Expect.isSome embedded "embedded symbols"

            Expect.exists entries (fun entry -> entry.Type = DebugDirectoryEntryType.Reproducible) "a reproducible build"

            use provider = reader.ReadEmbeddedPortablePdbDebugDirectoryData embedded.Value
            let symbols = provider.GetMetadataReader()

            for handle in symbols.Documents do
                let path = symbols.GetString(symbols.GetDocument(handle).Name)
                Expect.isFalse (path.StartsWith Repository.root.Value) $"a path of this machine: {path}"))

let private contents =
    testList
        "contents"
        [
            holds "Adjoint.Runtime" "Adjoint.Runtime"
            holds "Adjoint" "Adjoint"
            describes "Adjoint.Runtime"
            describes "Adjoint"
            symbols "Adjoint.Runtime" "Adjoint.Runtime"
            symbols "Adjoint" "Adjoint"

            testCase "the runtime needs System.Numerics.Tensors alone" (fun () ->
                Expect.equal (dependencies "Adjoint.Runtime" |> List.map fst) [ "System.Numerics.Tensors" ] "dependencies")

            testCase "the F# package needs the runtime of its own version, and FSharp.Core of the first SDK for .NET 10" (fun () ->
                let needed = Map(dependencies "Adjoint")
                Expect.equal (List.ofSeq needed.Keys) [ "Adjoint.Runtime"; "FSharp.Core" ] "dependencies"
                Expect.equal needed["Adjoint.Runtime"] Feed.local.Value.Version "version of the runtime"
                // F# Interactive can't load an FSharp.Core that is newer than its own.
                Expect.stringStarts needed["FSharp.Core"] "10.0." "version of FSharp.Core")
        ]

let private gradient =
    """let f (x: Tensor<float>) = Tensor.sum (Tensor.sin x * x)
printfn "%A" (grad f (Tensor.vector [ 1.0; 2.0; 3.0 ]))
"""

/// x cos x + sin x at 1, 2 and 3.
let private expected = "f64[3] [1.3817733 0.0770038 -2.8288575]"

let private trials =
    testList
        "trials"
        [
            testCase "F# Interactive takes the package by #r, and warns of nothing" (fun () ->
                let feed = Feed.local.Value
                let folder = Repository.temporaryFolder ()
                File.Copy(feed.Configuration, Path.Combine(folder, "nuget.config"))
                let script = Path.Combine(folder, "trial.fsx")

                File.WriteAllText(
                    script,
                    $"#i \"nuget: {feed.Packages}\"\n#r \"nuget: Adjoint, {feed.Version}\"\nopen Adjoint\n{gradient}"
                )

                let outcome = Repository.dotnet folder feed.Variables [ "fsi"; script ]
                Expect.equal outcome.Code 0 outcome.Text
                Expect.isEmpty outcome.Errors "warnings"
                Expect.isTrue (Figures.agree expected outcome.Output) outcome.Output)

            testCase "a fresh F# console project takes the package, and the compiler warns of nothing" (fun () ->
                let program = Programs.fsharp $"module Program\nopen Adjoint\n{gradient}"
                let outcome = Repository.dotnet program.Folder [] [ program.Assembly ]
                Expect.isTrue (Figures.agree expected outcome.Output) outcome.Text)

            testCase "a fresh project finds the native kernels in their package" (fun () ->
                let native = $"Adjoint.Native.{RuntimeInformation.RuntimeIdentifier}"

                if not (File.Exists(package native)) then
                    skiptest "the native kernels are not built here."

                let program =
                    Programs.fsharpWith native "module Program\nprintfn \"%O\" Adjoint.Kernels.KernelLibrary.Default.IsAvailable\n"

                let outcome = Repository.dotnet program.Folder [ "ADJOINT_NATIVE", "" ] [ program.Assembly ]

                Expect.equal (outcome.Output.Trim()) "True" outcome.Text)
        ]

[<Tests>]
let tests = testList "packages" [ contents; trials ]
