/// Groups of large operations, here of any size, run as nests and give what the operations mean.
module Adjoint.Properties.Compile.FusionLaw

open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Compile.Fusion
open Adjoint.Compile.Nests
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// Each group as a nest of loops, run by the plain engine.
type private Nests() =
    inherit KernelSource()

    override _.Of(node) =
        match node.Primitive with
        | :? Fused as fused ->
            let program = Nest.Lower(fused.Body.Graph, "nest")
            Expect.isNotNull program $"a nest for\n{fused.Body.Graph}"
            LoopKernel(program, PlainEngine.instance, ImmutableArray.Empty)
        | _ -> base.Of node

/// The graph with all that can be in groups.
let fused (graph: Graph) = FuseLarge.Apply(graph, -1.0, -1.0)

/// Runs the groups of a graph as nests.
let run (graph: Graph) (operands: HostValue list) =
    let executable = Executable.Compile(fused graph, Pipeline(), Nests())
    let arrays = [| for x in operands -> x :?> NDArray |]

    [
        for result in executable.Run(arrays, RunOptions(Parallel = Serial.Instance)) -> result :> HostValue
    ]

/// Arrays go in and out, and no groups are drawn that fusion would not make.
let private isPlain (graph: Graph) =
    Seq.append graph.Parameters graph.Results
    |> Seq.forall (fun value -> value.Type :? TensorType)
    && graph.Nodes |> Seq.forall (fun node -> not (node.Primitive :? Fused))

let private check (graph: Graph) (operands: HostValue list) =
    if not (isPlain graph) then
        Says.nothing ()

    Verifier.Check(fused graph)
    let case = Case.make graph [ operands ] [ for _ in operands -> false ]
    ElementLaw.holds case (fun () -> run graph operands)

let all =
    PassLaws.ofPoints "groups run as nests" "groups of derivatives run as nests" (fun point -> check point.Graph point.At)
