/// What passes move into loops, out of them, and past them.
module Adjoint.Properties.Compile.LoopPassTests

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

let private full value =
    Ops.Full(TensorType.Of(DType.F64, 2), value)

let private sinking =
    testList
        "sinking constants"
        [
            testCase "a literal operand stands in the body, and in bodies there" (fun () ->
                let inner = graph [ x; x ] (fun v -> [ Ops.Mul(v[0], v[1]) ])
                let outer = graph [ x; x ] (fun v -> scan 1 1 2 false inner v)
                let f = graph [ x ] (fun v -> scan 1 1 2 true outer [ full 2.0; v[0] ])
                let after = passed "sink_constants" f [ a ]
                Expect.equal (names after) "constant broadcast scan[constant broadcast scan[constant broadcast mul]]" "twice in"

                let left = (pass "remove_unread").Apply.Invoke after
                Expect.equal (names left) "scan[scan[constant broadcast mul]]" "no operands are left")

            testCase "a carry that starts from a literal stays" (fun () ->
                let body = graph [ x; x ] (fun v -> [ Ops.Add(v[0], v[1]) ])
                let f = graph [ x ] (fun v -> scan 1 1 2 true body [ v[0]; full 2.0 ])
                becomes "sink_constants" f [ a ] "constant broadcast scan[add]")

            testCase "one body at places with other literals is made for each" (fun () ->
                let body = Body(graph [ x; x ] (fun v -> [ Ops.Mul(v[0], v[1]) ]))

                let call c v =
                    make (Checkpoint body) [ full c; v ] |> List.exactlyOne

                let f = graph [ x ] (fun v -> [ v[0] |> call 2.0 |> call 3.0 |> call 2.0 ])
                let after = passed "sink_constants" f [ a ]

                let bodies =
                    [
                        for node in after.Nodes do
                            match node.Primitive with
                            | :? Checkpoint as point -> point.Body
                            | _ -> ()
                    ]

                Expect.isTrue (obj.ReferenceEquals(bodies[0], bodies[2])) "made once a literal"
                Expect.isFalse (bodies[0].Equals bodies[1]) "2 and 3")

            testCase "a body at many places with other literals is made for a few" (fun () ->
                let body = Body(graph [ x; x ] (fun v -> [ Ops.Mul(v[0], v[1]) ]))

                let call v c =
                    make (Checkpoint body) [ full c; v ] |> List.exactlyOne

                let f = graph [ x ] (fun v -> [ List.fold call v[0] [ 1.0 .. 30.0 ] ])
                let after = passed "sink_constants" f [ a ]

                let bodies =
                    [
                        for node in after.Nodes do
                            match node.Primitive with
                            | :? Checkpoint as point -> point.Body
                            | _ -> ()
                    ]
                    |> List.distinct

                Expect.equal bodies.Length 9 "eight, and the one that takes an operand")
        ]

