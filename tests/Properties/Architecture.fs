namespace Adjoint.Properties.Sample.Below

/// What the architecture test looks for, in small: a type of one folder.
type Ground() =
    static member Level = 0

namespace Adjoint.Properties.Sample.Above

/// A type that uses another folder only inside a method's body.
type Roof() =
    member _.Height() =
        let ground = Adjoint.Properties.Sample.Below.Ground()
        ground.GetHashCode()

namespace Adjoint.Properties

open Expecto
open Adjoint.Properties.Arrows

/// The folders of the runtime stand in one order, and each uses only those before it.
module Architecture =

    let private folders =
        [
            "Core"
            "Kernels"
            "Loops"
            "Ir"
            "Primitives"
            "Transforms"
            "Compile"
            "Execute"
            "Front"
            "Formats"
            "Hosting"
        ]

    /// The folder of a type, by its namespace: None outside the root.
    let private folderOf (root: string) (name: string) =
        if name.StartsWith(root + ".") then
            Some((name.Substring(root.Length + 1).Split '.')[0])
        else
            None

    /// The arrows that run backwards, and the types that stand in no known folder.
    let private violations root order arrows =
        let place folder = List.tryFindIndex ((=) folder) order

        arrows
        |> List.choose (fun arrow ->
            match folderOf root arrow.From, folderOf root arrow.To with
            | Some from, Some target ->
                match place from, place target with
                | Some i, Some j when i >= j -> None
                | Some _, Some _ -> Some $"{arrow.From} uses {arrow.To}, which stands after it"
                | None, _ -> Some $"{arrow.From} is in no known folder"
                | _, None -> Some $"{arrow.To} is in no known folder"
            | _ -> None)
        |> List.distinct
        |> List.sort

    let private beside name =
        System.IO.Path.Combine(System.AppContext.BaseDirectory, name)

    let private sample = "Adjoint.Properties.Sample"

    [<Tests>]
    let tests =
        testList
            "architecture"
            [
                testCase "folders of the runtime use only those before them" (fun () ->
                    let found = violations "Adjoint" folders (ofAssembly (beside "Adjoint.Runtime.dll"))
                    Expect.isEmpty found "arrows back")

                testCase "an arrow back inside a method's body is found" (fun () ->
                    let arrows = ofAssembly (beside "Adjoint.Properties.dll")

                    Expect.isEmpty (violations sample [ "Below"; "Above" ] arrows) "the right order"

                    Expect.equal
                        (violations sample [ "Above"; "Below" ] arrows)
                        [ $"{sample}.Above.Roof uses {sample}.Below.Ground, which stands after it" ]
                        "the wrong order")

                testCase "a type in an unknown folder is found" (fun () ->
                    let arrows = ofAssembly (beside "Adjoint.Properties.dll")
                    Expect.isNonEmpty (violations sample [ "Above" ] arrows) "Below is unknown")
            ]
