/// The gradient descent of the evals particle and saddle: it stops at a small slope or a small step, and doubles its rate after ten
/// successes. It is differentiable in its turn, as all that is made of `Flow` (gradbench/gradbench, cpp/gradbench/gd.hpp, MIT).
module Adjoint.Examples.GradBench.Descent

open Adjoint

/// A gradient operator: of a function of a vector, by forward or reverse mode.
type Gradient = (Tensor<float> -> Tensor<float>) -> Tensor<float> -> Tensor<float>

let forward: Gradient = jacfwd

let reverse: Gradient = grad

[<Literal>]
let private Small = 1e-5

type private State =
    {
        X: Tensor<float>
        Value: Tensor<float>
        Slope: Tensor<float>
        Rate: Tensor<float>
        Successes: Tensor<int64>
        Moving: Tensor<bool>
    }

let private length (x: Tensor<float>) = Tensor.sqrt (Tensor.sum (x * x))

/// One step: a doubled rate, a lower value, or a halved rate; or the end.
let private step (gradient: Gradient) f state =
    let accept (next, value, state) =
        { state with
            X = next
            Value = value
            Slope = gradient f next
            Successes = state.Successes + 1L
        }

    let reject (_, _, state) =
        { state with
            Rate = 0.5 * state.Rate
            Successes = Tensor.zerosLike state.Successes
        }

    let move (next, state) =
        let value = f next
        Flow.cond (value .< state.Value) accept reject (next, value, state)

    let stop (_, state) =
        { state with
            Moving = Tensor.scalar false
        }

    let attempt state =
        let next = state.X - state.Rate * state.Slope
        Flow.cond (length (next - state.X) .> Small) move stop (next, state)

    let faster state =
        { state with
            Rate = 2.0 * state.Rate
            Successes = Tensor.zerosLike state.Successes
        }

    Flow.cond (state.Successes .= 10L) faster attempt state

/// Where f is least near the start. f : vector -> number.
let argMin (gradient: Gradient) f start =
    let first =
        {
            X = start
            Value = f start
            Slope = gradient f start
            Rate = Tensor.scalar Small
            Successes = Tensor.scalar 0L
            Moving = Tensor.scalar true
        }

    let last =
        first
        |> Flow.whileLoop (fun state -> state.Moving &&& (length state.Slope .> Small)) (step gradient f)

    last.X

/// Where f is greatest near the start.
let argMax (gradient: Gradient) (f: Tensor<float> -> Tensor<float>) start = argMin gradient (fun x -> -(f x)) start
