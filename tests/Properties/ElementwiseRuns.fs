/// Runs elementwise operations and their derivatives on a few numbers.
module Adjoint.Properties.ElementwiseRuns

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms

let graphOf (operands: NDArray list) (f: Value list -> Value) =
    let types = operands |> List.map (fun x -> TensorType.Of x :> Adjoint.Ir.ValueType)
    Graph.Of(types, Func<_, _>(fun parameters -> Seq.singleton (f (List.ofSeq parameters))))

let private runWith kernels (graph: Graph) (operands: NDArray list) =
    let arguments = operands |> List.map (fun x -> x :> HostValue) |> List.toArray

    Interpreter.Run(graph, arguments, RunOptions(UseKernels = kernels))
    |> Array.map (fun y -> y :?> NDArray)
    |> List.ofArray

/// The results, as kernels give them.
let run graph operands = runWith true graph operands

/// The elements; equal by bits, and NaN is one whatever its bits.
let elements (x: NDArray) =
    [
        for i in 0 .. x.Size - 1 ->
            match x.At i with
            | number when Double.IsNaN number.AsDouble -> Scalar.Of(x.Type, nan)
            | number -> number
    ]

/// Expects these elements, of this dtype, from the kernels and from plain evaluation.
let gives (expected: NDArray) (operands: NDArray list) f =
    let graph = graphOf operands f

    for kernels in [ true; false ] do
        let actual = (runWith kernels graph operands).Head
        Expect.equal (actual.Describe()) (expected.Describe()) "type"
        Expect.equal (elements actual) (elements expected) $"kernels: {kernels}"

/// Expects numbers this close, relatively where they are large, from the kernels and from plain evaluation.
let givesNearly tolerance (expected: float list) (x: float list) f =
    let operand = NDArray.Vector(Array.ofList x)
    let graph = graphOf [ operand ] (List.head >> f)

    for kernels in [ true; false ] do
        let actual = (runWith kernels graph [ operand ]).Head.ToDoubles()

        for i in 0 .. actual.Length - 1 do
            let error = abs (actual[i] - expected[i])

            if not (elements (NDArray.Scalar actual[i]) = elements (NDArray.Scalar expected[i])) then
                Expect.isLessThanOrEqual error (tolerance * abs expected[i]) $"at {x[i]:R}: {actual[i]:R} for {expected[i]:R}"

let private ones (value: Value) = Ops.OnesLike value

/// The graph of the cotangents of some parameters where the result's cotangent is 1 everywhere.
let private cotangents (active: int list) (graph: Graph) =
    let mask = ParameterMask(Seq.init graph.Parameters.Length (fun i -> List.contains i active))
    let reverse = Backward.Apply(graph, mask)
    let parameters = graph.ParameterTypes |> Seq.map (fun t -> Value.Parameter t) |> Seq.toArray
    let seed = ones graph.Results[0]

    let results =
        Substitution.Inline(reverse.Graph, Array.append parameters [| seed |])
        |> Seq.skip 1

    Graph(Collections.Immutable.ImmutableArray.CreateRange parameters, Collections.Immutable.ImmutableArray.CreateRange results)

/// The derivatives of a function of single elements, in each operand.
let slopes (operands: NDArray list) f =
    let active =
        [
            for i in 0 .. operands.Length - 1 do
                if operands[i].Type.IsDifferentiable() then
                    i
        ]

    run (cotangents active (graphOf operands f)) operands

/// The derivative of this order in the first operand.
let rec slopeOfOrder order operands f =
    let graph = Seq.fold (fun graph _ -> cotangents [ 0 ] graph) (graphOf operands f) (seq { 1..order })
    (run graph operands).Head

/// Expects these derivatives in the first operand.
let hasSlope (expected: float list) (operands: NDArray list) f =
    let actual = (slopes operands f).Head
    Expect.equal (elements actual) (elements (NDArray.Vector(Array.ofList expected))) "derivative"

let one f (x: Value list) = f x[0]
let two f (x: Value list) = f (x[0], x[1])
let three f (x: Value list) = f (x[0], x[1], x[2])

let numbers (x: float list) = NDArray.Vector(Array.ofList x)

let throwsNaming<'error, 'result when 'error :> exn> (part: string) (f: unit -> 'result) =
    Expect.throwsC (fun () -> f () |> ignore) (fun error ->
        Expect.isTrue (error :? 'error) $"{error}"
        Expect.stringContains error.Message part "message")
