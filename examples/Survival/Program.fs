/// Does 6-mercaptopurine keep leukaemia away? Survival regression on the trial of Freireich et al. (1963): a parametric model and
/// Cox's model, both fitted by Newton's method, with standard errors from the second derivatives.
module Adjoint.Examples.Survival

open Adjoint

/// Weeks in remission; patients whom the study lost sight of while they were well come second.
let treated = [ 6; 6; 6; 7; 10; 13; 16; 22; 23 ], [ 6; 9; 10; 11; 17; 19; 20; 25; 32; 32; 34; 35 ]

let control = [ 1; 1; 2; 2; 3; 4; 4; 5; 5; 8; 8; 8; 8; 11; 11; 12; 12; 15; 17; 22; 23 ], []

/// One entry a patient: weeks, whether the illness came back then (1 or 0), and whether the patient was in the control group.
type Trial =
    {
        Weeks: Tensor<float>
        Relapse: Tensor<float>
        Control: Tensor<float>
    }

let trial =
    let patients =
        [
            for isControl, (relapses, losses) in [ 0.0, treated; 1.0, control ] do
                for week in relapses -> float week, 1.0, isControl
                for week in losses -> float week, 0.0, isControl
        ]

    {
        Weeks = Tensor.vector [ for week, _, _ in patients -> week ]
        Relapse = Tensor.vector [ for _, relapse, _ in patients -> relapse ]
        Control = Tensor.vector [ for _, _, control in patients -> control ]
    }

/// Weibull's model: ln T = θ₀ + θ₁ control + e^θ₂ W, where e^W is exponentially distributed. A relapse counts with its density,
/// a loss with the probability to be well for longer.
let weibull (theta: Tensor<float>) =
    let z = (log trial.Weeks - theta[0] - theta[1] * trial.Control) * exp -theta[2]
    let density = z - theta[2] - log trial.Weeks
    Tensor.sum (trial.Relapse * density - exp z)

/// Cox's model: the risk of the control group is e^β times that of the treated. At each relapse the patient is one of those at
/// risk, and the likelihood is their share of the risk (Breslow's rule where weeks are tied).
let cox (beta: Tensor<float>) =
    let risk = beta * trial.Control
    let later = Tensor.expandDims 0 trial.Weeks .>= Tensor.expandDims 1 trial.Weeks

    let others =
        Tensor.where later (Tensor.expandDims 0 risk) (Tensor.scalar -infinity)
        |> Tensor.logSumExpAlong 1

    Tensor.sum (trial.Relapse * (risk - others))

/// Where the gradient is zero, and the standard errors there: the roots of the diagonal of the inverse of minus the hessian.
let fit logLikelihood guess =
    let best = newtonRoot (grad logLikelihood) guess
    let information = -(hessian logLikelihood best)
    best, Linear.inverse information |> Tensor.diagonal |> sqrt

type Figures =
    {
        Weibull: Tensor<float>
        WeibullErrors: Tensor<float>
        LogLikelihood: float
        Cox: float
        CoxError: float
    }

let figures () =
    let theta, errors = fit weibull (Tensor.vector [ 3.0; -1.0; 0.0 ])
    let beta, error = fit (fun beta -> cox beta[0]) (Tensor.zeros [ 1 ])

    {
        Weibull = theta
        WeibullErrors = errors
        LogLikelihood = value (weibull theta)
        Cox = value beta
        CoxError = value error
    }

/// The share of a group that is well after each relapse (Kaplan and Meier 1958), as steps.
let private kaplanMeier (relapses: int list, losses: int list) =
    let fall (share, steps) week =
        let atRisk = relapses @ losses |> List.filter ((<=) week) |> List.length
        let count = relapses |> List.filter ((=) week) |> List.length
        let next = share * (1.0 - float count / float atRisk)
        next, steps @ [ float week, share; float week, next ]

    let last, steps = relapses |> List.distinct |> List.fold fall (1.0, [ 0.0, 1.0 ])
    steps @ [ float (List.max (relapses @ losses)), last ]

/// The groups as they were, and as Weibull's model has them.
let picture figures =
    let theta = Tensor.toArray figures.Weibull

    let curve isControl =
        [
            for week in 0.25..0.25..35.0 ->
                let z = (log week - theta[0] - theta[1] * isControl) * exp -theta[2]
                week, exp -(exp z)
        ]

    Plot.create "Remission of leukaemia" "weeks" "share that is well"
    |> Plot.line "treated" Palette.blue (kaplanMeier treated)
    |> Plot.line "control" Palette.red (kaplanMeier control)
    |> Plot.dashes "Weibull's model" Palette.ink (curve 0.0)
    |> Plot.dashes "" Palette.ink (curve 1.0)
    |> Plot.within (0.0, 36.0) (0.0, 1.0)
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    let theta, errors = Tensor.toArray found.Weibull, Tensor.toArray found.WeibullErrors
    printfn "Weibull's model                published (R's survreg)"

    for i, name, known in
        [
            0, "intercept", "3.516 ± 0.252"
            1, "control", "-1.267 ± 0.311"
            2, "ln scale", "-0.312 ± 0.147"
        ] do
        printfn $"%-10s{name} %7.3f{theta[i]} ± %.3f{errors[i]}    {known}"

    printfn $"log-likelihood %.1f{found.LogLikelihood} (published -106.6)"
    printfn $"Cox's model: ln of the ratio of risks %.4f{found.Cox} ± %.4f{found.CoxError} (published 1.5092 ± 0.4096)"
    Svg.save "out/survival/survival.svg" (picture found)
    0
