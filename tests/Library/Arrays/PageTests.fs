/// The page of names says what exists: docs/arrays.md against the modules and classes themselves.
module Adjoint.LibraryTests.Arrays.PageTests

open System
open System.IO
open System.Reflection
open System.Text.RegularExpressions
open Expecto
open Adjoint

let private page () =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            skiptest "the program runs outside the repository."

        let file = Path.Combine(folder.FullName, "docs", "arrays.md")

        if File.Exists file then
            File.ReadAllText file
        else
            above folder.Parent

    above (DirectoryInfo AppContext.BaseDirectory)

/// Public functions of all F# modules of this name, and of the C# class.
let private functions (moduleName: string) =
    let fsharp =
        typeof<Tensor<float>>.Assembly.GetTypes()
        |> Array.filter (fun each -> each.Name = moduleName || each.Name = moduleName + "Module")

    let csharp =
        typeof<Adjoint.Front.Expr>.Assembly.GetTypes()
        |> Array.filter (fun each -> each.Name = moduleName && each.IsPublic)

    Array.append fsharp csharp
    |> Array.collect (fun each -> each.GetMethods(BindingFlags.Public ||| BindingFlags.Static))
    |> Array.map _.Name
    |> Set.ofArray

[<Tests>]
let tests =
    testCase "arrays: the page of names tells what exists" (fun () ->
        let names =
            Regex.Matches(page (), @"`(Tensors?|Flow)\.(\w+)`")
            |> Seq.map (fun found -> found.Groups[1].Value, found.Groups[2].Value)
            |> List.ofSeq

        Expect.isTrue (names.Length > 300) $"{names.Length} names"
        let known = Map.ofList [ for name in [ "Tensor"; "Tensors"; "Flow" ] -> name, functions name ]
        let missing = names |> List.filter (fun (holder, name) -> not (known[holder].Contains name))
        Expect.isEmpty missing "names that don't exist")
