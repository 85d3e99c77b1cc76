/// y₀' = x₀, yᵢ' = xᵢ yᵢ₋₁, from zeros at time 0 to time 2, by steps of Runge and Kutta's method of fourth order.
module Adjoint.Examples.GradBench.Ode

open Adjoint

let private slope (x: Tensor<float>) (y: Tensor<float>) =
    x * Tensor.concat 0 [ Tensor.ones [ 1 ]; y[.. y.Size - 2] ]

let private step (h: float) x (y: Tensor<float>) =
    let k1 = slope x y
    let k2 = slope x (y + h * k1 / 2.0)
    let k3 = slope x (y + h * k2 / 2.0)
    let k4 = slope x (y + h * k3)
    y + h * (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0

/// y at time 2, of x's size.
let primal (steps: int) x =
    Tensor.zerosLike x
    |> Flow.forLoop 0 steps (fun _ y -> step (2.0 / float steps) x y)

/// The gradient of y's last element.
let gradient steps (x: Tensor<float>) =
    grad (fun x -> (primal steps x)[x.Size - 1]) x

let private read input =
    Input.whole "s" input, Input.vector "x" input

let functions =
    [
        "primal", Function.define read (fun (s, x) -> primal s x) Function.numbers
        "gradient", Function.define read (fun (s, x) -> gradient s x) Function.numbers
    ]
