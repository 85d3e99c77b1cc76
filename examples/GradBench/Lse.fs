/// The logarithm of the sum of exponentials, shifted by the largest number so that it cannot overflow.
module Adjoint.Examples.GradBench.Lse

open Adjoint

let primal (x: Tensor<float>) =
    // The shift cancels out, so nothing is lost where it is held fixed.
    let shift = x |> Tensor.max |> stopGradient
    x - shift |> Tensor.exp |> Tensor.sum |> Tensor.log |> (+) shift

let gradient x = grad primal x

let functions =
    [
        "primal", Function.define (Input.vector "x") primal Function.number
        "gradient", Function.define (Input.vector "x") gradient Function.numbers
    ]
