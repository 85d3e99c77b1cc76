/// The figures and pictures of the examples from physics.
module Adjoint.ExampleTests.PhysicsTests

open Expecto
open Adjoint
open Adjoint.Examples
open Adjoint.ExampleTests.Checks

[<Tests>]
let tests =
    testList
        "physics"
        [
            testCase "LennardJones" (fun () ->
                let found = LennardJones.Program.figures ()

                for (n, (_, energy, force)), (_, known) in Seq.zip found LennardJones.Program.published do
                    digits 6 known energy $"energy of {n} atoms"
                    near 1e-6 0.0 force $"forces on {n} atoms: the energy is off by their square"

                picture "lennard-jones" (LennardJones.Program.picture found))

            testCase "Lorenz" (fun () ->
                let found = Lorenz.figures 4000
                let exponents = Lorenz.exponents found
                // A mean over 400 units of time; it wanders by some hundredths.
                allNear 0.03 [ 0.9056; 0.0; -14.5723 ] exponents "exponents"
                // The sum is constant along the flow. A step of Runge and Kutta's method shrinks the third direction by a series up
                // to h⁴ in place of an exponential: off by (14.6 h)⁵ / 120 / h, up to 6e-3 in all, and 1e-4 on the mean.
                near 2e-4 -(Lorenz.sigma + 1.0 + Lorenz.beta) (List.sum exponents) "sum of the exponents"
                picture "lorenz" (Lorenz.picture found))
        ]
