/// Short words for tests of passes: what a pass makes of a graph, and that it means the same to the bit.
module Adjoint.Properties.Compile.Passing

open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building

/// A pass of the pipeline.
let pass name =
    Pipeline.Default.Passes |> Seq.find (fun pass -> pass.Name = name)

/// The graph after the pass, which the verifier accepts; runs on these arguments give the same bits.
let passed name (graph: Graph) (arguments: HostValue list) =
    let after = (pass name).Apply.Invoke graph

    for x, y in List.zip (run graph arguments) (run after arguments) do
        Expect.isTrue (Laws.Values.sameBits x y) $"{name} keeps the bits of\n{graph}\nin\n{after}"

    after

/// The names of the nodes, in order; those of bodies stand in brackets behind the node that holds them.
let rec names (graph: Graph) : string =
    let ofNode (node: Node) =
        let inside = ResizeArray()

        node.Primitive.MapBodies(fun body ->
            inside.Add $"[{names body.Graph}]"
            body)
        |> ignore

        node.Primitive.Name + String.concat "" inside

    graph.Nodes |> Seq.map ofNode |> String.concat " "

/// Expects these nodes after the pass.
let becomes name graph arguments expected =
    Expect.equal (names (passed name graph arguments)) expected name

let constant (value: float) =
    Ops.Constant(Scalar.Of(DType.F64, value))

let index (value: int) =
    Ops.Constant(Scalar.Of(DType.I64, int64 value))

let scan constants carries length reverse body operands =
    make (Scan(Body body, constants, carries, length, reverse)) operands

let repeat constants body operands =
    make (Repeat(Body body, constants, false)) operands
