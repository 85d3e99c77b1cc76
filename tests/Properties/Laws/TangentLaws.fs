/// First derivatives: forward mode against differences, reverse against forward, and the linear part by itself.
module Adjoint.Properties.Laws.TangentLaws

open System
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Transforms

let private law name check =
    {
        Name = name
        Mode = Choosy
        Differential = true
        Check = check
    }

let directions (source: SampleSource) (values: HostValue list) =
    values |> List.map (Values.randomLike source)

let agree what allowed (left: HostValue list) (right: HostValue list) =
    Expect.equal left.Length right.Length $"{what}: as many results"

    List.zip left right
    |> List.iteri (fun i (a, b) ->
        match Values.differs allowed a b with
        | Some difference -> failtest $"{what}, result {i}: {difference}"
        | None -> ())

/// Tolerance by the work of a point's graph and the size of what is compared.
let near what (point: Point) left right =
    agree what (Tolerance.rounding (Point.work point.Graph) (Values.magnitude (left @ right))) left right

/// Forward mode gives what differences of values give.
let differencesOf (point: Point) (dx: HostValue list) =
    let tangents = Point.run (Point.jvp point dx)
    let size = Values.magnitude (Point.run point)

    for i, (tangent, (model, slopes)) in List.indexed (List.zip tangents (Differences.along point dx)) do
        let numbers = Values.flatten model tangent

        slopes
        |> Array.iteri (fun place (slope, error) ->
            let allowed = Tolerance.differences error (max size (abs slope))

            if not (abs (numbers[place] - slope) <= allowed) then
                failtest
                    $"result {i}, number {place}: the JVP is {numbers[place]:R}, differences give {slope:R} with an error of {error:E1}; {allowed:E1} is allowed")

let differences =
    { law "jvp against differences" (fun case source ->
          let point = case.Point
          differencesOf point (directions source (Point.actives point))) with
        Mode = Smooth
    }

/// The inner products of (u, J v) and (Jᵀ u, v) agree.
let adjointOf (point: Point) (source: SampleSource) =
    let dx = directions source (Point.actives point)
    let u = Point.run point |> Point.slopes point |> directions source
    let forward, reverse = Point.jvp point dx, Point.vjp point u
    let jv, ju = Point.run forward, Point.run reverse
    let left, right = Values.dots u jv, Values.dots ju dx

    let size values others =
        List.map2 (fun a b -> Values.magnitude [ a ] * Values.magnitude [ b ]) values others
        |> List.sum

    let allowed = Tolerance.rounding (Point.work reverse.Graph) (size u jv + size ju dx)

    if not (abs (left - right) <= allowed) then
        failtest $"(u, J v) = {left:R}, (J' u, v) = {right:R}; {allowed:E1} is allowed"

let adjoint = law "vjp is the adjoint of jvp" (fun case source -> adjointOf case.Point source)

/// The values that come with tangents or cotangents are the function's own.
let primals =
    law "derivatives keep the values" (fun case source ->
        let point = case.Point
        let values = Point.run point
        let dx = directions source (Point.actives point)
        let u = values |> Point.slopes point |> directions source
        let forward = (Transformed.forward point.Graph point.Active null).Graph
        let reverse = (Transformed.reverse point.Graph point.Active).Graph
        let split = Transformed.linearize point.Graph point.Active null
        let first values' = List.take values.Length values'
        near "forward" point values (first (Point.runGraph forward (point.At @ dx)))
        near "reverse" point values (first (Point.runGraph reverse (point.At @ u)))
        near "linearized" point values (first (Point.runGraph split.Primal point.At)))

/// The linear part with residuals at the point, as a function of the tangents.
let private linearPart (point: Point) =
    let split = Transformed.linearize point.Graph point.Active (Point.withTangents point.Graph.Results)
    Verifier.Check split.Primal
    Verifier.Check split.Linear
    let residuals = Point.runGraph split.Primal point.At |> List.skip point.Graph.Results.Length
    split, Point.choose split.Forwarded point.At @ residuals

let linear =
    law "the linear part is linear, and the jvp" (fun case source ->
        let point = case.Point
        let split, kept = linearPart point
        let apply dx = Point.runGraph split.Linear (kept @ dx)
        let dx, dz = directions source (Point.actives point), directions source (Point.actives point)
        let fx, fz = apply dx, apply dz
        near "the jvp" point fx (Point.run (Point.jvp point dx))
        near "additive" point (apply (List.map2 Values.add dx dz)) (List.map2 Values.add fx fz)
        let scale = Values.map ((*) -2.5)
        near "homogeneous" point (apply (List.map scale dx)) (List.map scale fx))

let twice =
    law "transposing twice changes nothing" (fun case source ->
        let point = case.Point
        let split, kept = linearPart point
        let count = point.Active.Ones

        let mask residuals linear =
            ParameterMask(Seq.append (Seq.replicate residuals false) (Seq.replicate linear true))

        let once = Transformed.transpose split.Linear (mask kept.Length count)
        Verifier.Check once.Graph
        let back = Transformed.transpose once.Graph (mask kept.Length split.Linear.Results.Length)
        Verifier.Check back.Graph
        let dx = directions source (Point.actives point)
        near "twice" point (Point.runGraph split.Linear (kept @ dx)) (Point.runGraph back.Graph (kept @ dx)))

let all = [ differences; adjoint; primals; linear; twice ]
