/// Additions to parts at literal places, and reads of one number.
module Adjoint.Properties.Compile.PartTests

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private simplified = becomes "simplify"

/// x and an update, which is added from these starts.
let private addition whole part (starts: int list) isChecked =
    graph [ f64 whole; f64 part ] (fun v -> [ Ops.DynamicAdd(v[0], v[1], List.map index starts, isChecked) ])

let private x = matrix [ [ -0.0; 0.0 ]; [ -1.0; nan ]; [ infinity; 2.0 ] ]
let private update = matrix [ [ -0.0; -0.0 ]; [ 0.0; 1.0 ] ]

[<Tests>]
let tests =
    testList
        "rules of parts"
        [
            testCase "an addition to a large part is one to everything, to the bit" (fun () ->
                simplified (addition [ 3; 2 ] [ 2; 2 ] [ 1; 0 ] true) [ x; update ] "constant pad add"
                simplified (addition [ 3; 2 ] [ 2; 2 ] [ 0; 0 ] true) [ x; update ] "constant pad add"
                simplified (addition [ 3; 2 ] [ 2; 2 ] [ 5; -1 ] false) [ x; update ] "constant pad add")

            testCase "an addition to a small part, out of range, or at a place that is not known stays" (fun () ->
                simplified (addition [ 3; 2 ] [ 1; 1 ] [ 1; 1 ] false) [ x; matrix [ [ 1.0 ] ] ] "constant constant dynamic_add"

                let traced = graph [ f64 [ 3 ]; f64 [ 2 ]; i64 ] (fun v -> [ Ops.DynamicAdd(v[0], v[1], [ v[2] ]) ])

                simplified traced [ vector [ 1.0; 2.0; 3.0 ]; vector [ 1.0; 2.0 ]; whole 1 ] "dynamic_add"
                let outside = (pass "simplify").Apply.Invoke(addition [ 3; 2 ] [ 2; 2 ] [ 2; 0 ] true)
                Expect.equal (names outside) "constant constant dynamic_add" "it fails when it runs")

            testCase "rows of one number are that number" (fun () ->
                let rows =
                    Gather(Axes [| 1 |], Axes [| 0 |], Axes [| 0 |], Axes.None, Axes.None, Ints [| 1; 3 |], OutOfRange.Clamp)

                let read =
                    graph [ TensorType.Of(DType.I64, 2, 1) ] (fun v ->
                        make rows [ Ops.Full(Shape.Of(4, 3), Scalar.Of(DType.F64, 7.0)); v[0] ])

                let places = NDArray.Of<int64>(Shape.Of(2, 1), System.ReadOnlySpan [| 1L; 9L |])

                simplified read [ places ] "constant broadcast")
        ]
