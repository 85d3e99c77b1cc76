/// A second evaluator, written for the tests alone, gives the same values and the same first and second derivatives.
module Adjoint.Properties.Laws.JudgeLaws

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Judge
open Adjoint.Properties.Laws.TangentLaws

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)

/// What the second evaluator says: None where it has no meaning for a primitive.
let private judged (graph: Graph) (arguments: Judged list) =
    try
        Some(Ok(Evaluator.run graph arguments))
    with
    | Unjudged _ -> None
    | Refused why -> Some(Error why)

/// Errors of a complex number are relative to the larger part.
let private largerPart (value: HostValue) (sizes: float option[]) =
    let larger i = Option.map2 max sizes[i] sizes[i ^^^ 1]

    match value with
    | :? NDArray as x when x.Type.IsComplex() -> Array.init sizes.Length larger
    | _ -> sizes

/// Elementwise results are right to a few eps of each number, functions that the judge computes plainly to some more; complex
/// ones relative to the larger part.
let private accuracy (case: Case) (found: HostValue list) =
    let factor, sizes = ValueLaws.accuracy case found
    let slack = case.Graph.Nodes |> Seq.map (fun node -> Functions.slack node.Primitive.Name)
    let most = if Seq.isEmpty slack then factor else Seq.max slack
    // A plain formula is right to so many eps of its terms, which may be of the order of 1 where they cancel.
    let least = if most > factor then 1.0 else 0.0
    let sizes = List.map2 largerPart found sizes
    max factor most, sizes |> List.map (Array.map (Option.map (max least)))

/// Whether there is a second meaning, which then agrees.
let agrees (case: Case) =
    match
        judged case.Graph [ for x in case.Operands -> Judged.ofValue x None None ], ValueLaws.outcome plainly case.Graph case.Operands
    with
    | None, _ -> false
    | Some(Error _), Error _ -> true
    | Some(Error why), Ok _ -> failtest $"gives a value where the judge refuses: {why}"
    | Some(Ok _), Error error -> failtest $"fails with {error.Name} where the judge gives a value"
    | Some(Ok expected), Ok found ->
        let factor, sizes = accuracy case found

        List.zip3 expected found sizes
        |> List.iteri (fun i (e, f, sizes) -> ValueLaws.close case.Graph factor i (Judged.value e) f sizes)

        true

let values =
    {
        Name = "a second evaluator gives the values"
        Mode = Edges
        Differential = false
        Check =
            fun case _ ->
                let calls =
                    match Retyping.variants case with
                    | [] -> [ case ]
                    | variants -> List.map snd variants

                if calls |> List.map agrees |> List.forall not then
                    Says.nothing ()
    }

/// The judge's results with directions, those of results that have tangents.
let private expected (point: Point) dx dz =
    let spread (values: HostValue list) =
        point.Active.Spread values |> Array.map Option.ofObj

    let arguments = List.zip3 point.At (List.ofArray (spread dx)) (List.ofArray (spread dz))

    match judged point.Graph [ for x, a, b in arguments -> Judged.ofValue x a b ] with
    | Some(Ok results) ->
        List.zip (List.ofSeq point.Graph.Results) results
        |> List.filter (fun (y, _) -> y.Type.HasTangent)
        |> List.map snd
    | _ -> Says.nothing ()

let derivatives =
    {
        Name = "a second evaluator gives first and second derivatives"
        Mode = Choosy
        Differential = true
        Check =
            fun case source ->
                let point = case.Point
                let dx, dz = directions source (Point.actives point), directions source (Point.actives point)
                let results = expected point dx dz
                let first, second = List.map Judged.alongA results, List.map Judged.alongBoth results
                let forward = Point.jvp point dx
                near "the first derivative" point first (Point.run forward)
                near "the second derivative" point second (Point.run (Point.jvp forward dz))
                let u = Point.run point |> Point.slopes point |> directions source
                let reverse = Point.vjp point u
                let along = Values.dots (Point.run reverse) dx
                let twice = Values.dots (Point.run (Point.jvp reverse dz)) dx

                let size values =
                    List.map2 (fun a b -> Values.magnitude [ a ] * Values.magnitude [ b ]) u values
                    |> List.sum

                let check what found expected scale =
                    let allowed = Tolerance.rounding (Point.work reverse.Graph) scale

                    if not (abs (found - expected) <= allowed) then
                        failtest $"{what}: (J' u, v) = {found:R}, (u, J v) = {expected:R} by the judge; {allowed:E1} is allowed"

                check "reverse" along (Values.dots u first) (size first)
                check "forward over reverse" twice (Values.dots u second) (size second)
    }

let all = [ values; derivatives ]
