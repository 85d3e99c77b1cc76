/// The page of coverage: docs/coverage.md.
module Adjoint.Properties.Coverage.Page

open System
open System.IO
open System.Text.RegularExpressions
open Adjoint.Core
open Adjoint.Properties.Laws
open Adjoint.Properties.Coverage.Coverage

/// A short name for each law, by its place.
let private codes = Law.all |> List.mapi (fun i law -> $"L{i + 1}", law)

let private line (cells: string seq) = "| " + String.concat " | " cells + " |"

let table (header: string list) (rows: string list list) =
    [
        line header
        "|" + String.replicate header.Length "---|"
        yield! List.map line rows
    ]

let private modeText (mode: Mode) =
    match mode with
    | Smooth -> "smooth"
    | Choosy -> "smooth, choices by data"
    | Edges -> "edges"

let private laws =
    table
        [ "law"; "says"; "order"; "drawn" ]
        [
            for code, law in codes -> [ code; law.Name; string (order law); modeText law.Mode ]
        ]

let private mark (row: Row) (dtype: DType) =
    match Map.tryFind dtype row.Values with
    | None -> "·"
    | Some marks ->
        let letters =
            [
                "p"
                if marks.Contains DTypeLaws.ByKernel then
                    "k"
                if marks.Contains DTypeLaws.ByWiderType then
                    "w"
                if marks.Contains DTypeLaws.ByJudge then
                    "j"
                if row.Slopes.Contains dtype then
                    "d"
            ]

        String.concat "" letters

let private dtypeTable (rows: Row list) =
    table
        ("primitive" :: [ for dtype in DTypes.All -> dtype.Name() ])
        [
            for row in rows -> $"`{row.Name}`" :: [ for dtype in DTypes.All -> mark row dtype ]
        ]

let private lawTable (subjects: Subject list) (rows: Row list) =
    let ending subject row =
        match highest row with
        | 0 -> reason subject
        | order -> string order

    table
        ("primitive" :: List.map fst codes @ [ "order" ])
        [
            for subject, row in List.zip subjects rows ->
                $"`{row.Name}`"
                :: [ for count in row.Cases -> if count = 0 then "·" else string count ]
                @ [ ending subject row ]
        ]

let private introduction =
    """# Coverage

What the laws (`tests/Properties/Laws`) check of each primitive. `dotnet fsi build.fsx coverage` writes this page from a run of
every law over every primitive on fixed draws, and fails where a law does; a test compares the page with the catalogue, the
laws and the typing rules, so it can't go stale. The tests themselves run more cases, and other ones each time.

## Laws

*Smooth* draws lie inside the primitive's smooth domain, in f64 and c128. *Edges* are any dtype, with NaN, infinities, zeros of
both signs, subnormals, and the extremes of integers among them. *Order* is that of the highest derivative that the law looks at.
"""

let private dtypeText =
    """
## Dtypes

A dtype is listed where the typing rule accepts it for some operand, or as an attribute where there is no operand; · marks
those that it refuses. Holders of bodies take whatever their bodies take, and are drawn with floating ones.

- **p**: plain evaluation gives a value of the inferred type, at edges too, and on empty operands where they type.
- **k**: there is a managed kernel for the dtype, and it gives what plain evaluation gives, within the stated error.
- **w**: the same numbers in the widest dtype of the kind give the same result, rounded or wrapped.
- **j**: a second evaluator, written for the tests from the primitives' documentation alone, gives the same value. Those without
  are random bits, which published vectors check, roots, which closed forms check, and functions of complex numbers whose plain formulas lose too much.
- **d**: tangents and cotangents are checked in this dtype.
"""

let private lawText =
    """
## Cases

For each law the number of draws, of six, in which it said something; · is none. The last column is the highest order of
derivative that was checked, or why there is none.
"""

/// The heading of what `mutate` writes: kept when the page is written anew.
let faultsHeading = "## Planted errors"

let faultsOf (page: string) =
    match page.IndexOf faultsHeading with
    | -1 -> ""
    | at -> "\n" + page.Substring at

/// The page from a run of all laws.
let write (faults: string) =
    let subjects = Subjects.primitives
    let rows = subjects |> List.map row

    let lines =
        [
            introduction
            yield! laws
            dtypeText
            yield! dtypeTable rows
            lawText
            yield! lawTable subjects rows
        ]

    String.Join("\n", lines) + "\n" + faults

/// Where the page lies, above the folder that this program runs from.
let path =
    let rec above (folder: DirectoryInfo) =
        if isNull folder then
            None
        elif File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
            Some(Path.Combine(folder.FullName, "docs", "coverage.md"))
        else
            above folder.Parent

    lazy (above (DirectoryInfo AppContext.BaseDirectory))

/// Writes the page where it lies.
let run () =
    match path.Value with
    | None ->
        eprintfn "The program runs outside the repository."
        1
    | Some path ->
        let old = if File.Exists path then File.ReadAllText path else ""
        File.WriteAllText(path, write (faultsOf old))
        printfn $"{path}: {Subjects.primitives.Length} primitives, {Law.all.Length} laws"
        0

/// The rows of a table that a page holds under a heading, by their first cell.
let rowsOf (heading: string) (page: string) =
    let start = page.IndexOf $"## {heading}\n"
    let next = page.IndexOf("\n## ", start + 1)

    let section =
        if next < 0 then
            page.Substring start
        else
            page.Substring(start, next - start)

    [
        for found in Regex.Matches(section, @"(?m)^\| (.*) \|$") -> found.Groups[1].Value.Split(" | ") |> List.ofArray
    ]
