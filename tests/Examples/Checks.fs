/// What tests of figures and pictures have in common.
module Adjoint.ExampleTests.Checks

open System
open System.Globalization
open System.IO
open System.Text.RegularExpressions
open Expecto

/// Rounding of a few operations in float.
let rounding = 1e-14

let near tolerance expected actual message =
    if not (abs (actual - expected) <= tolerance) then
        failtest $"{message}: {actual:R} is not within {tolerance} of {expected:R}."

let allNear tolerance expected actual message =
    Expect.hasLength (Seq.toList actual) (Seq.length expected) message
    Seq.iter2 (fun e a -> near tolerance e a message) expected actual

/// As many digits as a published number gives: it is off by half a unit of its last one, or one where it was cut.
let digits decimals expected actual message =
    near (10.0 ** -(float decimals)) expected actual message

let rec private rootOf (folder: DirectoryInfo) =
    if File.Exists(Path.Combine(folder.FullName, "Adjoint.slnx")) then
        folder.FullName
    else
        rootOf folder.Parent

/// The repository's folder.
let root = rootOf (DirectoryInfo AppContext.BaseDirectory)

/// A group of cells, whose rectangles are runs of one colour.
let private cells = Regex("<g class=\"cells\".*?</g>", RegexOptions.Singleline)

let private run = Regex @"M(\d+) (\d+)h(\d+)"

/// The number of the colour of each cell.
let private levels (group: string) =
    [
        for level, line in Seq.indexed (group.Split "<path ") do
            for found in run.Matches line do
                let at (i: int) = int found.Groups[i].Value
                for j in at 1 .. at 1 + at 3 - 1 -> (at 2, j), level
    ]
    |> Map.ofList

let private number = Regex @"\d+(\.\d+)?"

let private drawnAs (expected: string) (actual: string) message =
    Expect.equal (number.Replace(actual, "0")) (number.Replace(expected, "0")) $"{message}: everything but numbers"

    for e, a in Seq.zip (number.Matches expected) (number.Matches actual) do
        let read (found: Match) =
            Double.Parse(found.Value, CultureInfo.InvariantCulture)

        // Places are rounded to hundredths of a pixel, colours to whole levels of 255; a pixel or two can't be seen.
        near
            2.0
            (read e)
            (read a)
            $"{message}: a number near {expected.Substring(max 0 (e.Index - 30), min 60 (expected.Length - max 0 (e.Index - 30)))}"

let private committed name =
    let text = File.ReadAllText(Path.Combine(root, "docs", "images", name + ".svg")).ReplaceLineEndings "\n"
    Expect.isLessThan text.Length 60_000 $"{name}: size"
    text

/// The committed picture is the one that the example draws today, but for what can't be seen. To renew it, run the example and
/// copy its picture from out.
let picture name (drawn: string) =
    let committed = committed name
    drawnAs (cells.Replace(committed, "")) (cells.Replace(drawn, "")) name

    for expected, actual in Seq.zip (cells.Matches committed) (cells.Matches drawn) do
        let expected, actual = levels expected.Value, levels actual.Value
        Expect.equal (Seq.toList actual.Keys) (Seq.toList expected.Keys) $"{name}: places of cells"
        let apart = Map.fold (fun most place level -> max most (abs (level - expected[place]))) 0 actual
        // A number at the edge of two levels may fall to either side.
        Expect.isLessThanOrEqual apart 1 $"{name}: levels of cells"

/// The committed picture has the parts of the one that is drawn today: for what hundreds of steps in float32 lead to, where the sums of
/// another processor, in another order, end a little elsewhere.
let sketch name (drawn: string) =
    let parts (picture: string) =
        number.Replace(cells.Replace(picture, ""), "0")

    Expect.equal (parts drawn) (parts (committed name)) $"{name}: everything but numbers and cells"
