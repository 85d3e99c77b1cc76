/// Equal regions of a graph are compiled once, and errors still say where each node comes from.
module Adjoint.Properties.Execute.SharedRegionTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives

let private body (f: Value list -> Value) =
    let x = Value.Parameter(TensorType.Of(DType.I64, 4))
    Graph(ImmutableArray.Create x, ImmutableArray.Create(f [ x ]))

let private kernelsOf (bodies: Graph list) =
    let x = Value.Parameter(TensorType.Of(DType.I64, 4))

    let results =
        bodies
        |> List.map (fun body -> Node.Make(Fused(Body body), ImmutableArray.Create x).Result)

    PlanValues(Graph(ImmutableArray.Create x, results.ToImmutableArray()), KernelSource.Default).Kernels

let private doubled () =
    body (fun inputs -> Ops.Add(inputs.Head, inputs.Head))

let private divided line () =
    body (fun inputs ->
        let origin = Origin("model", "Model.fs", line)
        Node.Make(Div(), ImmutableArray.Create(inputs.Head, inputs.Head), origin).Result)

[<Tests>]
let tests =
    testList
        "equal regions"
        [
            testCase "share a kernel" (fun () ->
                let kernels = kernelsOf [ doubled (); doubled () ]
                Expect.isTrue (obj.ReferenceEquals(kernels[0], kernels[1])) "one kernel for both")

            testCase "that may fail have one each" (fun () ->
                let kernels = kernelsOf [ divided 7 (); divided 8 () ]
                Expect.isFalse (obj.ReferenceEquals(kernels[0], kernels[1])) "a kernel for each line")
        ]
