/// Clusters as balls.
module Adjoint.Examples.LennardJones.Pictures

open Adjoint
open Adjoint.Examples

type Point = float * float * float

let private minus (a, b, c) (d, e, f) : Point = a - d, b - e, c - f
let private dot (a, b, c) (d, e, f) : float = a * d + b * e + c * f

let private cross (a, b, c) (d, e, f) : Point =
    b * f - c * e, c * d - a * f, a * e - b * d

let private unit ((a, b, c) as v) : Point =
    let length = sqrt (dot v v)
    a / length, b / length, c / length

/// The same cluster seen along axes of its own, so that its picture doesn't tell how the search happened to turn it: the first axis
/// goes to the atom with the deepest energy outside the centre, the second towards its nearest neighbour off that axis.
let private oriented (atoms: Tensor<float>) =
    let depths = Cluster.pairs atoms |> Tensor.sumAlong 1 |> Tensor.toArray
    let centred = atoms - Tensor.meanAlong 0 atoms |> Tensor.toArray2D

    let points =
        [
            for i in 0 .. depths.Length - 1 -> centred[i, 0], centred[i, 1], centred[i, 2]
        ]

    let outside =
        List.zip points (List.ofArray depths)
        |> List.filter (fun (p, _) -> dot p p > 0.1)

    let pole = outside |> List.minBy snd |> fst
    let z = unit pole
    let off p = cross z p

    let neighbour =
        points
        |> List.filter (fun p -> dot (off p) (off p) > 0.1)
        |> List.minBy (fun p -> dot (minus p pole) (minus p pole))

    let y = unit (cross z neighbour)
    let x = cross y z
    [ for p in points -> dot p x, dot p y, dot p z ]

/// Seen from a little above and aside.
let private seen (x, y, z) : Point =
    let turn angle (a, b) =
        a * cos angle - b * sin angle, a * sin angle + b * cos angle

    let x, y = turn 0.35 (x, y)
    let y, z = turn -1.15 (y, z)
    x, y, z

let private side = 300.0

/// The atoms of a cluster from back to front, with bonds between neighbours.
let private drawing i (name: string) (atoms: Tensor<float>) =
    let points = oriented atoms |> List.map seen
    let left = side * float i

    let place (x, y, z) =
        left + side / 2.0 + 84.0 * x, side / 2.0 + 22.0 - 84.0 * y, z

    let ball (x, y, z) =
        Svg.element
            "circle"
            [
                "cx", Svg.number x
                "cy", Svg.number y
                "r", Svg.number (40.0 + 3.0 * z)
                "fill", "url(#ball)"
                "stroke", "#0b3954"
                "stroke-opacity", "0.5"
            ]

    [
        yield! points |> List.map place |> List.sortBy (fun (_, _, z) -> z) |> List.map ball
        Svg.text (left + side / 2.0) 24.0 [ "text-anchor", "middle"; "font-size", "15"; "font-weight", "bold" ] name
    ]

/// Clusters side by side.
let clusters (all: (string * Tensor<float>) list) =
    Svg.picture
        (side * float all.Length)
        (side + 10.0)
        [
            "<radialGradient id=\"ball\" cx=\"0.35\" cy=\"0.3\" r=\"0.75\"><stop offset=\"0\" stop-color=\"#dff3ff\"/><stop offset=\"0.5\" stop-color=\"#56b4e9\"/><stop offset=\"1\" stop-color=\"#0a5c8f\"/></radialGradient>"

            for i, (name, atoms) in List.indexed all do
                yield! drawing i name atoms
        ]
