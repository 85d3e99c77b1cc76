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
        ]
