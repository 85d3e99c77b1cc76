/// The log posterior of a mixture of normal distributions with a Wishart prior, and its gradient. The inverse covariance of each is LᵀL, with
/// a lower triangular L whose diagonal is given by its logarithms.
module Adjoint.Examples.GradBench.Gmm

open System
open Adjoint

type Parameters =
    {
        /// Logarithms of the weights, up to a constant: [k].
        Alpha: Tensor<float>
        /// Means: [k, d].
        Mu: Tensor<float>
        /// Logarithms of the diagonals of L: [k, d].
        Q: Tensor<float>
        /// What lies below them, column by column: [k, d (d - 1) / 2].
        L: Tensor<float>
    }

type Data =
    {
        /// [n, d].
        X: Tensor<float>
        /// The prior's precision.
        Gamma: Tensor<float>
        /// The prior's additional degrees of freedom.
        M: int
    }

/// Where row i, column j of L stands in (0, its elements below the diagonal, its diagonal).
let private places d =
    let place i j =
        if i = j then 1 + d * (d - 1) / 2 + i
        elif i < j then 0
        else 1 + j * d - j * (j + 1) / 2 + i - j - 1

    Tensor.matrix [ for i in 0 .. d - 1 -> [ for j in 0 .. d - 1 -> place i j ] ]

/// The matrices L: [k, d, d].
let private triangles parameters (diagonal: Tensor<float>) =
    let k, d = diagonal.Shape[0], diagonal.Shape[1]

    Tensor.concat 1 [ Tensor.zeros [ k; 1 ]; parameters.L; diagonal ]
    |> Tensor.takeAxis 1 (places d)

/// Logarithm of the multivariate gamma function (Muirhead 1982, theorem 2.1.12).
let private logMultivariateGamma d a =
    let terms = a - 0.5 * Tensor.arange<float> d
    0.25 * float (d * (d - 1)) * log Math.PI + Tensor.sum (Tensor.lgamma terms)

let private logPrior data parameters (diagonal: Tensor<float>) =
    let k, d = diagonal.Shape[0], diagonal.Shape[1]
    let freedom = float (d + data.M + 1)
    let squares = Tensor.sum (Tensor.square diagonal) + Tensor.sum (Tensor.square parameters.L)

    let constant =
        freedom * float d * (log data.Gamma - 0.5 * log 2.0)
        - logMultivariateGamma d (0.5 * freedom)

    float k * constant - 0.5 * Tensor.square data.Gamma * squares
    + float data.M * Tensor.sum parameters.Q

let objective data parameters =
    let n, d = data.X.Shape[0], data.X.Shape[1]
    let diagonal = Tensor.exp parameters.Q
    let lower = triangles parameters diagonal

    // L (x - μ) of all points and components, as one product: [n, k, d].
    let shifted = Tensor.einsum "kij,kj->ki" [ lower; parameters.Mu ]
    let white = Tensor.einsum "nj,kij->nki" [ data.X; lower ] - shifted

    let terms =
        parameters.Alpha + Tensor.sumAlong 1 parameters.Q
        - 0.5 * (white |> Tensor.square |> Tensor.sumAlong 2)

    Tensor.sum (Tensor.logSumExpAlong 1 terms)
    - float n
      * (Tensor.logSumExp parameters.Alpha + 0.5 * float d * log (2.0 * Math.PI))
    + logPrior data parameters diagonal

let jacobian data parameters = grad (objective data) parameters

let private read input =
    {
        X = Input.matrix "x" input
        Gamma = Tensor.scalar (Input.number "gamma" input)
        M = Input.whole "m" input
    },
    {
        Alpha = Input.vector "alpha" input
        Mu = Input.matrix "mu" input
        Q = Input.matrix "q" input
        L = Input.matrix "l" input
    }

let private write gradient =
    Fields
        [
            "alpha", Function.numbers gradient.Alpha
            "mu", Function.rows gradient.Mu
            "q", Function.rows gradient.Q
            "l", Function.rows gradient.L
        ]

let functions =
    [
        "objective", Function.define read (fun (data, parameters) -> objective data parameters) Function.number
        "jacobian", Function.define read (fun (data, parameters) -> jacobian data parameters) write
    ]
