/// Which loops become one, and which do not.
module Adjoint.Properties.Compile.MergingTests

open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]
let private xs: ValueType = f64 [ 3; 2 ]
let private a, b = vector [ 0.5; -0.0 ], vector [ 2.0; nan ]
let private rows = matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ 5.0; -6.0 ] ]
let private at = [ a; b; rows ]
let private merged f = becomes "merge_loops" f at

/// (carry, slice) → (carry · slice, sin carry).
let private first = graph [ x; x ] (fun v -> [ Ops.Mul(v[0], v[1]); Ops.Sin v[0] ])

/// (constant, carry, slice) → (carry + constant, exp slice, cos carry).
let private second = graph [ x; x; x ] (fun v -> [ Ops.Add(v[1], v[0]); Ops.Exp v[2]; Ops.Cos v[1] ])

let private f (body: Value list -> Value list) = graph [ x; x; xs ] body

[<Tests>]
let tests =
    testList
        "merging loops"
        [
            testCase "scans that do not depend on each other, in either direction" (fun () ->
                for reverse in [ false; true ] do
                    merged
                        (f (fun v ->
                            scan 0 1 3 reverse first [ v[0]; v[2] ]
                            @ scan 1 1 3 reverse second [ v[0]; v[1]; v[2] ]))
                        "scan[mul add sin exp cos]")

            testCase "scans of other lengths or directions stay apart" (fun () ->
                merged
                    (f (fun v ->
                        scan 0 1 3 true first [ v[0]; v[2] ]
                        @ scan 1 1 3 false second [ v[0]; v[1]; v[2] ]))
                    "scan[mul sin] scan[add exp cos]"

                merged
                    (f (fun v ->
                        scan 0 1 3 true first [ v[0]; v[2] ]
                        @ scan 0 1 2 true first [ v[1]; Ops.SliceAxis(v[2], 0, 0, 2) ]))
                    "scan[mul sin] slice scan[mul sin]")

            testCase "a scan of what another stacks takes it from the same step" (fun () ->
                merged
                    (f (fun v ->
                        let stacked = scan 0 1 3 true first [ v[0]; v[2] ]
                        scan 1 1 3 true second [ v[0]; v[1]; stacked[1] ]))
                    "scan[mul add sin exp cos]")

            testCase "a scan that needs the end of another waits for it" (fun () ->
                merged
                    (f (fun v ->
                        let ended = scan 0 1 3 false first [ v[0]; v[2] ]
                        scan 1 1 3 false second [ v[0]; ended[0]; v[2] ]))
                    "scan[mul sin] scan[add exp cos]"

                merged
                    (f (fun v ->
                        let stacked = scan 0 1 3 false first [ v[0]; v[2] ]
                        scan 1 1 3 false second [ v[0]; v[1]; Ops.Neg stacked[1] ]))
                    "scan[mul sin] neg scan[add exp cos]"

                merged
                    (f (fun v ->
                        let stacked = scan 0 1 3 false first [ v[0]; v[2] ]
                        scan 1 1 3 false second [ Ops.ReduceSum(stacked[1], Axes [| 0 |]); v[1]; stacked[1] ]))
                    "scan[mul sin] reduce_sum scan[add exp cos]")

            testCase "loops of two kinds that wait for each other in turn make no circle" (fun () ->
                merged
                    (f (fun v ->
                        let forward = scan 0 1 3 false first [ v[0]; v[2] ]
                        let back = scan 0 1 3 true first [ forward[0]; v[2] ]
                        let otherBack = scan 0 1 3 true first [ v[1]; v[2] ]
                        let other = scan 0 1 3 false first [ otherBack[0]; v[2] ]
                        [ back[0]; other[0] ]))
                    "scan[mul sin] scan[mul mul sin sin] scan[mul sin]")

            testCase "repeats of as many steps" (fun () ->
                let body (g: Value -> Value) =
                    graph [ i64; x ] (fun v ->
                        [
                            Ops.Mul(g v[1], Ops.BroadcastScalar(Ops.Convert(v[0], DType.F64), Shape.Of 2))
                        ])

                let loops (m: Value) (n: Value) (v: Value list) =
                    repeat 0 (body Ops.Sin) [ m; v[0] ] @ repeat 0 (body Ops.Cos) [ n; v[1] ]

                merged (f (fun v -> loops (index 4) (index 4) v)) "constant repeat[sin convert broadcast mul cos convert broadcast mul]"

                merged
                    (f (fun v -> loops (index 4) (index 5) v))
                    "constant repeat[sin convert broadcast mul] constant repeat[cos convert broadcast mul]"

                let counted = graph [ i64; x; x ] (fun v -> loops v[0] v[0] v.Tail)
                Expect.equal (passed "merge_loops" counted [ whole 3; a; b ]).Nodes.Length 1 "of one count")

            testCase "steps of much data stay apart" (fun () ->
                let large: ValueType = f64 [ 5000 ]
                let step = graph [ large ] (fun v -> [ Ops.Sin v[0] ])

                let f =
                    graph [ large; large ] (fun v -> scan 0 1 2 false step [ v[0] ] @ scan 0 1 2 false step [ v[1] ])

                Expect.isTrue (obj.ReferenceEquals((pass "merge_loops").Apply.Invoke f, f)) "as they stood")
        ]
