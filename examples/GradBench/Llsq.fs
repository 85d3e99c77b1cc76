/// Least squares: how far a polynomial with coefficients x is from the sign of t, at n points t between -1 and 1.
module Adjoint.Examples.GradBench.Llsq

open Adjoint

/// The polynomial at one point, by Horner's rule. x : [m], the constant first.
let private polynomial (x: Tensor<float>) (t: Tensor<float>) =
    Flow.scanBack (fun y coefficient -> y * t + coefficient, ()) (Tensor.zerosLike t) x
    |> fst

/// ½ Σ (sign t - polynomial t)²
let primal (n: int) x =
    let square t =
        Tensor.square (Tensor.sign t - polynomial x t)

    let points = Tensor.arange<float> n * 2.0 / float (n - 1) - 1.0
    0.5 * Tensor.sum (vmap square points)

let gradient n x = grad (primal n) x

let private read input =
    Input.whole "n" input, Input.vector "x" input

let functions =
    [
        "primal", Function.define read (fun (n, x) -> primal n x) Function.number
        "gradient", Function.define read (fun (n, x) -> gradient n x) Function.numbers
    ]
