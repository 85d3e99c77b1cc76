/// The cost of centroids is the sum of each point's squared distance to the nearest of them; the direction is that of Newton's method.
module Adjoint.Examples.GradBench.KMeans

open Adjoint

type Problem =
    {
        Points: Tensor<float>
        Centroids: Tensor<float>
    }

/// The nearest centroid of each point: |c - p|² = |p|² - 2 p·c + |c|², where |p|² does not matter.
let private nearest points centroids =
    let lengths = centroids |> Tensor.square |> Tensor.sumAlong 1

    lengths - 2.0 * Tensor.matMul points (Tensor.transpose centroids)
    |> Tensor.argMin 1

/// Which centroid is nearest is an integer and has no derivative, so the distances to all the others stay out of it.
let cost (points: Tensor<float>) centroids =
    points - Tensor.take (nearest points centroids) centroids
    |> Tensor.square
    |> Tensor.sum

/// The gradient divided by the diagonal of the hessian, which is all there is of it: so the hessian times ones gives it.
let direction points centroids =
    let slope, curvature = jvp (grad (cost points)) centroids (Tensor.onesLike centroids)
    slope / curvature

let private read input =
    {
        Points = Input.matrix "points" input
        Centroids = Input.matrix "centroids" input
    }

let functions =
    [
        "cost", Function.define read (fun problem -> cost problem.Points problem.Centroids) Function.number
        "dir", Function.define read (fun problem -> direction problem.Points problem.Centroids) Function.rows
    ]
