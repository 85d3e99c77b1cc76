/// On which curve does a bead slide down fastest? Bernoulli's problem of 1696 as plain minimisation: the time of descent along a chain
/// of straight pieces is a function of their heights, and Newton's method finds the heights where its gradient is zero.
module Adjoint.Examples.Brachistochrone

open System
open Adjoint

/// The number of pieces, from (0, 0) to (π, 2), with depths downwards. The corners lie closer where the curve is steep.
let pieces = 64

let xs =
    let share: Tensor<float> = Tensor.arange (pieces + 1) / float pieces
    Math.PI * share ** 3.0

let depthAtEnd = 2.0

/// The time of descent under gravity 1, from rest, by the depths of the inner corners: along each piece the acceleration is constant,
/// so the mean speed is the mean of the speeds at its ends, √(2 depth).
let time (depths: Tensor<float>) =
    let all = Tensor.concat 0 [ Tensor.zeros [ 1 ]; depths; Tensor.full [ 1 ] depthAtEnd ]
    // The bead starts at rest. The root is taken of the others only: at 0 it has no derivative.
    let speeds = Tensor.concat 0 [ Tensor.zeros [ 1 ]; sqrt (2.0 * all[1..]) ]
    let differences (v: Tensor<float>) = v[1..] - v[.. pieces - 1]
    let lengths = sqrt (Tensor.square (differences xs) + Tensor.square (differences all))
    Tensor.sum (2.0 * lengths / (speeds[1..] + speeds[.. pieces - 1]))

/// The straight line's depths at the inner corners.
let line = depthAtEnd / Math.PI * xs[1 .. pieces - 1]

/// A step of Newton's method, shortened where it would lift a corner to less than half of its depth.
let step (depths: Tensor<float>) =
    let change = -(Linear.solve (hessian time depths) (grad time depths))
    let rise = Tensor.max (-change / depths)

    depths
    + change
      * Tensor.minimum (Tensor.scalar 1.0) (0.5 / Tensor.maximum rise (Tensor.scalar 0.1))

/// The chains after each step, the straight line first.
let descend steps =
    compile (Flow.unfold (steps + 1) (fun depths -> step depths, depths)) line
    |> snd

/// The cycloid through both points, x = φ - sin φ and depth = 1 - cos φ for φ up to π; to there the bead takes the time φ
/// (Johann Bernoulli 1697).
let cycloid phi = phi - sin phi, 1.0 - cos phi

type Figures =
    {
        Chains: Tensor<float>
        LineTime: float
        Time: float
        /// The largest distance in depth between a corner and the cycloid.
        Distance: float
    }

let figures () =
    let chains: Tensor<float> = descend 18
    let last = chains[18]

    // φ - sin φ = x, all corners at once.
    let inner = xs[1 .. pieces - 1]
    let phi = newtonRoot (fun phi -> phi - sin phi - inner) (Tensor.cbrt (6.0 * inner))

    {
        Chains = chains
        LineTime = value (time line)
        Time = value (time last)
        Distance = 1.0 - cos phi - last |> Tensor.abs |> Tensor.max |> value
    }

let picture (figures: Figures) =
    let chain (i: int) =
        let heights =
            -figures.Chains
            |> Tensor.pad [ 0, 0; 1, 0 ] 0.0
            |> Tensor.pad [ 0, 0; 0, 1 ] -depthAtEnd

        Seq.zip (Tensor.toArray xs) (Tensor.toArray heights[i])

    Plot.create "The curve of fastest descent" "" ""
    |> Plot.thin "line" Palette.grey (chain 0)
    |> Plot.thin "after 2, 4 and 6 steps" Palette.orange (chain 2)
    |> Plot.thin "" Palette.orange (chain 4)
    |> Plot.thin "" Palette.orange (chain 6)
    |> Plot.line "after 18 steps" Palette.blue (chain 18)
    |> Plot.dots
        "cycloid"
        Palette.red
        3.0
        [
            for i in 0..12 -> let x, depth = cycloid (Math.PI * float i / 12.0) in x, -depth
        ]
    |> Plot.equal
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"along the line %.6f{found.LineTime} (exact %.6f{sqrt (Math.PI ** 2.0 + 4.0)})"
    printfn $"along the chain found %.6f{found.Time} (the cycloid's: π = %.6f{Math.PI})"
    printfn $"its corners are within %.1e{found.Distance} of the cycloid"
    Svg.save "out/brachistochrone/brachistochrone.svg" (picture found)
    0
