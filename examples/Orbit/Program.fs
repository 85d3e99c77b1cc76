/// With which velocity must a probe leave to be at a given place at a given time? The path is integrated by a method that keeps energy,
/// and Newton's method aims through the derivative of the whole path.
module Adjoint.Examples.Orbit

open System
open Adjoint

/// Position and velocity around a sun of weight 1.
type Probe =
    {
        Position: Tensor<float>
        Velocity: Tensor<float>
    }

let energy probe =
    0.5 * Tensor.sum (Tensor.square probe.Velocity)
    - 1.0 / Tensor.norm probe.Position

/// The force is minus the gradient of the potential.
let force position =
    grad (fun position -> 1.0 / Tensor.norm position) position

/// One step of the leapfrog method: half a kick, a drift, half a kick.
let leapfrog (h: float) probe =
    let half = probe.Velocity + 0.5 * h * force probe.Position
    let position = probe.Position + h * half

    {
        Position = position
        Velocity = half + 0.5 * h * force position
    }

/// Three leaps of lengths that cancel the errors of third order (Yoshida 1990): order 4, and still symplectic.
let symplectic h =
    let w = 1.0 / (2.0 - 2.0 ** (1.0 / 3.0))
    leapfrog (w * h) >> leapfrog ((1.0 - 2.0 * w) * h) >> leapfrog (w * h)

/// The classical method of Runge and Kutta, of order 4 too, which doesn't know of energy.
let rungeKutta (h: float) probe =
    let move (share: float) (change: Probe) =
        Structure.map2 (fun x d -> x + share * h * d) probe change

    let slope probe =
        {
            Position = probe.Velocity
            Velocity = force probe.Position
        }

    let k1 = slope probe
    let k2 = slope (move 0.5 k1)
    let k3 = slope (move 0.5 k2)
    let k4 = slope (move 1.0 k3)

    {
        Position =
            probe.Position
            + h / 6.0 * (k1.Position + 2.0 * k2.Position + 2.0 * k3.Position + k4.Position)
        Velocity =
            probe.Velocity
            + h / 6.0 * (k1.Velocity + 2.0 * k2.Velocity + 2.0 * k3.Velocity + k4.Velocity)
    }

/// An ellipse of half axis 1 and eccentricity 1/2, from its nearest point to the sun: period 2π.
let eccentricity = 0.5

let departure = Tensor.vector [ 1.0 - eccentricity; 0.0 ]

/// The speed there that keeps to the ellipse.
let exactSpeed = sqrt ((1.0 + eccentricity) / (1.0 - eccentricity))

/// The place on the ellipse at a time: the eccentric anomaly is a root of Kepler's equation, E - e sin E = t.
let onEllipse (time: float) =
    let anomaly = newtonRoot (fun angle -> angle - eccentricity * sin angle - time) (Tensor.scalar time)

    Tensor.stack
        0
        [
            cos anomaly - eccentricity
            sqrt (1.0 - eccentricity * eccentricity) * sin anomaly
        ]

/// The time of flight, its steps, and where the probe shall be then.
let flight, steps = 2.5, 250

let target = onEllipse flight

let launch velocity =
    {
        Position = departure
        Velocity = velocity
    }

let arrive velocity =
    Flow.forLoop 0 steps (fun _ -> symplectic (flight / float steps)) (launch velocity)

/// The velocity to leave with, from the guess of a circle around the sun.
let aim () =
    newtonRoot (fun velocity -> (arrive velocity).Position - target) (Tensor.vector [ 0.0; sqrt 2.0 ])

/// By how much the energy is off after each of so many revolutions, 100 steps each.
let drift method revolutions =
    let start = launch (Tensor.vector [ 0.0; exactSpeed ])

    let revolution probe =
        let next = Flow.forLoop 0 100 (fun _ -> method (2.0 * Math.PI / 100.0)) probe
        next, energy next - energy start

    compile (Flow.unfold revolutions revolution) start |> snd |> Tensor.toArray

type Figures =
    {
        Velocity: Tensor<float>
        Symplectic: float[]
        RungeKutta: float[]
    }

let figures () =
    {
        Velocity = aim ()
        Symplectic = drift symplectic 60
        RungeKutta = drift rungeKutta 60
    }

/// The flight that was found and the one of the guess; and the energies.
let picture (figures: Figures) =
    let path velocity =
        let places =
            Flow.unfold 51 (fun probe -> Flow.forLoop 0 5 (fun _ -> symplectic 0.01) probe, probe.Position) (launch velocity)
            |> snd
            |> Tensor.toArray2D

        [ for i in 0..50 -> places[i, 0], places[i, 1] ]

    let goal = Tensor.toArray target

    let errors values =
        [ for i, error in Seq.indexed values -> float (i + 1), 1000.0 * error ]

    Drawing.row
        [
            Plot.create "Aiming at a place and time" "" ""
            |> Plot.dashes "guess" Palette.grey (path (Tensor.vector [ 0.0; sqrt 2.0 ]))
            |> Plot.line "found" Palette.blue (path figures.Velocity)
            |> Plot.dots "sun" Palette.orange 8.0 [ (0.0, 0.0) ]
            |> Plot.dots "target" Palette.red 5.0 [ (goal[0], goal[1]) ]
            |> Plot.equal
            |> Plot.sized 400.0 360.0
            Plot.create "Error of the energy" "revolutions" "10⁻³"
            |> Plot.line "symplectic" Palette.blue (errors figures.Symplectic)
            |> Plot.line "Runge and Kutta" Palette.red (errors figures.RungeKutta)
            |> Plot.sized 400.0 360.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    let velocity = Tensor.toArray found.Velocity
    printfn $"velocity found (%.8f{velocity[0]}, %.8f{velocity[1]}), exact (0, %.8f{exactSpeed})"
    printfn $"error of the energy after 60 revolutions: symplectic %.1e{found.Symplectic[59]}, Runge and Kutta %.1e{found.RungeKutta[59]}"
    Svg.save "out/orbit/orbit.svg" (picture found)
    0
