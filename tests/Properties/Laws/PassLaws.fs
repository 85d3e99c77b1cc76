/// Passes keep results to the bit, and the text form keeps graphs: for functions and for what the transforms make of them.
module Adjoint.Properties.Laws.PassLaws

open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Laws.TangentLaws

let private law name mode check =
    {
        Name = name
        Mode = mode
        Differential = false
        Check = check
    }

let private differential name check =
    { law name Choosy check with
        Differential = true
    }

/// The function at its point and its derivatives.
let derived (case: Case) (source: SampleSource) =
    let point = case.Point

    let u = Point.run point |> Point.slopes point |> directions source
    let reverse = Point.vjp point u

    [
        point
        Point.jvp point (directions source (Point.actives point))
        reverse
        Point.vjp reverse (Point.run reverse)
    ]

/// A check of functions at edges of their domains, and of what the transforms make of them.
let ofPoints values derivatives (check: Point -> unit) =
    [
        law values Edges (fun case _ -> check case.Point)
        differential derivatives (fun case source -> derived case source |> List.iter check)
    ]

/// Throws where a pass changes a bit of the results.
let keeps (pass: Pass) (point: Point) =
    let after = pass.Apply.Invoke point.Graph
    Verifier.Check after

    try
        let expected = Point.run point

        Expect.isTrue
            (List.forall2 Values.sameBits (Point.runGraph after point.At) expected)
            $"{pass.Name} keeps the bits of\n{point.Graph}"
    with :? AdjointException ->
        // An operand is outside the operation's domain: what is computed first is the pass's to choose.
        ()

/// Throws where a pass that rounds otherwise moves a number by more than rounding does: each operation errs by eps of what it
/// gives, with slopes that smooth domains keep below about 100.
let rounds (pass: Pass) (point: Point) =
    let after = pass.Apply.Invoke point.Graph
    Verifier.Check after

    try
        let expected = Point.run point
        let eps, _ = Point.coarsest point.Graph
        let scale = Values.magnitude expected
        let allowed = 100.0 * Point.work point.Graph * eps * (1.0 + scale)

        for x, y in List.zip expected (Point.runGraph after point.At) do
            match Values.differs allowed x y with
            | Some difference -> failtest $"{pass.Name}: {difference} in\n{point.Graph}"
            | None -> ()
    with :? AdjointException ->
        ()

let private together = Pass("all passes", (fun (graph: Graph) -> Pipeline.Default.Run graph))

let private text (point: Point) =
    let written = GraphText.Write point.Graph
    let back = GraphText.Parse(written, Catalogue.Core)
    Expect.isTrue (Body(point.Graph).Equals(Body back)) $"reads back equal:\n{written}"

let all =
    [
        for pass in Pipeline.Default.Passes |> Seq.distinctBy _.Name do
            if pass.Rounds then
                { differential $"{pass.Name} keeps derivatives" (fun case source -> derived case source |> List.iter (rounds pass)) with
                    Mode = Smooth
                }
            else
                law $"{pass.Name} keeps values" Edges (fun case _ -> keeps pass case.Point)
                differential $"{pass.Name} keeps derivatives" (fun case source -> derived case source |> List.iter (keeps pass))
        { differential "all passes in a row keep derivatives" (fun case source -> derived case source |> List.iter (rounds together)) with
            Mode = Smooth
        }
        law "text reads back" Edges (fun case _ -> text case.Point)
        differential "text of derivatives reads back" (fun case source -> derived case source |> List.iter text)
    ]
