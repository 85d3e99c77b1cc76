/// The charge for which a particle's path, under the repulsion of two bodies, meets the origin: Newton's law by Euler's method, whose force is
/// a gradient, inside of a function that is minimised by its gradient (Pearlmutter and Siskind 2008).
module Adjoint.Examples.GradBench.Particle

open Adjoint
open Adjoint.Examples.GradBench.Descent

[<Literal>]
let private Step = 0.1

let private potential (w: Tensor<float>) (x: Tensor<float>) =
    let inverse (px: Tensor<float>) (py: Tensor<float>) =
        Tensor.rsqrt (Tensor.square (x[0] - px) + Tensor.square (x[1] - py))

    let ten = Tensor.scalar 10.0
    inverse ten (ten - w) + inverse ten (Tensor.scalar 0.0)

/// The square of the place where the particle meets the first axis.
let private miss (gradient: Gradient) w =
    let ahead (x: Tensor<float>, v: Tensor<float>) = x + Step * v
    let above (x, v) = (ahead (x, v))[1] .> 0.0

    let step (x: Tensor<float>, v: Tensor<float>) =
        ahead (x, v), v - Step * gradient (potential w) x

    let x, v = Flow.whileLoop above step (Tensor.vector [ 0.0; 8.0 ], Tensor.vector [ 0.75; 0.0 ])
    Tensor.square (x[0] - x[1] / v[1] * v[0])

/// The best charge found from w, by one mode of differentiation for the descent and one for the force.
let solve outer inner (w: Tensor<float>) =
    let found = argMin outer (fun w -> miss inner w[0]) (Tensor.reshape [ 1 ] w)
    found[0]

let private read input = Tensor.scalar (Input.number "w" input)

let functions =
    [
        "ff", Function.define read (solve forward forward) Function.number
        "fr", Function.define read (solve forward reverse) Function.number
        "rf", Function.define read (solve reverse forward) Function.number
        "rr", Function.define read (solve reverse reverse) Function.number
    ]
