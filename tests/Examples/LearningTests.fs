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

            testCase "Transformer" (fun () ->
                let found = Transformer.figures ()
                Expect.isLessThan found.Before 0.2 "untrained it guesses one of ten symbols"
                Expect.isGreaterThan found.After 0.99 "trained"

                for i in 0 .. Transformer.length - 1 do
                    Expect.isGreaterThan found.Looks[i, Transformer.length - 1 - i] 0.8f $"place {i} looks at its counterpart"

                sketch "transformer" (Transformer.picture found))

            testCase "Autoencoder" (fun () ->
                // The divergence by its definition, E ln q/p, as a sum over a grid: exact to rounding for densities that fade at its ends.
                let mean, deviation = 0.7, 0.6

                let density m s x =
                    exp (-0.5 * ((x - m) / s) ** 2.0) / (s * sqrt (2.0 * System.Math.PI))

                let byDefinition =
                    0.01
                    * Seq.sum (
                        seq { for x in -6.0 .. 0.01..6.0 -> density mean deviation x * log (density mean deviation x / density 0.0 1.0 x) }
                    )

                let one (x: float) = Tensor.full [ 1; 1 ] (float32 x)
                let divergence = Autoencoder.divergence (one mean, one (2.0 * log deviation)) |> value
                near 1e-6 byDefinition (float divergence) "divergence, in float32"

                let found = Autoencoder.figures ()
                // A nat and more, of which the two numbers of the map cost some; another machine's rounding changes a tenth.
                Expect.isLessThan found.Bound (found.Independent - 0.9f) "nats of held-out images"
                sketch "autoencoder" (Autoencoder.picture found))
        ]
