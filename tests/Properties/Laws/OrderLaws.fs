/// Second and third derivatives, of a projection to one number.
module Adjoint.Properties.Laws.OrderLaws

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Properties.Laws.TangentLaws

let private law name check =
    {
        Name = name
        Mode = Choosy
        Differential = true
        Check = check
    }

let private one: HostValue list = [ NDArray.Scalar 1.0 ]

/// uᵀ H v: H v is a vector, so a last product with u makes it a number.
let private against (u: HostValue list) (point: Point) = Values.dots u (Point.run point)

let private second (point: Point) u v =
    [
        "forward over forward", Point.jvp (Point.jvp point u) v |> Point.number
        "forward over reverse", Point.jvp (Point.vjp point one) v |> against u
        "reverse over forward", Point.vjp (Point.jvp point u) one |> against v
        "reverse over reverse", Point.vjp (Point.vjp point one) u |> against v
        "forward over reverse, turned around", Point.jvp (Point.vjp point one) u |> against v
    ]

let private equal work (numbers: (string * float) list) =
    let scale = numbers |> List.map (snd >> abs) |> List.max
    let name, first = numbers.Head
    let allowed = Tolerance.rounding work scale

    for other, number in numbers.Tail do
        if not (abs (number - first) <= allowed) then
            failtest $"{name} gives {first:R}, {other} gives {number:R}; {allowed:E1} is allowed"

let hessian =
    law "hessians are symmetric and alike in four mode orders" (fun case source ->
        let point = Point.project source case.Point
        let u, v = directions source (Point.actives point), directions source (Point.actives point)
        equal (10.0 * Point.work point.Graph) (second point u v))

let secondDifferences =
    { law "second derivatives against differences" (fun case source ->
          let point = Point.project source case.Point
          let gradient = Point.vjp point one
          differencesOf gradient (directions source (Point.actives point))) with
        Mode = Smooth
    }

let third =
    { law "third derivatives" (fun case source ->
          let point = Point.project source case.Point
          let draw () = directions source (Point.actives point)
          let u, v, w = draw (), draw (), draw ()
          let reverseTwice = Point.vjp (Point.vjp point one) u
          differencesOf reverseTwice v

          equal
              (30.0 * Point.work point.Graph)
              [
                  "forward over reverse over reverse", Point.jvp reverseTwice v |> against w
                  "reverse over forward over forward", Point.vjp (Point.jvp (Point.jvp point u) v) one |> against w
              ]) with
        Mode = Smooth
    }

let all = [ hessian; secondDifferences; third ]
