/// The figures and pictures of the examples from statistics.
module Adjoint.ExampleTests.StatisticsTests

open Expecto
open Adjoint
open Adjoint.Examples
open Adjoint.ExampleTests.Checks

[<Tests>]
let tests =
    testList
        "statistics"
        [
            testCase "Kalman" (fun () ->
                let found = Kalman.figures ()
                digits 1 15098.5 found.Noise "variance of the noise"
                digits 2 1469.18 found.Drift "variance of the drift"
                digits 4 -632.5456 found.LogLikelihood "log-likelihood"
                // Newton's method stops where the gradient is below 64 units of precision.
                let slope = grad Kalman.logLikelihood (Kalman.estimate ())
                allNear 2e-14 [ 0.0; 0.0 ] (Tensor.toArray slope) "gradient at the top"
                picture "kalman" (Kalman.picture found))

            testCase "Survival" (fun () ->
                let found = Survival.figures ()
                Seq.iter2 (fun e a -> digits 3 e a "Weibull's model") [ 3.516; -1.267; -0.312 ] (Tensor.toArray found.Weibull)
                Seq.iter2 (fun e a -> digits 3 e a "its errors") [ 0.252; 0.311; 0.147 ] (Tensor.toArray found.WeibullErrors)
                digits 1 -106.6 found.LogLikelihood "log-likelihood"
                digits 4 1.5092 found.Cox "Cox's model"
                digits 4 0.4096 found.CoxError "its error"
                picture "survival" (Survival.picture found))

            testCase "Mixture" (fun () ->
                let found = Mixture.figures ()
                // The published fit is EM's, which stops when the likelihood grows by less than 1e-8: at a distance of about the root
                // of that in units of standard errors, 1e-4 × 0.7.
                allNear 7e-5 [ 0.36089; 0.63911 ] (Tensor.toArray found.Fit.Share) "shares"
                allNear 7e-5 [ 54.61489; 80.09109 ] (Tensor.toArray found.Fit.Mean) "means"
                allNear 7e-5 [ 5.87124; 5.86772 ] (Tensor.toArray found.Fit.Deviation) "deviations"
                digits 3 -1034.002 found.LogLikelihood "log-likelihood"
                // Were every pause's part known, a mean would be known to deviation / √count; not knowing costs something.
                for i in 0..1 do
                    let least = value (found.Fit.Deviation[i] / sqrt (272.0 * found.Fit.Share[i]))
                    let error = value found.Errors.Mean[i]
                    Expect.isTrue (error > least && error < 1.25 * least) $"error {error} of a mean, at least {least}"

                picture "mixture" (Mixture.picture found))

            testCase "NistFit" (fun () ->
                let found = NistFit.figures ()

                for i, ((b, deviation), (b', deviation')) in List.indexed (List.zip NistFit.certified (List.zip found.B found.Deviations)) do
                    // Certified are 11 digits; solving with the hessian may cost one.
                    Expect.isGreaterThan (NistFit.rightDigits b b') 9.5 $"right digits of b{i + 1}"
                    Expect.isGreaterThan (NistFit.rightDigits deviation deviation') 9.5 $"right digits of its deviation"

                Expect.isGreaterThan (NistFit.rightDigits NistFit.certifiedSquares found.Squares) 10.0 "sum of squares"
                picture "nist-fit" (NistFit.picture found))

            testCase "Hmc" (fun () ->
                let found = Hmc.figures ()
                // 10,000 samples, at least a third of them as good as independent: means are off by 1/58 of a deviation, variances by 1/41;
                // four times that.
                for i in 0..1 do
                    let variance = found.ExactCovariance[i, i]
                    near (4.0 / 58.0 * sqrt variance) found.ExactMean[i] found.Mean[i] "mean"
                    near (4.0 / 41.0 * variance) variance found.Covariance[i, i] "variance"

                Expect.isTrue (found.Acceptance > 0.8 && found.Acceptance < 0.95) $"acceptance {found.Acceptance}"

                // The posterior by hand: precision XᵀX / noise² + 1/9, and X'y / noise² on the right side of its equation.
                let x, y = Tensor.toArray Hmc.x, Tensor.toArray Hmc.y
                let sum f = 4.0 * Array.sum (Array.map2 f x y)
                let a, b, d = sum (fun _ _ -> 1.0) + 1.0 / 9.0, sum (fun x _ -> x), sum (fun x _ -> x * x) + 1.0 / 9.0
                let r, s, determinant = sum (fun _ y -> y), sum (fun x y -> x * y), a * d - b * b
                allNear 1e-13 [ (d * r - b * s) / determinant; (a * s - b * r) / determinant ] found.ExactMean "exact mean"
                near 1e-14 (d / determinant) found.ExactCovariance[0, 0] "exact variance"
                picture "hmc" (Hmc.picture found))

            testCase "GaussianProcess" (fun () ->
                let found = GaussianProcess.figures ()
                // K's condition is some hundreds here, which multiplies machine epsilon; the gradients are about 10.
                allNear 1e-10 found.ByHand found.Gradient "gradient"
                // Newton's method leaves a gradient of rounding times condition.
                let slope = grad GaussianProcess.logLikelihood found.Theta |> Tensor.toArray
                allNear 1e-9 [ 0.0; 0.0; 0.0 ] slope "gradient at the top"
                Expect.isGreaterThan found.LogLikelihood (found.Before + 4.0) "log-likelihood"
                // Thirty errors fix their deviation to 1/√60 of itself; twice that.
                near (2.0 * 0.15 / sqrt 60.0) 0.15 (value (exp found.Theta[2])) "noise"
                picture "gaussian-process" (GaussianProcess.picture found))

            testCase "OptionGreeks" (fun () ->
                // Hull, Options, Futures and Other Derivatives, chapter on the Greeks: 49 today, 20 weeks, to the digits printed there.
                let hull = OptionGreeks.ByHand.Of(49.0, 50.0, 0.3846, 0.05, 0.2)

                for decimals, known, found in
                    [
                        2, 2.40, hull.Price
                        3, 0.522, hull.Delta
                        3, 0.066, hull.Gamma
                        1, 12.1, hull.Vega
                        2, -4.31, hull.Theta
                        2, 8.91, hull.Rho
                    ] do
                    digits decimals known found "by hand"

                let desks = OptionGreeks.Program.Serve 20

                for desk in desks do
                    // Prices, vega, theta and rho are up to 130, and sums of few terms.
                    near 1e-11 0.0 desk.Error "difference from the formulas by hand"

                    for i in 0 .. desk.Spots.Length - 1 do
                        let difference = desk.Simulated[0][i] - desk.Exact[0][i]
                        // 404 means, neighbours alike: none is more than 4.5 standard errors off but once in thousands of seeds.
                        // What 10,000 futures may never show is worth up to a thousandth.
                        let bound = 4.5 * desk.Simulated[1][i] + 1e-3
                        near bound 0.0 difference "simulated price"

                picture "option-greeks" (OptionGreeks.Program.Picture desks))
        ]
