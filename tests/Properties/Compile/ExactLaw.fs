/// Nodes that observed programs put together when they run often give the same bits together as each alone.
module Adjoint.Properties.Compile.ExactLaw

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws

let private isTensors (graph: Graph) =
    Seq.append graph.Parameters graph.Results
    |> Seq.forall (fun value -> value.Type :? TensorType)

/// All of a graph in one region, or its nodes in as many as they need; null where no nodes are put together.
let private together (graph: Graph) =
    let exact = ExactNodes()

    if graph.Nodes.Length > 0 && Seq.forall exact.Has graph.Nodes then
        Graph.Of(
            graph.ParameterTypes,
            fun inputs -> Seq.ofArray (Node.Make(Fused(Body graph), inputs.ToImmutableArray()).Results.AsSpan().ToArray())
        )
    else
        Pipeline.Exact.Run graph

let private run (graph: Graph) (kernels: KernelSource) (operands: HostValue list) =
    let arrays = [| for x in operands -> x :?> NDArray |]

    try
        Some(Executable.Compile(graph, Pipeline(), kernels).Run(arrays, RunOptions(Parallel = Serial.Instance)))
    with :? AdjointException ->
        None

let private same (x: NDArray) (y: NDArray) =
    Seq.forall
        (fun i ->
            let x, y = (x.At i).AsComplex, (y.At i).AsComplex

            BitConverter.DoubleToInt64Bits x.Real = BitConverter.DoubleToInt64Bits y.Real
            || Double.IsNaN x.Real && Double.IsNaN y.Real)
        (seq { 0 .. x.Size - 1 })

let private check (graph: Graph) (operands: HostValue list) =
    if not (isTensors graph) then
        Says.nothing ()

    let joined = together graph

    if obj.ReferenceEquals(joined, graph) then
        Says.nothing ()

    match run graph KernelSource.Single operands, run joined KernelSource.Default operands with
    | Some alone, Some joined ->
        for x, y in Array.zip alone joined do
            Expect.isTrue (same x y) $"alone {x}, together {y}"
    | None, None -> ()
    | _ -> failtest "only one of them fails"

let all =
    PassLaws.ofPoints
        "observed programs keep their bits when they are compiled"
        "observed derivatives keep their bits when they are compiled"
        (fun point -> check point.Graph point.At)
