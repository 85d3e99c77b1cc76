/// The list of all that others can use, kept in docs/api: what changes there is seen.
module Adjoint.LibraryTests.PublicApi

open System
open System.IO
open System.Reflection
open Expecto
open Microsoft.FSharp.Core
open Adjoint.LibraryTests.ApiTypes
open Adjoint.LibraryTests.ApiMembers

let private assemblies =
    [
        typeof<Adjoint.Core.NDArray>.Assembly, CSharp
        typeof<Adjoint.Tensor<float>>.Assembly, FSharp
    ]

let private isModule (kind: Type) =
    kind.GetCustomAttributes<CompilationMappingAttribute>()
    |> Seq.exists (fun found -> found.SourceConstructFlags = SourceConstructFlags.Module)

let private kindOf (kind: Type) =
    if isModule kind then "module"
    elif kind.IsEnum then "enum"
    elif kind.IsInterface then "interface"
    elif typeof<Delegate>.IsAssignableFrom kind then "delegate"
    elif kind.IsValueType then "struct"
    elif kind.IsAbstract && kind.IsSealed then "static class"
    elif kind.IsAbstract then "abstract class"
    elif kind.IsSealed then "sealed class"
    else "class"

let private basesOf language (kind: Type) =
    let inherited =
        if isNull kind.BaseType then
            Set.empty
        else
            Set.ofArray (kind.BaseType.GetInterfaces() |> Array.map (name language))

    [
        if
            not (
                isNull kind.BaseType
                || kind.IsValueType
                || kind.BaseType = typeof<obj>
                || kind.BaseType = typeof<MulticastDelegate>
            )
        then
            name language kind.BaseType

        if not (kind.IsEnum || typeof<Delegate>.IsAssignableFrom kind) then
            yield!
                kind.GetInterfaces()
                |> Array.filter (fun face -> face.IsPublic)
                |> Array.map (name language)
                |> Array.filter (fun face -> not (inherited.Contains face))
                |> Array.sortWith (fun x y -> String.CompareOrdinal(x, y))
    ]

let private headOf language (kind: Type) =
    let bases =
        match basesOf language kind with
        | [] -> ""
        | all -> " : " + String.concat ", " all

    let bounds =
        if kind.IsGenericTypeDefinition then
            conditions (kind.GetGenericArguments())
        else
            ""

    $"{kindOf kind} {name language kind}{bases}{bounds}"

/// The whole list of an assembly, the same for the same API.
let textOf (assembly: Assembly, language: Language) : string =
    let types =
        assembly.GetExportedTypes()
        |> Array.filter (fun kind -> not (kind.Name.Contains '@'))
        |> Array.sortWith (fun x y -> String.CompareOrdinal(x.FullName, y.FullName))

    let lines =
        [
            $"Public API of {assembly.GetName().Name}. Written by `dotnet fsi build.fsx api`; a test compares it."

            for space, kinds in types |> Array.groupBy _.Namespace |> Array.sortBy fst do
                ""
                $"namespace {space}"

                for kind in kinds do
                    ""
                    headOf language kind

                    if typeof<Delegate>.IsAssignableFrom kind then
                        yield!
                            membersOf language kind
                            |> List.filter _.Contains(" Invoke")
                            |> List.map ((+) "    ")
                    else
                        yield! membersOf language kind |> List.map ((+) "    ")
        ]

    String.concat "\n" lines + "\n"

/// The folder of the lists, above the folder that this program runs from.
let private folder =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            None
        elif File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
            Some(Path.Combine(folder.FullName, "docs", "api"))
        else
            above folder.Parent

    lazy (above (DirectoryInfo AppContext.BaseDirectory))

let private pathOf (folder: string) (assembly: Assembly) =
    Path.Combine(folder, assembly.GetName().Name + ".txt")

/// Writes the lists.
let run () =
    match folder.Value with
    | None ->
        eprintfn "The program runs outside the repository."
        1
    | Some folder ->
        Directory.CreateDirectory folder |> ignore

        for assembly, language in assemblies do
            let text = textOf (assembly, language)
            File.WriteAllText(pathOf folder assembly, text)
            printfn $"{pathOf folder assembly}: {text.Split('\n').Length} lines"

        0

/// Lines that are in one list and not in the other, with the types that they belong to.
let private differences (listed: string) (found: string) =
    let named (text: string) =
        let mutable owner = ""

        [
            for line in text.Split '\n' do
                if not (line.StartsWith ' ') then
                    owner <- line

                if line <> "" then
                    (if line.StartsWith ' ' then owner else ""), line
        ]

    let x, y = named listed, named found
    let gone, added = List.except y x, List.except x y

    [
        for sign, lines in [ "-", gone; "+", added ] do
            for owner, line in lines do
                $"{sign} {line.Trim()}" + (if owner = "" then "" else $"   ({owner})")
    ]

[<Tests>]
let tests =
    testList
        "public API"
        [
            for assembly, language in assemblies do
                testCase $"{assembly.GetName().Name} is as listed in docs/api" (fun () ->
                    match folder.Value with
                    | None -> skiptest "the program runs outside the repository."
                    | Some folder ->
                        let path = pathOf folder assembly
                        let listed = if File.Exists path then File.ReadAllText path else ""

                        match differences listed (textOf (assembly, language)) with
                        | [] -> ()
                        | all ->
                            let shown = all |> List.truncate 40 |> String.concat "\n"

                            failtest
                                $"the public API has changed ({all.Length} lines). If that is meant, run `dotnet fsi build.fsx api` and commit docs/api.\n{shown}")

            testCase "the list is the same each time, and tells what changes" (fun () ->
                for entry in assemblies do
                    Expect.equal (textOf entry) (textOf entry) "the same"

                let runtime = textOf assemblies[0]

                for line in
                    [
                        "sealed class NDArray : HostValue"
                        "    static NDArray Vector<T>(params T[] elements) where T : unmanaged"
                        "    T Item<T>() where T : unmanaged"
                        "enum DType"
                        "    BF16 = 10"
                    ] do
                    Expect.stringContains runtime ("\n" + line + "\n") "a line"

                let fsharp = textOf assemblies[1]
                Expect.stringContains fsharp "    grad: f: ('P -> Tensor<'R>) -> x: 'P -> 'P\n" "a function"

                Expect.equal
                    (differences "class A\n    int X { get; }\n" "class A\n    long X { get; }\n")
                    [ "- int X { get; }   (class A)"; "+ long X { get; }   (class A)" ]
                    "a difference")
        ]
