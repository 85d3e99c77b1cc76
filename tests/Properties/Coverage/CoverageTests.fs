/// The committed page of coverage speaks of the primitives, laws and dtypes that there are.
module Adjoint.Properties.Coverage.CoverageTests

open System.IO
open Expecto
open Adjoint.Core
open Adjoint.Properties.Laws

let private advice = "run `dotnet fsi build.fsx coverage`"

let private page =
    lazy
        (match Page.path.Value with
         | Some path when File.Exists path -> File.ReadAllText path
         | _ -> skiptest "the program runs outside the repository.")

let private names = [ for subject in Subjects.primitives -> $"`{subject.Name}`" ]

[<Tests>]
let tests =
    testList
        "coverage page"
        [
            testCase "lists the laws" (fun () ->
                let listed =
                    Page.rowsOf "Laws" page.Value
                    |> List.tail
                    |> List.map (fun row -> row[1], row[2])

                let present = [ for law in Law.all -> law.Name, string (Coverage.order law) ]

                Expect.equal listed present advice)

            testCase "lists the primitives with each law" (fun () ->
                let listed = Page.rowsOf "Cases" page.Value
                let header, rows = listed.Head, listed.Tail
                Expect.equal header.Length (Law.all.Length + 2) advice
                Expect.equal (List.map List.head rows) names advice)

            testCase "lists the dtypes that typing rules accept" (fun () ->
                let listed = Page.rowsOf "Dtypes" page.Value
                let header, rows = listed.Head, listed.Tail
                Expect.equal (List.map List.head rows) names advice

                for row, subject in List.zip rows Subjects.primitives do
                    let listed =
                        List.zip header.Tail row.Tail
                        |> List.filter (fun (_, cell) -> cell <> "·")
                        |> List.map fst

                    let present =
                        [
                            for dtype in DTypes.All do
                                if (Coverage.dtypes subject).Contains dtype then
                                    dtype.Name()
                        ]

                    Expect.equal listed present $"{subject.Name}: {advice}")

            testCase "says of every primitive what is checked" (fun () ->
                for row in Page.rowsOf "Cases" page.Value |> List.tail do
                    let counts = row |> List.skip 1 |> List.take Law.all.Length
                    Expect.exists counts (fun count -> count <> "·") $"{row.Head}: some law holds")
        ]
