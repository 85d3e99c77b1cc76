/// How much of the Nile's yearly flow is noise, and how far does its level drift? Maximum likelihood through a Kalman filter: the
/// likelihood is a `scan` over the years, and Newton's method finds where its gradient is zero.
module Adjoint.Examples.Kalman

open Adjoint

/// The flow at Aswan from 1871 to 1970, in 10⁸ m³ a year (Durbin and Koopman 2012, data set of chapter 2; `Nile` in R).
let flow =
    """
    1120 1160 963 1210 1160 1160 813 1230 1370 1140 995 935 1110 994 1020 960 1180 799 958 1140 1100 1210 1150 1250 1260
    1220 1030 1100 774 840 874 694 940 833 701 916 692 1020 1050 969 831 726 456 824 702 1120 1100 832 764 821
    768 845 864 862 698 845 744 796 1040 759 781 865 845 944 984 897 822 1010 771 676 649 846 812 742 801
    1040 860 874 848 890 744 749 838 1050 918 986 797 923 975 815 1020 906 901 1170 912 746 919 718 714 740
    """
    |> Numbers.read
    |> Tensor.vector

/// What the filter believes of the level: a normal distribution.
type Belief =
    {
        Mean: Tensor<float>
        Variance: Tensor<float>
    }

/// The local level model, flow = level + noise, level' = level + drift: the belief after each year, and the log-likelihood of
/// each year's flow. θ holds the logarithms of the two variances. The first flow is all that is known of the first level.
let filter (theta: Tensor<float>) (flow: Tensor<float>) =
    let noise, drift = Tensor.exp theta[0], Tensor.exp theta[1]

    let year before (y: Tensor<float>) =
        let variance = before.Variance + drift
        let surprise, spread = y - before.Mean, variance + noise
        let gain = variance / spread

        let after =
            {
                Mean = before.Mean + gain * surprise
                Variance = (1.0 - gain) * variance
            }

        after, (after, -0.5 * (log (2.0 * System.Math.PI * spread) + surprise * surprise / spread))

    let first = { Mean = flow[0]; Variance = noise }
    let _, (beliefs, likelihoods) = Flow.scan year first flow[1..]
    beliefs, likelihoods

let logLikelihood theta = snd (filter theta flow) |> Tensor.sum

/// A first guess by moments: a change of the flow has variance drift + 2 noise, and covariance -noise with the next change.
let guess =
    let changes = flow[1..] - flow[..98]
    let noise = -Tensor.mean(changes[1..] * changes[..97])
    let drift = Tensor.mean (changes * changes) - 2.0 * noise
    Tensor.stack 0 [ log noise; log drift ]

/// The logarithms of the variances of greatest likelihood, where the gradient is zero.
let estimate () = newtonRoot (grad logLikelihood) guess

/// The standard errors of the logarithms: the likelihood's curvature at the top, a matrix of 2 × 2, inverted.
let standardErrors theta =
    let h = hessian logLikelihood theta |> Tensor.toArray2D
    let determinant = h[0, 0] * h[1, 1] - h[0, 1] * h[1, 0]
    sqrt (-h[1, 1] / determinant), sqrt (-h[0, 0] / determinant)

type Figures =
    {
        Noise: float
        Drift: float
        LogLikelihood: float
        Errors: float * float
        Beliefs: Belief
    }

let figures () =
    let theta = estimate ()

    {
        Noise = exp (value theta[0])
        Drift = exp (value theta[1])
        LogLikelihood = value (logLikelihood theta)
        Errors = standardErrors theta
        Beliefs = fst (filter theta flow)
    }

/// The flow, and the filtered level with two standard deviations on either side.
let picture figures =
    let years = [ 1871.0 .. 1970.0 ]
    let means = Tensor.toArray figures.Beliefs.Mean
    let deviations = Tensor.toArray (sqrt figures.Beliefs.Variance)
    let level = Seq.zip3 years.Tail means deviations

    Plot.create "The level of the Nile" "year" "flow at Aswan, 10⁸ m³"
    |> Plot.band "two standard deviations" Palette.blue [ for year, m, s in level -> year, m - 2.0 * s, m + 2.0 * s ]
    |> Plot.dots "flow" Palette.grey 2.5 (Seq.zip years (Tensor.toArray flow))
    |> Plot.line "filtered level" Palette.blue [ for year, m, _ in level -> year, m ]
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    let noise, drift = found.Errors
    printfn $"first guess {exp guess}"
    printfn $"noise variance %.1f{found.Noise} (published 15098.5), its logarithm ± %.3f{noise}"
    printfn $"drift variance %.2f{found.Drift} (published 1469.18), its logarithm ± %.3f{drift}"
    printfn $"log-likelihood %.4f{found.LogLikelihood} (published -632.5456)"
    Svg.save "out/kalman/kalman.svg" (picture found)
    0
