/// A regression by Hamiltonian Monte Carlo: a thousand times over, a ball is kicked at random and rolls without friction through the
/// landscape of minus the log of the posterior, whose slope is a gradient. Many chains run side by side by `vmap`.
module Adjoint.Examples.Hmc

open Adjoint

/// Twelve measurements along a line with offset -1 and slope 2, with errors of standard deviation 1/2.
let noise = 0.5

let x: Tensor<float> = Tensor.linspace 0.0 2.0 12

let y = 2.0 * x - 1.0 + noise * Random.normal [ 12 ] (Random.key 1)

/// ln of prior times likelihood, up to a constant. theta : [offset; slope], both of a prior with mean 0 and standard deviation 3.
let logPosterior (theta: Tensor<float>) =
    let residuals = (theta[0] + theta[1] * x - y) / noise

    -0.5 * Tensor.sum (Tensor.square residuals)
    - 0.5 * Tensor.sum (Tensor.square (theta / 3.0))

/// The exact posterior, which is normal: its precision is the constant -∇² ln p, and its mean is where the gradient is zero.
let exact () =
    let precision = -(hessian logPosterior (Tensor.zeros [ 2 ]))
    let covariance = Linear.inverse precision
    Tensor.matMul covariance (grad logPosterior (Tensor.zeros [ 2 ])), covariance

type Chain =
    {
        Theta: Tensor<float>
        Key: Tensor<uint32>
    }

/// One sample: a random kick, eleven leapfrog steps, and a decision that makes up for the error of their energy (Neal 2011).
let sample (size: float) chain =
    let key, forKick = Random.split chain.Key
    let key, forChoice = Random.split key
    let slope = grad logPosterior
    let kick = Random.normal [ 2 ] forKick

    let leap _ (theta: Tensor<float>, momentum: Tensor<float>) =
        let half = momentum + 0.5 * size * slope theta
        let theta = theta + size * half
        theta, half + 0.5 * size * slope theta

    let proposed, momentum = Flow.forLoop 0 11 leap (chain.Theta, kick)

    let energy theta (momentum: Tensor<float>) =
        0.5 * Tensor.sum (Tensor.square momentum) - logPosterior theta

    let excess = energy proposed momentum - energy chain.Theta kick
    let accepted = log (Random.uniform [] forChoice) .< -excess
    let theta = Tensor.where accepted proposed chain.Theta

    { Theta = theta; Key = key }, (theta, accepted)

/// So many chains of so many samples each, without the first twenty: [chains, samples, 2], and the share that was accepted.
let run chains samples =
    let chain key =
        Flow.unfold
            (samples + 20)
            (sample 0.12)
            {
                Theta = Tensor.zeros [ 2 ]
                Key = key
            }
        |> snd

    let thetas, accepted = Random.key 2 |> Random.splitMany chains |> compile (vmap chain)
    let share: Tensor<float> = Tensor.cast accepted |> Tensor.mean
    thetas[*, 20.., *], value share

type Figures =
    {
        Samples: Tensor<float>
        Acceptance: float
        Mean: float[]
        Covariance: float[,]
        ExactMean: float[]
        ExactCovariance: float[,]
    }

let figures () =
    let thetas, acceptance = run 50 200
    let all = Tensor.reshape [ -1; 2 ] thetas
    let mean = Tensor.meanAlong 0 all
    let centred = all - mean
    let exactMean, exactCovariance = exact ()

    {
        Samples = thetas
        Acceptance = acceptance
        Mean = Tensor.toArray mean
        Covariance =
            Tensor.matMul (Tensor.transpose centred) centred / float (all.Shape.Head)
            |> Tensor.toArray2D
        ExactMean = Tensor.toArray exactMean
        ExactCovariance = Tensor.toArray2D exactCovariance
    }

/// Some samples, one chain's path, and the lines within which 39, 86 and 99 % of the exact posterior lie.
let picture (figures: Figures) =
    let samples = Tensor.toArray (figures.Samples |> Tensor.reshape [ -1 ])
    let point i = samples[2 * i], samples[2 * i + 1]
    let root = Linear.cholesky (Tensor.ofArray2D figures.ExactCovariance) |> Tensor.toArray2D

    let ellipse radius =
        [
            for i in 0..72 ->
                let u, v =
                    radius * cos (float i * 2.0 * System.Math.PI / 72.0), radius * sin (float i * 2.0 * System.Math.PI / 72.0)

                figures.ExactMean[0] + root[0, 0] * u, figures.ExactMean[1] + root[1, 0] * u + root[1, 1] * v
        ]

    Plot.create "A posterior by Hamiltonian Monte Carlo" "offset" "slope"
    |> Plot.dots "samples" Palette.sky 1.5 [ for i in 0..6..9999 -> point i ]
    |> Plot.thin "first steps of a chain" Palette.red [ for i in 0..12 -> point i ]
    |> Plot.line "exact: 1, 2 and 3 deviations" Palette.ink (ellipse 1.0)
    |> Plot.line "" Palette.ink (ellipse 2.0)
    |> Plot.line "" Palette.ink (ellipse 3.0)
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"accepted %.1f{100.0 * found.Acceptance} %% of the proposals"
    printfn $"mean     (%.4f{found.Mean[0]}, %.4f{found.Mean[1]}), exact (%.4f{found.ExactMean[0]}, %.4f{found.ExactMean[1]})"

    for i, j, name in
        [
            0, 0, "variance of the offset"
            1, 1, "variance of the slope"
            0, 1, "their covariance"
        ] do
        printfn $"%-24s{name}%.5f{found.Covariance[i, j]}, exact %.5f{found.ExactCovariance[i, j]}"

    Svg.save "out/hmc/hmc.svg" (picture found)
    0
