/// A double pendulum from nothing but its energies. Lagrange's equations need first and second derivatives of the difference of
/// kinetic and potential energy; Adjoint takes them, so no equation of motion is worked out by hand.
module Adjoint.Examples.DoublePendulum

open System
open Adjoint

/// The places of both weights, [x₁, y₁, x₂, y₂], for rods of length 1 at angles q from hanging down.
let places (q: Tensor<float>) =
    let first = Tensor.stack 0 [ sin q[0]; -cos q[0] ]
    let second = first + Tensor.stack 0 [ sin q[1]; -cos q[1] ]
    Tensor.concat 0 [ first; second ]

/// Weights of 1, moving with angular velocities v: their velocities are the derivative of their places along v.
let kinetic q v =
    let _, velocities = jvp places q v
    0.5 * Tensor.sum (Tensor.square velocities)

/// Under gravity 1.
let potential q =
    let p: Tensor<float> = places q
    p[1] + p[3]

let lagrangian q v = kinetic q v - potential q

/// x with m x = b, for a matrix of 2 × 2, by Cramer's rule.
let solve (m: Tensor<float>) (b: Tensor<float>) =
    let determinant = m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]

    Tensor.stack 0 [ b[0] * m[1, 1] - b[1] * m[0, 1]; b[1] * m[0, 0] - b[0] * m[1, 0] ]
    / determinant

/// Lagrange's equations d/dt ∂L/∂v = ∂L/∂q, solved for the accelerations: (∂²L/∂v²) a = ∂L/∂q - (∂²L/∂q∂v) v.
let acceleration q v =
    let mass = hessian (lagrangian q) v
    let force = grad (fun q -> lagrangian q v) q
    let _, turning = jvp (fun q -> grad (lagrangian q) v) q v
    solve mass (force - turning)

type State =
    {
        Angles: Tensor<float>
        Velocities: Tensor<float>
    }

let energy state =
    kinetic state.Angles state.Velocities + potential state.Angles

/// One step of the classical method of Runge and Kutta.
let step (h: float) state =
    let slope state =
        {
            Angles = state.Velocities
            Velocities = acceleration state.Angles state.Velocities
        }

    let move (share: float) change =
        Structure.map2 (fun x d -> x + share * h * d) state change

    let k1 = slope state
    let k2 = slope (move 0.5 k1)
    let k3 = slope (move 0.5 k2)
    let k4 = slope (move 1.0 k3)
    let mean = Structure.map2 (fun a b -> (a + b) / 3.0) k2 k3
    let ends = Structure.map2 (fun a b -> (a + b) / 6.0) k1 k4
    Structure.map3 (fun x m e -> x + h * (m + e)) state mean ends

/// Drawn up sideways and let go.
let start =
    {
        Angles = Tensor.vector [ 2.0; 2.6 ]
        Velocities = Tensor.zeros [ 2 ]
    }

/// The places of both weights at so many moments, 0.04 apart, and the energies then.
let swing moments =
    let next state =
        Flow.forLoop 0 4 (fun _ -> step 0.01) state, (places state.Angles, energy state)

    compile (Flow.unfold moments next) start |> snd

/// The squares of the frequencies of small swings: the eigenvalues of (∂²T/∂v²)⁻¹ ∂²V/∂q² at rest, by trace and determinant.
let frequencies () =
    let rest = Tensor.zeros [ 2 ]

    let m =
        Linear.solve (hessian (kinetic rest) rest) (hessian potential rest)
        |> Tensor.toArray2D

    let half, determinant = (m[0, 0] + m[1, 1]) / 2.0, m[0, 0] * m[1, 1] - m[0, 1] * m[1, 0]
    let root = sqrt (half * half - determinant)
    half - root, half + root

type Figures =
    {
        Path: float[,]
        /// The largest change of the energy on the way.
        Drift: float
        Slow: float
        Fast: float
    }

let figures () =
    let path, energies = swing 500
    let slow, fast = frequencies ()

    {
        Path = Tensor.toArray2D path
        Drift = energies - energies[0] |> Tensor.abs |> Tensor.max |> value
        Slow = slow
        Fast = fast
    }

/// The paths of both weights, and the pendulum at the end.
let picture (figures: Figures) =
    let p = figures.Path
    let last = 499
    let rods = [ 0.0, 0.0; p[last, 0], p[last, 1]; p[last, 2], p[last, 3] ]

    Plot.create "A double pendulum for 20 units of time" "" ""
    |> Plot.thin "second weight" Palette.sky [ for i in 0..last -> p[i, 2], p[i, 3] ]
    |> Plot.thin "first weight" Palette.orange [ for i in 0..last -> p[i, 0], p[i, 1] ]
    |> Plot.line "" Palette.ink rods
    |> Plot.dots "" Palette.ink 6.0 rods.Tail
    |> Plot.equal
    |> Plot.sized 520.0 520.0
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"squared frequencies of small swings %.12f{found.Slow} and %.12f{found.Fast}"
    printfn $"              exact: 2 - √2, 2 + √2 = %.12f{2.0 - sqrt 2.0} and %.12f{2.0 + sqrt 2.0}"
    printfn $"the energy changes by at most %.1e{found.Drift}"
    Svg.save "out/double-pendulum/double-pendulum.svg" (picture found)
    0
