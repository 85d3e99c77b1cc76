/// The figures that the examples print.
module Adjoint.ExampleTests.FigureTests

open Expecto
open Adjoint
open Adjoint.Examples
open Adjoint.ExampleTests.Checks

let private formulas =
    testList
        "formulas"
        [
            testCase "LogSum" (fun () ->
                let result, gradient = LogSum.figures ()
                near rounding (log 179.0) (value result) "ln 179"
                // As float32 gives it, whose numbers lie 5e-7 apart here.
                near 5e-7 5.1873856 (value result) "the published figure"
                let rows = [ 3.0; 3.0; 7.0; 7.0; 11.0; 11.0 ]
                allNear rounding (rows |> List.map (fun sum -> 2.0 * sum / 179.0)) (Tensor.toArray gradient) "gradient")

            testCase "Cubes" (fun () ->
                // Whole numbers this small are exact.
                let expected =
                    [
                        "t³", [| 1.0; 8.0; 27.0; 64.0 |]
                        "3t²", [| 3.0; 12.0; 27.0; 48.0 |]
                        "6t", [| 6.0; 12.0; 18.0; 24.0 |]
                        "6", [| 6.0; 6.0; 6.0; 6.0 |]
                    ]

                Expect.equal (Cubes.figures ()) expected "derivatives")

            testCase "TanhTanhExp" (fun () ->
                for x, y, slope, byHand in TanhTanhExp.figures () do
                    near rounding (tanh (tanh (exp x))) y $"value at {x}"
                    near rounding byHand slope $"derivative at {x}")
        ]

let private models =
    testList
        "models"
        [
            testCase "AndGate" (fun () ->
                let before, after, probabilities = AndGate.figures ()
                near rounding (log 2.0) before "an untrained perceptron knows nothing"
                Expect.isLessThan after 0.02 "loss after training"
                Expect.equal (probabilities |> Array.map (fun p -> p > 0.5)) [| false; false; false; true |] "the gate")

            testCase "PodcastSpeed" (fun () ->
                let before, after, best, model = PodcastSpeed.figures ()
                Expect.isGreaterThan before 0.3 "untrained"
                // 400 observations with errors up to 0.05 fix eight numbers to a few thousandths.
                near 0.005 best after "error of the model beside the listener's own"
                near 0.02 0.9 (value model.MinSpeed) "lowest speed"
                near 0.02 2.2 (value model.MaxSpeed) "highest speed")

            testCase "Rotation" (fun () ->
                let _, angle, excess, loss = Rotation.figures ()
                // Descent ends where steps get lost in rounding of the loss, at the root of machine epsilon.
                near 1e-7 0.0 angle "angle to the true rotation"
                near 1e-13 0.0 excess "length, after a hundred moves"
                near rounding 0.0 loss "loss")

            testCase "Gru" (fun () ->
                let before, after = Gru.figures ()
                Expect.isLessThan before 0.6 "untrained it guesses"
                Expect.isGreaterThan after 0.95 "trained")

            testCase "LeNet" (fun () ->
                let before, after = LeNet.Program.figures ()
                Expect.isLessThan before 0.3 "untrained it guesses"
                // 97.3 % of 476; another machine's rounding may turn a few of them.
                Expect.isGreaterThan after 0.95 "trained")

            testCase "OdeFit" (fun () ->
                let last = OdeFit.effort ()
                Expect.isGreaterThan (value last.Rejected) 0 "steps are rejected, too"
                let (k, d), (kByDifferences, dByDifferences) = OdeFit.gradients ()
                // Differences at 1e-5 have an error of about 1e-10, of third derivatives as of rounding.
                near 1e-8 kByDifferences k "gradient in stiffness"
                near 1e-8 dByDifferences d "gradient in damping"
                let found = OdeFit.fit 40
                // The measured path is exact; the solver's is off by a few times its tolerance, 1e-5.
                near 2e-4 2.5 (value found.Stiffness) "stiffness"
                near 2e-4 0.3 (value found.Damping) "damping")

            testCase "CSharpTraining" (fun () ->
                let struct (before, after, traces) = CSharpTraining.Program.Train()
                Expect.isLessThan before 0.7 "untrained it guesses"
                // All of 1000; another machine's rounding may turn a few of them.
                Expect.isGreaterThan after 0.99 "trained"
                Expect.equal traces 1 "the step is traced once, whatever step number and rate are")

            testCase "CSharpService" (fun () ->
                for client in CSharpService.Program.Serve(4, 300) do
                    near rounding 0.0 client.GradientError "gradient"
                    near rounding 0.0 client.WeightError "weights")
        ]

[<Tests>]
let tests = testList "examples" [ formulas; models ]