let private hoisting =
    testList
        "hoisting invariants"
        [
            testCase "what depends on constants alone moves out, all the way" (fun () ->
                let inner = graph [ x; x ] (fun v -> [ Ops.Mul(Ops.Exp v[0], v[1]) ])
                let outer = graph [ x; x ] (fun v -> scan 1 1 2 false inner v)
                let f = graph [ x; x ] (fun v -> scan 1 1 2 true outer v)
                becomes "hoist_invariants" f [ a; b ] "exp scan[scan[mul]]")

            testCase "what depends on the carry, the slice or the index stays" (fun () ->
                let body = graph [ x; x; x ] (fun v -> [ Ops.Add(Ops.Exp v[1], v[2]); Ops.Sin v[2] ])
                let f = graph [ x; x; xs ] (fun v -> scan 1 1 3 false body v)
                becomes "hoist_invariants" f [ a; b; rows ] "scan[exp add sin]"

                let counted =
                    graph [ i64; x; x ] (fun v -> [ Ops.Mul(v[2], Ops.BroadcastScalar(Ops.Convert(v[0], DType.F64), Shape.Of 2)) ])

                let g = graph [ x; x ] (fun v -> repeat 1 counted [ index 3; v[0]; v[1] ])
                becomes "hoist_invariants" g [ a; b ] "constant repeat[convert broadcast mul]")

            testCase "a condition's invariants move too" (fun () ->
                let condition =
                    graph [ x; x ] (fun v ->
                        [
                            Ops.Greater(Ops.ReduceSum(v[1], Axes [| 0 |]), Ops.ReduceSum(Ops.Exp v[0], Axes [| 0 |]))
                        ])

                let step = graph [ x; x ] (fun v -> [ Ops.Sub(v[1], Ops.Sin v[0]) ])
                let f = graph [ x; x ] (make (While(Body condition, Body step, 1)))

                becomes
                    "hoist_invariants"
                    f
                    [ vector [ 0.5; 0.5 ]; vector [ 5.0; 2.0 ] ]
                    "sin exp reduce_sum while[reduce_sum compare][sub]")

            testCase "literals and broadcasts stay, and go along where they are wanted outside" (fun () ->
                let body = graph [ x; x ] (fun v -> [ Ops.Mul(v[1], Ops.Add(v[0], full 2.0)) ])
                let f = graph [ x; x ] (fun v -> scan 1 1 2 false body v)
                becomes "hoist_invariants" f [ a; b ] "constant broadcast add scan[mul]"
                let plain = graph [ f64 []; x ] (fun v -> [ Ops.Mul(v[1], Ops.BroadcastScalar(v[0], Shape.Of 2)) ])
                let g = graph [ f64 []; x ] (fun v -> scan 1 1 2 false plain v)
                becomes "hoist_invariants" g [ number 2.0; b ] "scan[broadcast mul]")

            testCase "what may fail leaves a scan that runs, and no loop that may not" (fun () ->
                let t: ValueType = TensorType.Of(DType.I64, 2)
                let zeros = NDArray.Vector [| 0L; 0L |] :> HostValue
                let ones = NDArray.Vector [| 1L; 1L |] :> HostValue
                let body = graph [ t; t ] (fun v -> [ Ops.Add(v[1], Ops.Div(Ops.OnesLike v[0], v[0])) ])
                let f = graph [ t; t ] (fun v -> scan 1 1 2 false body v)
                becomes "hoist_invariants" f [ ones; zeros ] "constant broadcast div scan[add]"
                let counted = graph [ i64; t; t ] (fun v -> [ Ops.Add(v[2], Ops.Div(Ops.OnesLike v[1], v[1])) ])
                let g = graph [ i64; t; t ] (fun v -> repeat 1 counted v)
                becomes "hoist_invariants" g [ whole 0; zeros; ones ] "repeat[constant broadcast div add]")

            testCase "a debug print prints in every step" (fun () ->
                let body = graph [ x; x ] (fun v -> [ Ops.Mul(v[1], Ops.DebugPrint("here", v[0])) ])
                let f = graph [ x; x ] (fun v -> scan 1 1 2 false body v)
                becomes "hoist_invariants" f [ a; b ] "scan[debug_print mul]")

            testCase "a loop that may never end does not move before one that may not run" (fun () ->
                let endless = graph [ x ] (fun _ -> [ Ops.Constant(Scalar.Of true) ])
                let same = graph [ x ] (fun v -> v)

                let counted =
                    graph [ i64; x; x ] (fun v -> [ Ops.Add(v[2], make1 (While(Body endless, Body same, 0)) [ v[1] ]) ])

                let f = graph [ i64; x; x ] (repeat 1 counted)
                becomes "hoist_invariants" f [ whole 0; a; b ] "repeat[while[constant][] add]")
        ]

