/// How fast do two neighbouring weathers part? The Lyapunov exponents of Lorenz's equations: three tangents are pushed along a path
/// by forward mode, and made orthogonal again after each stretch of it.
module Adjoint.Examples.Lorenz

open Adjoint

let sigma, rho, beta = 10.0, 28.0, 8.0 / 3.0

/// The velocity at a place [x, y, z] (Lorenz 1963).
let velocity (place: Tensor<float>) =
    let x, y, z = place[0], place[1], place[2]
    Tensor.stack 0 [ sigma * (y - x); x * (rho - z) - y; x * y - beta * z ]

/// One step of the classical Runge-Kutta method.
let step (h: float) (place: Tensor<float>) =
    let k1 = velocity place
    let k2 = velocity (place + 0.5 * h * k1)
    let k3 = velocity (place + 0.5 * h * k2)
    let k4 = velocity (place + h * k3)
    place + h / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)

/// How many steps of which length make a stretch, between two times when the tangents are made orthogonal.
let steps, length = 10, 0.01

let stretch = float steps * length

/// Where a place goes in one stretch.
let flow place =
    Flow.forLoop 0 steps (fun _ -> step length) place

/// The rows of a matrix made orthogonal one after the other and one long (Gram and Schmidt), and their lengths before that.
let orthonormal (rows: Tensor<float>) =
    let add found row =
        let rest =
            found
            |> List.fold (fun rest (unit, _) -> rest - Tensor.dot rest unit * unit) row

        let length = Tensor.norm rest
        found @ [ rest / length, length ]

    let units, lengths = Tensor.unstack 0 rows |> List.fold add [] |> List.unzip
    Tensor.stack 0 units, Tensor.stack 0 lengths

/// Follows a place and three tangents there: the places after each stretch, and how much the tangents grew in it, as logarithms.
let follow stretches start =
    let next (place, tangents) =
        let after, push = linearize flow place
        let tangents, growth = vmap push tangents |> orthonormal
        (after, tangents), (after, log growth)

    snd (Flow.unfold stretches next start)

type Figures =
    {
        Path: float[,]
        /// The means of the growth rates so far, after each stretch.
        Exponents: float[,]
    }

/// First the path comes close to the attractor, where nothing is counted; then it's followed for so many stretches.
let figures stretches =
    let follow = compile (follow stretches)
    let settled = Flow.forLoop 0 100 (fun _ -> flow) (Tensor.ones [ 3 ])
    let path, growth = follow (settled, Tensor.eye 3)
    let times = stretch * (1.0 + Tensor.arange stretches) |> Tensor.expandDims 1

    {
        Path = Tensor.toArray2D path
        Exponents = Tensor.cumSum 0 growth / times |> Tensor.toArray2D
    }

/// The last of the means.
let exponents figures =
    let last = Array2D.length1 figures.Exponents - 1
    [ for i in 0..2 -> figures.Exponents[last, i] ]

/// The path for the time in which rounding stays invisible, as seen along y; and how the first exponent settles.
let picture figures =
    let fine =
        Flow.unfold 2400 (fun place -> step 0.01 place, place) (Tensor.vector [ -5.0; -6.0; 22.0 ])
        |> snd

    let path = Tensor.toArray2D fine
    let settling = [ for i in 4..4..2000 -> stretch * float i, figures.Exponents[i - 1, 0] ]

    Drawing.row
        [
            Plot.create "Lorenz's attractor" "x" "z"
            |> Plot.thin "" Palette.blue [ for i in 0..2399 -> path[i, 0], path[i, 2] ]
            |> Plot.sized 400.0 380.0
            Plot.create "The largest Lyapunov exponent" "time" ""
            |> Plot.thin "mean so far" Palette.red settling
            |> Plot.dashes "published" Palette.ink [ 0.0, 0.9056; 200.0, 0.9056 ]
            |> Plot.yWithin (0.4, 1.4)
            |> Plot.sized 400.0 380.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures 10000

    match exponents found with
    | [ first; second; third ] ->
        printfn $"exponents %.4f{first}, %.4f{second}, %.4f{third} (published: 0.9056, 0, -14.5723; Sprott 2003)"
        printfn $"their sum %.6f{first + second + third}, the divergence of the flow -(σ + 1 + β) = %.6f{-(sigma + 1.0 + beta)}"
    | _ -> ()

    Svg.save "out/lorenz/lorenz.svg" (picture found)
    0
