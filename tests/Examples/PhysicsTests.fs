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

            testCase "Brachistochrone" (fun () ->
                let found = Brachistochrone.figures ()
                near 1e-13 (sqrt (System.Math.PI ** 2.0 + 4.0)) found.LineTime "along the line"
                // A chain of 64 pieces takes longer than the cycloid by a term of second order in their length: at a turn of π in all,
                // π/24 (π/64)² is a piece's mean, 3e-4 at most.
                Expect.isTrue (found.Time > System.Math.PI && found.Time < System.Math.PI + 3e-4) $"time {found.Time}"
                near 1e-3 0.0 found.Distance "distance from the cycloid"
                let chain = found.Chains[18]
                // Its numbers are sums of two slopes of opposite sign, up to a hundred where the pieces are short.
                allNear 1e-12 (Array.zeroCreate chain.Size) (Tensor.toArray (grad Brachistochrone.time chain)) "gradient"
                picture "brachistochrone" (Brachistochrone.picture found))

            testCase "Robertson" (fun () ->
                let found = Robertson.figures ()

                // CVODES ran with a tolerance of 1e-4; its errors are smaller than that, but not by much.
                for y, known in Seq.zip found.At40 Robertson.published do
                    near (5e-5 * known) known y "concentration"

                for i, known in List.indexed Robertson.publishedSensitivity do
                    for j, known in List.indexed known do
                        near (2e-4 * abs known) known found.Sensitivity[i, j] $"sensitivity of {i} in rate {j}"

                // Matter is kept: the equations add up to zero, in every step and every derivative.
                near 1e-12 1.0 (Array.sum found.At40) "sum of the concentrations"

                for j in 0..2 do
                    let column = [ for i in 0..2 -> found.Sensitivity[i, j] ]
                    near (1e-9 * abs column[0]) 0.0 (List.sum column) "sum of the sensitivities"

                picture "robertson" (Robertson.picture found))

            testCase "Orbit" (fun () ->
                let found = Orbit.figures ()
                // The solver's own error: of fourth order in steps of 1/100, whose coefficient near the sun is about 50.
                allNear 1e-6 [ 0.0; Orbit.exactSpeed ] (Tensor.toArray found.Velocity) "velocity"
                let arrival = (Orbit.arrive found.Velocity).Position
                allNear 1e-12 (Tensor.toArray Orbit.target) (Tensor.toArray arrival) "place of arrival"
                Expect.isLessThan (abs found.Symplectic[59]) 1e-5 "energy by the symplectic method"
                Expect.isGreaterThan (abs found.RungeKutta[59]) (50.0 * abs found.Symplectic[59]) "energy by Runge and Kutta's"
                picture "orbit" (Orbit.picture found))

            testCase "Conductivity" (fun () ->
                let found = Conductivity.figures ()
                // Readings are exact, so the fit ends at rounding, times the condition of the problem.
                near 1e-9 0.0 found.Error "conductivity"
                // Of second order in distances of 1/41; the coefficient is a twelfth of a fourth derivative.
                near 2e-4 0.0 found.SolverError "solver"
                // 1600 steps of rounding.
                allNear 1e-11 found.Forward found.Reverse "gradient"
                picture "conductivity" (Conductivity.picture found))

            testCase "DoublePendulum" (fun () ->
                let found = DoublePendulum.figures ()
                near 1e-14 (2.0 - sqrt 2.0) found.Slow "slow swings"
                near 1e-14 (2.0 + sqrt 2.0) found.Fast "fast swings"
                // Of fourth order in steps of 1/100, over 2000 of them, with velocities up to 3.
                near 1e-5 0.0 found.Drift "energy"
                picture "double-pendulum" (DoublePendulum.picture found))
        ]
