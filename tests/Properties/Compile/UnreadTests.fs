/// What nobody reads goes: results, carries, slices, constants. What is read stays, at its place.
module Adjoint.Properties.Compile.UnreadTests

open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]
let private xs: ValueType = f64 [ 3; 2 ]
let private a, b = vector [ 0.5; -0.0 ], vector [ 2.0; nan ]
let private rows = matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ]; [ 5.0; -6.0 ] ]

let private removed = becomes "remove_unread"

/// The operands of the last node.
let private operands (graph: Graph) =
    graph.Nodes[graph.Nodes.Length - 1].Operands |> Seq.map string |> List.ofSeq

/// (constants a b, carries p q, slice) → (p + slice, q * b | exp p, sin q).
let private step =
    graph [ x; x; x; x; x ] (fun v -> [ Ops.Add(v[2], v[4]); Ops.Mul(v[3], v[1]); Ops.Exp v[2]; Ops.Sin v[3] ])

let private loop chosen =
    graph [ x; x; xs ] (fun v ->
        let results = scan 2 2 3 false step [ v[0]; v[1]; v[0]; v[1]; v[2] ]
        [ for i in chosen -> results[i] ])

let private swapping = graph [ i64; x; x; x ] (fun v -> [ v[2]; v[1]; Ops.Add(v[3], v[1]) ])

let private whileLoop condition body operands =
    make (While(Body condition, Body body, 0)) operands

[<Tests>]
let tests =
    testList
        "unread values"
        [
            testCase "of a scan: a carry with what only it reads" (fun () ->
                removed (loop [ 0 ]) [ a; b; rows ] "scan[add]"
                removed (loop [ 1 ]) [ a; b; rows ] "scan[mul]"
                removed (loop [ 2 ]) [ a; b; rows ] "scan[add exp]"
                removed (loop [ 3 ]) [ a; b; rows ] "scan[mul sin]"
                removed (loop [ 3; 0 ]) [ a; b; rows ] "scan[add mul sin]")

            testCase "operands go with the parameters" (fun () ->
                let after = passed "remove_unread" (loop [ 1 ]) [ a; b; rows ]
                Expect.equal (operands after) [ "parameter: f64[2]"; "parameter: f64[2]" ] "b and the start")

            testCase "all that is read stays, the same graph" (fun () ->
                let graph =
                    graph [ x; x; xs ] (fun v ->
                        scan
                            1
                            2
                            3
                            false
                            (graph [ x; x; x; x ] (fun v -> [ Ops.Add(v[1], v[3]); Ops.Mul(v[2], v[0]) ]))
                            [ v[0]; v[0]; v[1]; v[2] ])

                Expect.isTrue (obj.ReferenceEquals((pass "remove_unread").Apply.Invoke graph, graph)) "itself")

            testCase "carries that feed each other stay together" (fun () ->
                let f chosen =
                    graph [ x; x; x ] (fun v ->
                        let results = repeat 0 swapping [ index 3; v[0]; v[1]; v[2] ]
                        [ results[chosen] ])

                removed (f 0) [ a; b; a ] "constant repeat[]"
                let after = passed "remove_unread" (f 0) [ a; b; a ]
                Expect.equal (operands after).Length 3 "the count and two carries"
                removed (f 2) [ a; b; a ] "constant repeat[add]")

            testCase "of a while: what its condition reads stays" (fun () ->
                let condition = graph [ i64; x; x ] (fun v -> [ Ops.Greater(v[0], index 0) ])

                let step = graph [ i64; x; x ] (fun v -> [ Ops.Sub(v[0], index 1); Ops.Sin v[1]; Ops.Exp v[2] ])

                let f = graph [ x; x ] (fun v -> [ (whileLoop condition step [ index 3; v[0]; v[1] ])[2] ])
                removed f [ a; b ] "constant while[constant compare][constant sub exp]")

            testCase "of branches: what neither reads" (fun () ->
                let first = graph [ x; x; x ] (fun v -> [ Ops.Sin v[0]; v[1] ])
                let second = graph [ x; x; x ] (fun v -> [ v[2]; Ops.Exp v[1] ])

                let f chosen =
                    graph [ truth; x; x; x ] (fun v -> [ (make (Cond(Body first, Body second)) v)[chosen] ])

                let after = passed "remove_unread" (f 0) [ flag true; a; b; a ]
                Expect.equal (names after) "cond[sin][]" "the first result"
                Expect.equal (operands after).Length 3 "predicate, and the operands of one branch or the other"
                removed (f 1) [ flag false; a; b; a ] "cond[][exp]")

            testCase "in loops in loops" (fun () ->
                let inner = graph [ x; x ] (fun v -> [ Ops.Sin v[0]; Ops.Exp v[1] ])
                let outer = graph [ x; x ] (fun v -> scan 0 2 2 false inner v)
                let f = graph [ x; x ] (fun v -> [ (scan 0 2 2 true outer v)[0] ])
                removed f [ a; b ] "scan[scan[sin]]")

            testCase "what only an unread result reads goes, loops before too" (fun () ->
                let f =
                    graph [ x; x; xs ] (fun v ->
                        let first = scan 2 2 3 false step [ v[0]; v[1]; v[0]; v[1]; v[2] ]
                        [ (scan 2 2 3 false step [ v[0]; v[1]; v[0]; first[1]; first[2] ])[1] ])

                removed f [ a; b; rows ] "scan[mul] scan[mul]")

            testCase "residuals that a derivative no longer needs" (fun () ->
                let body = graph [ x ] (fun v -> [ Ops.Sin(Ops.Sin v[0]) ])
                let f = graph [ x ] (fun v -> scan 0 1 3 false body v)

                let value =
                    graph [ x; x ] (fun v ->
                        [
                            (Substitution.Inline(Adjoint.Transforms.Backward.Apply(f, all 1, all 1).Graph, [| v[0]; v[1] |]))[0]
                        ])

                removed value [ a; a ] "scan[sin sin]")

            testCase "a thousand carries in a ring take linear time" (fun () ->
                let count = 2000

                let body =
                    graph [ for _ in 1..count -> f64 [] ] (fun v -> [ for i in 0 .. count - 1 -> Ops.Sin v[(i + 1) % count] ])

                let f = graph [ f64 [] ] (fun v -> [ (scan 0 count 2 false body [ for _ in 1..count -> v[0] ])[0] ])
                Expect.equal (PassTrace("", RemoveUnread.Apply f).Nodes) (count + 1) "all are read, in a ring")
        ]