let private settling =
    testList
        "settling loops"
        [
            testCase "a carry that no step changes is a constant" (fun () ->
                let body = graph [ x; x ] (fun v -> [ v[0]; Ops.Mul(v[0], v[1]) ])
                let f = graph [ x; x ] (fun v -> scan 0 2 3 false body v)
                let after = passed "settle_loops" f [ a; b ]
                Expect.equal (after.Nodes[0].Primitive :?> Scan).Constants 1 "one constant"
                Expect.isTrue (obj.ReferenceEquals(after.Results[0], after.Parameters[0])) "its end is its start")

            testCase "carries that change places are carried" (fun () ->
                let body = graph [ x; x ] (fun v -> [ v[1]; v[0] ])
                let f = graph [ x; x ] (fun v -> scan 0 2 3 false body v)
                let after = passed "settle_loops" f [ a; b ]
                Expect.equal (after.Nodes[0].Primitive :?> Scan).Constants 0 "none")

            testCase "a while that reads such a carry in its condition" (fun () ->
                let condition =
                    graph [ x; x ] (fun v ->
                        [
                            Ops.Greater(Ops.ReduceSum(v[1], Axes [| 0 |]), Ops.ReduceSum(v[0], Axes [| 0 |]))
                        ])

                let step = graph [ x; x ] (fun v -> [ v[0]; Ops.Sub(v[1], Ops.OnesLike v[1]) ])
                let f = graph [ x; x ] (make (While(Body condition, Body step, 0)))
                let after = passed "settle_loops" f [ vector [ 0.5; 0.5 ]; vector [ 5.0; 2.0 ] ]
                Expect.equal (after.Nodes[0].Primitive :?> While).Constants 1 "one constant")

            testCase "a carry that starts as the literal that each step gives" (fun () ->
                let body = graph [ x; x ] (fun v -> [ full 0.0; Ops.Add(v[0], v[1]) ])

                let f start =
                    graph [ x ] (fun v -> scan 0 2 3 false body [ full start; v[0] ])

                becomes "settle_loops" (f 0.0) [ a ] "constant broadcast scan[constant broadcast add]"
                let after = passed "settle_loops" (f -0.0) [ a ]

                let loop =
                    after.Nodes
                    |> Seq.pick (fun node ->
                        match node.Primitive with
                        | :? Scan as scan -> Some scan
                        | _ -> None)

                Expect.equal loop.Carries 2 "-0 is not 0")

            testCase "an input that repeats one slice is a constant" (fun () ->
                let body = graph [ x; x ] (fun v -> [ Ops.Mul(v[0], v[1]) ])

                let f axes =
                    graph [ x; x ] (fun v -> scan 0 1 2 true body [ v[0]; Ops.Broadcast(v[1], Shape.Of(2, 2), Axes [| axes |]) ])

                becomes "settle_loops" (f 1) [ a; b ] "scan[mul]"
                becomes "settle_loops" (f 0) [ a; b ] "broadcast scan[mul]")

            testCase "stacked results that are inputs, constants, or each other" (fun () ->
                let body =
                    graph [ x; x; x ] (fun v -> let y = Ops.Mul(v[1], v[2]) in [ y; v[2]; v[0]; Ops.Sin y; Ops.Sin y; full 2.0 ])

                for reverse in [ false; true ] do
                    let f = graph [ x; x; xs ] (fun v -> scan 1 1 3 reverse body v)
                    let after = passed "settle_loops" f [ a; b; rows ]
                    Expect.isTrue (obj.ReferenceEquals(after.Results[1], after.Parameters[2])) "the input"
                    Expect.equal (string after.Results[2]) "broadcast: f64[3, 2]" "the constant, repeated"
                    Expect.equal (string after.Results[5]) "broadcast: f64[3, 2]" "the literal, repeated")

            testCase "twins are read once" (fun () ->
                let body =
                    graph [ x; x; x; x; x; x ] (fun v ->
                        let y = Ops.Add(v[0], Ops.Add(v[1], v[2])) in [ y; y; Ops.Mul(Ops.Add(v[3], v[2]), Ops.Add(v[4], v[5])) ])

                let f = graph [ x; xs ] (fun v -> scan 2 2 3 false body [ v[0]; v[0]; v[0]; v[0]; v[1]; v[1] ])
                let after = passed "settle_loops" f [ a; rows ]
                let left = (pass "remove_unread").Apply.Invoke after
                let last = left.Nodes[left.Nodes.Length - 1]
                Expect.equal last.Operands.Length 3 "a constant, a carry, an input")

            testCase "results of branches that are operands" (fun () ->
                let first = graph [ x; x ] (fun v -> [ v[0]; v[1]; full 1.0; Ops.Sin v[0] ])
                let second = graph [ x; x ] (fun v -> [ v[0]; v[0]; full 1.0; v[1] ])

                for choice in [ true; false ] do
                    let f = graph [ truth; x; x ] (fun v -> make (Cond(Body first, Body second)) v)
                    let after = passed "settle_loops" f [ flag choice; a; b ]
                    Expect.isTrue (obj.ReferenceEquals(after.Results[0], after.Parameters[1])) "the operand of both"
                    Expect.isFalse (obj.ReferenceEquals(after.Results[1], after.Parameters[2])) "another in each")

            testCase "results of branches that are one operand, given twice, and what that settles inside" (fun () ->
                let inner = graph [ x; x ] (fun v -> [ Ops.Sin v[0]; v[1] ])
                let first = graph [ x; x ] (fun v -> [ (make (Call inner) [ v[0]; v[0] ])[1] ])
                let second = graph [ x; x ] (fun v -> [ v[1] ])
                let f = graph [ truth; x ] (fun v -> make (Cond(Body first, Body second)) [ v[0]; v[1]; v[1] ])
                let after = passed "settle_loops" f [ flag true; a ]
                Expect.isTrue (obj.ReferenceEquals(after.Results[0], after.Parameters[1])) "the operand")
        ]

[<Tests>]
let tests = testList "loop passes" [ sinking; hoisting; settling ]
