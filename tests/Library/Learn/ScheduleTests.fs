/// Schedules at a few steps each, and an optimizer that follows one.
module Adjoint.LibraryTests.Learn.ScheduleTests

open System
open Expecto
open Adjoint
open Adjoint.LibraryTests.Checks

/// The parameters after each of these gradients.
let private follow (optimizer: Optimizer) (start: 'P) (gradients: 'P seq) =
    Seq.fold (fun (p, state) g -> Optim.step optimizer g p state) (start, Optim.init optimizer start) gradients
    |> fst

let private schedules =
    let course (schedule: Tensor<int64> -> Tensor<float>) steps =
        [ for t in steps -> value (schedule (Tensor.scalar (int64 t))) ]

    let check name schedule steps expected =
        testCase name (fun () -> List.iter2 (fun e a -> near rounding e a name) expected (course schedule steps))

    let half fraction = 0.5 * (1.0 + cos (Math.PI * fraction))

    testList
        "schedules"
        [
            check "constant" (Schedule.constant 0.5) [ 0; 9 ] [ 0.5; 0.5 ]
            check "linear" (Schedule.linear 1.0 0.2 4) [ 0; 1; 4; 7 ] [ 1.0; 0.8; 0.2; 0.2 ]
            check "polynomial" (Schedule.polynomial 2.0 1.0 0.0 4) [ 0; 2; 4; 5 ] [ 1.0; 0.25; 0.0; 0.0 ]
            check "exponential" (Schedule.exponential 0.25 10) [ 0; 5; 20 ] [ 1.0; 0.5; 0.0625 ]
            check "staircase" (Schedule.staircase 0.5 10) [ 0; 9; 10; 29 ] [ 1.0; 1.0; 0.5; 0.25 ]
            check "piecewise" (Schedule.piecewise [ 3, 0.1; 5, 2.0 ]) [ 2; 3; 4; 5 ] [ 1.0; 0.1; 0.1; 0.2 ]
            check "cosine" (Schedule.cosineTo 0.1 8) [ 0; 2; 8; 9 ] [ 1.0; 0.1 + 0.9 * half 0.25; 0.1; 0.1 ]
            check "warm-up, then cosine" (Schedule.warmupCosine 4 12) [ 0; 1; 4; 6; 12 ] [ 0.0; 0.25; 1.0; half 0.25; 0.0 ]
            check "one cycle" (Schedule.oneCycle 101) [ 0; 100 ] [ 0.04; 0.04 / 1e4 ]
            check "inverse root" (Schedule.inverseSqrt 4) [ 0; 2; 4; 16 ] [ 0.0; 0.5; 1.0; 0.5 ]

            testCase "one cycle rises to 1, and falls from there" (fun () ->
                let factors = course (Schedule.oneCycle 21) [ 0..20 ]
                let top = List.findIndex ((=) (List.max factors)) factors

                Expect.isTrue
                    (List.pairwise factors
                     |> List.indexed
                     |> List.forall (fun (i, (x, y)) -> (y > x) = (i < top)))
                    "one peak"

                Expect.isGreaterThan factors[top] 0.97 "near 1")

            testCase "an optimizer follows one" (fun () ->
                let optimizer = Optim.sgd 2.0 |> Optim.scheduled (Schedule.piecewise [ 2, 0.5 ])
                holds rounding [] [ -6.0 ] (follow optimizer (Tensor.scalar 0.0) (List.replicate 4 (Tensor.scalar 1.0))) "2 + 2 + 1 + 1")
        ]

[<Tests>]
let tests = testList "optim" [ schedules ]
