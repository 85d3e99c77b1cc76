/// The saddle of f(x, y) = |x|² - |y|²: the x for which the greatest value over y is least. A descent within a descent, each with a mode of
/// differentiation of its own (Pearlmutter and Siskind 2008).
module Adjoint.Examples.GradBench.Saddle

open Adjoint
open Adjoint.Examples.GradBench.Descent

let private f (x: Tensor<float>) (y: Tensor<float>) =
    Tensor.sum (Tensor.square x) - Tensor.sum (Tensor.square y)

/// x and y together: [4].
let solve outer inner start =
    let greatest x = f x (argMax inner (f x) start)
    let x = argMin outer greatest start
    Tensor.concat 0 [ x; argMax outer (f x) start ]

let private read input =
    let start = Input.vector "start" input

    if start.Size <> 2 then
        raise (BadInput $"start has {start.Size} numbers, not 2")

    start

let functions =
    [
        "ff", Function.define read (solve forward forward) Function.numbers
        "fr", Function.define read (solve forward reverse) Function.numbers
        "rf", Function.define read (solve reverse forward) Function.numbers
        "rr", Function.define read (solve reverse reverse) Function.numbers
    ]
