/// Graphs compiled within budgets of memory, and what holds for each.
module Adjoint.Properties.Memory.Budgets

open System
open System.Collections.Immutable
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Properties.Laws

/// The graph of a function of structures; what it uses from outside must be literals.
let graphOf (f: 'A -> 'B) (x: 'A) : Graph = (explain f x).Graph

let within (budget: int64) (graph: Graph) =
    Executable.Compile(graph, CompileOptions(MemoryBudget = budget))

let announced (executable: Executable) =
    let struct (bytes, complete) = executable.Forecast()
    Expect.isTrue complete "all memory is announced"
    bytes

/// Results, and the most bytes that the run worked in.
let run (executable: Executable) (arguments: HostValue list) =
    let profile = Profile()
    let options = RunOptions(Parallel = Serial.Instance, Profile = profile, SpoilFreed = true)
    let results = executable.RunValues(Array.ofList arguments, options)
    List.ofArray results, profile.PeakBytes

/// All that is promised of a run within a budget: the same bits, no more memory than announced, and no more announced than allowed.
let keeps (graph: Graph) (arguments: HostValue list) (budget: int64) =
    let expected, _ = run (Executable.Compile graph) arguments
    let executable = within budget graph
    let bytes = announced executable
    Expect.isLessThanOrEqual bytes budget "announced within the budget"

    for _ in 1..2 do
        let found, peak = run executable arguments
        Expect.isLessThanOrEqual peak bytes "measured within what was announced"
        Expect.isTrue (List.forall2 Values.sameBits found expected) $"the same bits within {budget} bytes"

    executable

/// The operations of a graph, loops of known length counted.
let operations (graph: Graph) =
    graph.Nodes
    |> Seq.sumBy (fun node -> node.Primitive.Cost(node.Operands |> Seq.map _.Type |> ImmutableArray.CreateRange).Operations)

/// Numbers between −0.6 and 0.6.
let wave (shape: int list) : Tensor<float> =
    Tensor.ofSeq shape (Seq.init (List.fold (*) 1 shape) (fun i -> 0.6 * sin (1.0 + 1.7 * float i)))

let held (x: Tensor<'T>) : HostValue = Tensor.toNDArray x
