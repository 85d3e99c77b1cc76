/// Old Faithful has short pauses and long ones. A mixture of two normal distributions by maximum likelihood: Newton's method with
/// the exact hessian, which then gives the standard errors too, where the usual algorithm (EM) has none to give.
module Adjoint.Examples.Mixture

open Adjoint

/// Minutes between eruptions (Azzalini and Bowman 1990; `faithful` in R).
let pauses =
    """
    79 54 74 62 85 55 88 85 51 85 54 84 78 47 83 52 62 84 52 79 51 47 78 69 74 83 55 76 78 79 73 77 66 80 74 52 48 80 59 90
    80 58 84 58 73 83 64 53 82 59 75 90 54 80 54 83 71 64 77 81 59 84 48 82 60 92 78 78 65 73 82 56 79 71 62 76 60 78 76 83
    75 82 70 65 73 88 76 80 48 86 60 90 50 78 63 72 84 75 51 82 62 88 49 83 81 47 84 52 86 81 75 59 89 79 59 81 50 85 59 87
    53 69 77 56 88 81 45 82 55 90 45 83 56 89 46 82 51 86 53 79 81 60 82 77 76 59 80 49 96 53 77 77 65 81 71 70 81 93 53 89
    45 86 58 78 66 76 63 88 52 93 49 57 77 68 81 81 73 50 85 74 55 77 83 83 51 78 84 46 83 55 81 57 76 84 77 81 87 77 51 78
    60 82 91 53 78 46 77 84 49 83 71 80 49 75 64 76 53 94 55 76 50 82 54 75 78 79 78 78 70 79 70 54 86 50 90 54 54 77 79 64
    75 47 86 63 85 82 57 82 67 74 54 83 73 73 88 80 71 83 56 79 78 84 58 83 43 60 75 81 46 90 46 74
    """
    |> Numbers.read
    |> Tensor.vector

/// The parameters as one vector on the whole real line: logit of the share of short pauses, means, logarithms of deviations.
type Mixture =
    {
        Share: Tensor<float>
        Mean: Tensor<float>
        Deviation: Tensor<float>
    }

let ofVector (theta: Tensor<float>) =
    {
        Share = Tensor.sigmoid (Tensor.stack 0 [ theta[0]; -theta[0] ])
        Mean = theta[1..2]
        Deviation = exp theta[3..4]
    }

/// ln of the density of each part at x. x : [..], gives [.., 2].
let parts mixture (x: Tensor<float>) =
    let z = (Tensor.expandDims -1 x - mixture.Mean) / mixture.Deviation

    log mixture.Share
    - log mixture.Deviation
    - 0.5 * (z * z)
    - 0.5 * log (2.0 * System.Math.PI)

let logLikelihood (theta: Tensor<float>) =
    parts (ofVector theta) pauses |> Tensor.logSumExpAlong 1 |> Tensor.sum

type Figures =
    {
        Fit: Mixture
        /// Standard errors of shares, means and deviations.
        Errors: Mixture
        LogLikelihood: float
    }

/// The top of the likelihood, where its gradient is zero; and how sharp it is. The inverse of minus the hessian is the covariance
/// of θ, and the jacobian of what is asked for carries it over.
let figures () =
    let theta = newtonRoot (grad logLikelihood) (Tensor.vector [ -0.5; 55.0; 80.0; log 6.0; log 6.0 ])
    let covariance = -(hessian logLikelihood theta) |> Linear.inverse

    let error (pick: Mixture -> Tensor<float>) =
        let slope = jacobian (ofVector >> pick) theta
        Tensor.einsum "ij,jk,ik->i" [ slope; covariance; slope ] |> sqrt

    {
        Fit = ofVector theta
        Errors =
            {
                Share = error _.Share
                Mean = error _.Mean
                Deviation = error _.Deviation
            }
        LogLikelihood = value (logLikelihood theta)
    }

/// How many pauses there are of each length, and the model's parts.
let picture figures =
    let bins =
        Tensor.toArray pauses
        |> Array.countBy (fun pause -> 3.0 * floor (pause / 3.0) + 1.5)
        |> Array.map (fun (middle, count) -> middle, float count / 3.0 / 272.0)
        |> Array.sortBy fst

    let xs = [ 40.0..0.5..100.0 ]
    let densities = parts figures.Fit (Tensor.vector xs) |> exp |> Tensor.toArray2D

    let curve pick =
        [ for i, x in List.indexed xs -> x, pick densities[i, 0] densities[i, 1] ]

    Plot.create "Pauses of Old Faithful" "minutes between eruptions" "density"
    |> Plot.bars "272 pauses" Palette.grey 3.0 bins
    |> Plot.dashes "short" Palette.blue (curve (fun short _ -> short))
    |> Plot.dashes "long" Palette.red (curve (fun _ long -> long))
    |> Plot.line "together" Palette.ink (curve (+))
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()

    let tell name (pick: Mixture -> Tensor<float>) published =
        let values, errors = Tensor.toArray (pick found.Fit), Tensor.toArray (pick found.Errors)
        printfn $"%-10s{name} %9.5f{values[0]} ± %.3f{errors[0]}  %9.5f{values[1]} ± %.3f{errors[1]}   {published}"

    printfn "           short              long                published (R's mixtools)"
    tell "share" _.Share "0.36089 and 0.63911"
    tell "mean" _.Mean "54.61489 and 80.09109"
    tell "deviation" _.Deviation "5.87124 and 5.86772"
    printfn $"log-likelihood %.3f{found.LogLikelihood} (published -1034.002)"
    Svg.save "out/mixture/mixture.svg" (picture found)
    0
