/// The logarithm of the sum of all elements of a matrix product, and its gradient.
module Adjoint.Examples.LogSum

open Adjoint

/// A, three rows of two.
let matrix = Tensor.matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ 5.0; 6.0 ] ]

/// f(A) = ln Σᵢⱼ (AᵀA)ᵢⱼ
let logSum a =
    Tensor.matMul (Tensor.transpose a) a |> Tensor.sum |> Tensor.log

/// f(A) and its gradient, which has A's shape. The sum is |A·1|² = 179, 1 being the vector of ones; so the gradient is
/// 2 (A·1)ᵢ / 179 in both columns of row i.
let figures () = valueAndGrad logSum matrix

[<EntryPoint>]
let main _ =
    let result, gradient = figures ()
    printfn $"ln of the sum of AᵀA: %.7f{value result}"
    printfn $"gradient: %A{gradient}"
    0
