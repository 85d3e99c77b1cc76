/// The figures and pictures of the examples that learn.
module Adjoint.ExampleTests.LearningTests

open Expecto
open Adjoint
open Adjoint.Examples
open Adjoint.ExampleTests.Checks

[<Tests>]
let tests =
    testList
        "learning"
        [
            testCase "Pinn" (fun () ->
                let found = Pinn.figures ()
                Expect.isLessThan (Array.last found.Violations) (1e-3 * found.Violations[0]) "violation of the law"
                // The maximum principle: u is off by at most an eighth of the largest violation; between 10 × 10 points that is larger.
                near 1e-3 0.0 found.Error "solution"
                picture "pinn" (Pinn.picture found))

            testCase "Render" (fun () ->
                let found = Render.figures ()
                Expect.isGreaterThan found.LossBefore 0.1 "difference of the pictures before"
                // Adam's rate falls to zero, so it settles; how close is up to the last rates, about 1e-5 of 0.01.
                near 1e-6 0.0 found.Error "discs"
                picture "render" (Render.picture found))

            testCase "Control" (fun () ->
                let found = Control.figures ()
                let gain, riccati = Tensor.toArray found.Gain, Tensor.toArray found.Riccati

                // Without steering a pole falls e^(4t) times as far; over two seconds, squared, that conditions the plan's hessian: 1e7.
                for planned, known in Seq.zip gain riccati do
                    near (1e-7 * abs known) known planned "gain"

                near 0.01 0.0 found.Steered[299, 0] "place of the cart"
                near 0.01 0.0 found.Steered[299, 1] "angle of the pole"
                Expect.isGreaterThan found.Simple[299, 0] 1.0 "place of the cart by the simple rule"
                picture "control" (Control.picture found))
        ]
