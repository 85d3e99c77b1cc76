/// The square of a number, and its derivative.
module Adjoint.Examples.GradBench.Hello

open Adjoint

let square (x: Tensor<float>) = x * x

let double x = grad square x

let functions =
    [
        "square", Function.define Input.scalar square Function.number
        "double", Function.define Input.scalar double Function.number
    ]
