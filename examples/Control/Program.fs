/// A pole is balanced on a cart by planning. The cost of two seconds is a function of the pushes on the way; its minimum is the plan, and
/// how the plan's first push depends on the state is the rule to steer by: the derivative of a minimum. Riccati's equation agrees.
module Adjoint.Examples.Control

open System
open Adjoint

/// The change of the state [place, angle, their velocities] under a push: a cart of weight 1, a pole of weight 0.1 and length 1
/// (Barto, Sutton and Anderson 1983, without friction).
let motion (state: Tensor<float>) (push: Tensor<float>) =
    let angle, turning = state[1], state[3]
    let force = push + 0.05 * turning * turning * sin angle

    let fall =
        (9.8 * sin angle - cos angle * force / 1.1)
        / (0.5 * (4.0 / 3.0 - 0.1 * cos angle * cos angle / 1.1))

    Tensor.stack 0 [ state[2]; turning; (force - 0.05 * fall * cos angle) / 1.1; fall ]

let dt = 0.02

/// The state a short time later, by the midpoint rule.
let advance state push =
    let middle: Tensor<float> = state + 0.5 * dt * motion state push
    state + dt * motion middle push

/// Close to balance the motion is linear: state' = A state + B push. Its matrices are jacobians.
let upright = Tensor.zeros [ 4 ]

let a = jacobian (fun state -> advance state (Tensor.scalar 0.0)) upright
let b = jacobian (fun push -> advance upright push) (Tensor.scalar 0.0)

/// What a moment costs: the squares of place, slant, their velocities and the push.
let weights = Tensor.vector [ 1.0; 10.0; 0.1; 0.1 ]
let effort = 0.01

/// The number of pushes in a plan.
let horizon = 100

/// The cost of a plan from a state, in the linear model.
let cost (start: Tensor<float>) (pushes: Tensor<float>) =
    let step state push =
        let next = Tensor.matMul a state + b * push
        next, Tensor.sum (weights * Tensor.square next) + effort * Tensor.square push

    Flow.scan step start pushes |> snd |> Tensor.sum

/// The pushes of least cost. The cost is quadratic, so one step of Newton's method leads there from anywhere.
let plan start =
    let nothing = Tensor.zeros [ horizon ]
    Linear.solve (hessian (cost start) nothing) -(grad (cost start) nothing)

/// How the first push depends on the state: push = -gain · state.
let gain () =
    -(compile (jacobian (fun start -> (plan start)[0])) upright)

/// The same gain by Riccati's equation, from the end of the plan backwards. p : the least cost to come from a state x is x' p x.
let riccati () =
    let gainOf (arriving: Tensor<float>) =
        let weight = Tensor.matMul arriving b
        Tensor.matMul weight a / (effort + Tensor.dot b weight)

    let earlier _ (p, _) =
        let arriving = p + Tensor.eye 4 * weights
        let gain = gainOf arriving
        let closed = a - Tensor.outer b gain
        let p = Tensor.matMul (Tensor.transpose closed) (Tensor.matMul arriving closed)
        p + effort * Tensor.outer gain gain, gain

    Flow.forLoop 0 horizon earlier (Tensor.zeros [ 4; 4 ], Tensor.zeros [ 4 ])
    |> snd

/// The true pole, let go at an angle of 0.4 (23 degrees) and steered by a gain: angles and places of the cart.
let balance gain =
    let step (state: Tensor<float>) =
        let next = advance state -(Tensor.dot gain state)
        next, next

    Flow.unfold 300 step (Tensor.vector [ 0.0; 0.4; 0.0; 0.0 ])
    |> snd
    |> Tensor.toArray2D

/// A rule that someone tried: push where the pole falls to.
let simple = Tensor.vector [ 0.0; -30.0; 0.0; -2.0 ]

type Figures =
    {
        Gain: Tensor<float>
        Riccati: Tensor<float>
        /// The states of the true pole under the gain, and under the simple rule.
        Steered: float[,]
        Simple: float[,]
    }

let figures () =
    let gain = gain ()

    {
        Gain = gain
        Riccati = riccati ()
        Steered = balance gain
        Simple = balance simple
    }

let picture (figures: Figures) =
    let curve column (states: float[,]) =
        [ for i in 0..299 -> dt * float (i + 1), states[i, column] ]

    let panel title column =
        Plot.create title "seconds" ""
        |> Plot.line "simple rule" Palette.grey (curve column figures.Simple)
        |> Plot.line "planned" Palette.blue (curve column figures.Steered)
        |> Plot.sized 400.0 340.0

    Drawing.row [ panel "Angle of the pole" 1; panel "Place of the cart" 0 ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn "gain by planning:           %A" (Tensor.toArray found.Gain)
    printfn "gain by Riccati's equation: %A" (Tensor.toArray found.Riccati)
    printfn $"after 6 seconds the cart is at %.4f{found.Steered[299, 0]}, by the simple rule at %.2f{found.Simple[299, 0]}"
    Svg.save "out/control/control.svg" (picture found)
    0
