/// Calls are put in their place, and nests of calls do not grow.
module Adjoint.Properties.Compile.InliningTests

open Expecto
open Adjoint.Compile
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile.Passing

let private x: ValueType = f64 [ 2 ]
let private at = [ vector [ 0.5; -0.0 ] ]

let private sine = graph [ x ] (fun x -> [ Ops.Sin x[0] ])

/// A body of so many nodes.
let private long length =
    graph [ x ] (fun x -> [ List.fold (fun y _ -> Ops.Neg(Ops.Exp y)) x[0] [ 1 .. length / 2 ] ])

[<Tests>]
let tests =
    testList
        "inlining"
        [
            testCase "a call, and a call in a body" (fun () ->
                let twice = graph [ x ] (fun x -> make (Call sine) (make (Call sine) x))
                becomes "inline_calls" (graph [ x ] (make (Call twice))) at "sin sin"

                let loop = graph [ x ] (fun x -> scan 0 1 2 false twice x)

                becomes "inline_calls" loop at "scan[sin sin]")

            testCase "functions with rules of their own, when derivatives are taken" (fun () ->
                let custom =
                    CustomFunction(Body sine, Bodies [| Body(graph [ x; x ] (fun x -> [ Ops.Sin x[0]; x[1] ])) |], Bodies(), Bodies())

                becomes "inline_calls" (graph [ x ] (make custom)) at "sin")

            testCase "a checkpoint stays" (fun () -> becomes "inline_calls" (graph [ x ] (make (Checkpoint sine))) at "checkpoint[sin]")

            testCase "a large body is moved, not copied" (fun () ->
                let body = Body(long 100)
                let once = passed "inline_calls" (graph [ x ] (make (Call body))) at
                Expect.equal once.Nodes.Length 100 "moved"
                let twice = passed "inline_calls" (graph [ x ] (make (Call body) >> make (Call body))) at
                Expect.equal (twice.Nodes |> Seq.map _.Primitive.Name |> List.ofSeq) [ "call"; "call" ] "kept")

            testCase "sixty levels, each calling the one below twice, stay small" (fun () ->
                let mutable body = sine

                for _ in 1..60 do
                    let below = Body body
                    body <- graph [ x ] (make (Call below) >> make (Call below))

                let after = (pass "inline_calls").Apply.Invoke body
                Expect.isLessThan (PassTrace("", after).Nodes) 2000 "nodes")

            testCase "the nodes of the body keep their origins" (fun () ->
                let origin = Adjoint.Ir.Origin("inside", "model.fs", 7)

                let body =
                    graph [ x ] (fun x ->
                        [
                            Node.Make(Sin(), System.Collections.Immutable.ImmutableArray.Create x[0], origin).Result
                        ])

                let after = passed "inline_calls" (graph [ x ] (make (Call body))) at
                Expect.equal after.Nodes[0].Origin origin "the body's")
        ]
