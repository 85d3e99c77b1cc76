/// Axes that a body treats alike become one, and elements stay what and where they are.
module Adjoint.Properties.Compile.JoinAxesTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Nests
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives

let private shape (extents: int list) = Shape.Of(Array.ofList extents)

let private graph (operands: int list list) (body: Value list -> Value list) =
    let types = [ for s in operands -> TensorType(DType.F64, shape s) :> ValueType ]

    Graph.Of(types, (fun x -> ImmutableArray.CreateRange(body (List.ofSeq x))))

let private shapes (values: Value seq) =
    [ for value in values -> [ for extent in value.Tensor.Shape -> extent.Value ] ]

let private run (graph: Graph) =
    let numbers i (value: Value) =
        NDArray.Vector([| for k in 1 .. value.Tensor.Shape.Size -> sin (float (k * (i + 5))) |]).Reshaped(value.Tensor.Shape) :> HostValue

    let arguments = graph.Parameters |> Seq.mapi numbers |> Array.ofSeq

    [
        for result in Interpreter.Run(graph, arguments) -> (result :?> NDArray).ToArray<float>()
    ]

let private becomes name operands body (expected: int list list) (results: int list list) =
    testCase name (fun () ->
        let before: Graph = graph operands body
        let after = JoinAxes.Apply before
        Expect.equal (shapes after.Parameters) expected "operands"
        Expect.equal (shapes after.Results) results "results"
        Verifier.Check after
        Expect.equal (run after) (run before) "the same elements in the same places")

let private alike name operands body =
    testCase name (fun () ->
        let before: Graph = graph operands body
        Expect.isTrue (obj.ReferenceEquals(JoinAxes.Apply before, before)) "nothing to join")

let private over (axes: int list) (like: Value) (x: Value) =
    Ops.Broadcast(x, like.Tensor.Shape, Axes axes)

[<Tests>]
let tests =
    testList
        "joined axes"
        [
            becomes
                "all, of what is elementwise"
                [ [ 2; 3; 4 ]; [] ]
                (fun x -> [ Ops.Mul(x[0], over [] x[0] x[1]) ])
                [ [ 24 ]; [] ]
                [ [ 24 ] ]
            becomes
                "those that a bias repeats"
                [ [ 2; 3; 4; 5 ]; [ 3 ] ]
                (fun x -> [ Ops.Add(x[0], over [ 1 ] x[0] x[1]) ])
                [ [ 2; 3; 20 ]; [ 3 ] ]
                [ [ 2; 3; 20 ] ]
            becomes
                "those that are reduced, and those that stay"
                [ [ 2; 3; 4; 5 ] ]
                (fun x ->
                    let sum = Ops.ReduceSum(x[0], Axes [ 2; 3 ])
                    [ sum; Ops.Sub(x[0], over [ 0; 1 ] x[0] sum) ])
                [ [ 6; 20 ] ]
                [ [ 6 ]; [ 6; 20 ] ]
            becomes
                "none of those that a reduction tells apart"
                [ [ 2; 3; 4; 5 ] ]
                (fun x -> [ Ops.ReduceSum(x[0], Axes [ 0; 2; 3 ]) ])
                [ [ 2; 3; 20 ] ]
                [ [ 3 ] ]
            alike "a matrix and its transpose" [ [ 2; 3 ]; [ 3; 2 ] ] (fun x -> [ Ops.Add(x[0], Ops.Permute(x[1], Axes [ 1; 0 ])) ])
            alike "results that share a leading axis" [ [ 2; 3 ]; [ 2 ] ] (fun x -> [ Ops.Neg x[0]; Ops.Neg x[1] ])
        ]
