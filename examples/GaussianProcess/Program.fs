/// A curve through noisy points, with an honest error band: regression by a Gaussian process. Its smoothness, height and noise are
/// those of greatest likelihood, found by differentiating through Cholesky's decomposition, which is a loop.
module Adjoint.Examples.GaussianProcess

open System
open Adjoint

/// Thirty points of a curve, with a gap, measured with errors of standard deviation 0.15.
let x =
    let spread: Tensor<float> = Random.key 3 |> Random.uniformIn 0.0 1.0 [ 30 ]
    Tensor.concat 0 [ 4.0 * spread[..19]; 6.0 + 4.0 * spread[20..] ]

let truth (x: Tensor<float>) = sin (1.5 * x) + 0.3 * x

let y = truth x + 0.15 * Random.normal [ 30 ] (Random.key 4)

/// The covariance of the curve at two lists of places: amplitude² exp(-distance² / 2 length²). theta holds the logarithms of
/// amplitude, length and noise.
let kernel (theta: Tensor<float>) (a: Tensor<float>) (b: Tensor<float>) =
    let distance = (Tensor.expandDims 1 a - Tensor.expandDims 0 b) / exp theta[1]
    exp (2.0 * theta[0] - 0.5 * Tensor.square distance)

let covariance (theta: Tensor<float>) =
    kernel theta x x + exp (2.0 * theta[2]) * Tensor.eye x.Size

/// ln of the density of the measurements (Rasmussen and Williams 2006, algorithm 2.1).
let logLikelihood theta =
    let l = Linear.cholesky (covariance theta)
    let whitened = Linear.forward l y

    -0.5 * Tensor.sum (Tensor.square whitened)
    - Tensor.sum (log (Tensor.diagonal l))
    - 0.5 * float x.Size * log (2.0 * Math.PI)

/// Its gradient as the book gives it (5.9): ½ tr((α αᵀ - K⁻¹) ∂K/∂θ), with α = K⁻¹ y.
let gradientByHand theta =
    let inverse = Linear.inverse (covariance theta)
    let alpha = Tensor.matMul inverse y
    let slopes = jacobian covariance theta
    0.5 * Tensor.einsum "ij,jik->k" [ Tensor.outer alpha alpha - inverse; slopes ]

/// Mean and standard deviation of the curve at other places.
let predict theta at =
    let l = Linear.cholesky (covariance theta)
    let across = kernel theta x at
    let whitened = Linear.forward l across
    let mean = Tensor.matMul (Linear.forward l y) whitened
    mean, sqrt (exp (2.0 * theta[0]) - Tensor.sumAlong 0 (Tensor.square whitened))

type Figures =
    {
        Theta: Tensor<float>
        LogLikelihood: float
        Before: float
        /// The gradient before the search, in both ways.
        Gradient: float[]
        ByHand: float[]
    }

let guess = Tensor.vector [ 0.5; 0.5; -1.5 ]

let figures () =
    let theta = newtonRoot (grad logLikelihood) guess

    {
        Theta = theta
        LogLikelihood = value (logLikelihood theta)
        Before = value (logLikelihood guess)
        Gradient = Tensor.toArray (grad logLikelihood guess)
        ByHand = Tensor.toArray (gradientByHand guess)
    }

let picture (figures: Figures) =
    let at: Tensor<float> = Tensor.linspace -0.5 11.0 116
    let mean, deviation = predict figures.Theta at
    let at', mean, deviation = Tensor.toArray at, Tensor.toArray mean, Tensor.toArray deviation

    Plot.create "Regression by a Gaussian process" "x" "y"
    |> Plot.band
        "two deviations"
        Palette.blue
        [
            for i, x in Seq.indexed at' -> x, mean[i] - 2.0 * deviation[i], mean[i] + 2.0 * deviation[i]
        ]
    |> Plot.dashes "truth" Palette.ink (Seq.zip at' (Tensor.toArray (truth at)))
    |> Plot.line "mean" Palette.blue (Seq.zip at' mean)
    |> Plot.dots "measured" Palette.red 3.0 (Seq.zip (Tensor.toArray x) (Tensor.toArray y))
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn "gradient through the factor %A" found.Gradient
    printfn "gradient by the formula    %A" found.ByHand
    printfn $"log-likelihood %.3f{found.Before} before, %.3f{found.LogLikelihood} after"
    printfn $"amplitude, length, noise: {exp found.Theta}; the noise was 0.15"
    Svg.save "out/gaussian-process/gaussian-process.svg" (picture found)
    0
