/// A few planted errors in every run of the tests; `build.fsx mutate` plants all of them everywhere.
module Adjoint.Properties.Mutants.MutationTests

open Expecto
open Adjoint.Properties.Laws
open Adjoint.Properties.Mutants
open Adjoint.Properties.Mutants.Mutation

let private chosen = [ "add"; "dot_general"; "gather"; "reduce_max"; "repeat"; "tanh" ]

let private noneMissed fates =
    let missed = fates |> List.filter (fun (_, fate: Fate) -> fate.IsMissed) |> List.map fst
    Expect.isEmpty missed "faults that no law notices"

[<Tests>]
let tests =
    testList
        "mutants"
        [
            for subject in Subjects.primitives do
                if List.contains subject.Name chosen then
                    testCase $"faults of {subject.Name}" (fun () -> noneMissed (ofPrimitive subject))

            testCase "faults of passes" (fun () -> noneMissed (ofPasses ()))
            testCase "faults of transforms" (fun () -> noneMissed (ofTransforms ()))

            testCase "without a fault of lowering no law complains" (fun () ->
                let complaints = BrokenLoops.control [ for seed in 1..6 -> Tape.ofList [ seed; 77 * seed; 1 + seed ] ]
                Expect.isEmpty complaints "laws that complain")

            testCase "faults of lowering" (fun () -> noneMissed (ofLowering ()))
        ]
