/// Short words for graphs made by hand, and for their derivatives at a point.
module Adjoint.Properties.Building

open System
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms

let f64 (extents: int list) : ValueType =
    TensorType.Of(DType.F64, Array.ofList extents)

let i64: ValueType = TensorType.Of DType.I64
let truth: ValueType = TensorType.Of DType.Bool

let number (value: float) : HostValue = NDArray.Scalar value
let vector (values: float list) : HostValue = NDArray.Vector(Array.ofList values)
let whole (value: int) : HostValue = NDArray.Scalar(int64 value)

let flag (value: bool) : HostValue =
    NDArray.Of<bool>(Shape.Scalar, ReadOnlySpan [| value |])

let flags (values: bool list) : HostValue =
    NDArray.Of<bool>(Shape.Of values.Length, ReadOnlySpan(Array.ofList values))

let matrix (rows: float list list) : HostValue = NDArray.Matrix(array2D rows)

let graph (types: ValueType list) (body: Value list -> Value list) =
    Graph.Of(types, (fun parameters -> List.ofSeq parameters |> body |> Seq.ofList))

let make (primitive: Primitive) (operands: Value list) =
    List.ofSeq (Node.Make(primitive, operands.ToImmutableArray()).Results)

let make1 primitive operands =
    List.exactlyOne (make primitive operands)

let mask (flags: bool list) = ParameterMask flags
let all count = ParameterMask.All count

/// Runs a graph that the verifier accepts.
let run (graph: Graph) (arguments: HostValue list) =
    Verifier.Check graph
    List.ofSeq (Interpreter.Run(graph, arguments.ToImmutableArray()))

let floats (value: HostValue) =
    List.ofArray ((value :?> NDArray).ToDoubles())

/// The only number of the only result.
let result graph arguments =
    run graph arguments |> List.exactlyOne |> floats |> List.exactlyOne

let private tangents (graph: Graph) =
    ParameterMask(graph.Results |> Seq.map _.Type.HasTangent)

/// (x, dx of active) → dy of the results with tangents.
let slope (graph: Graph) active =
    let both = Forward.Apply(graph, active, tangents graph).Graph
    Graph(both.Parameters, both.Results.RemoveRange(0, graph.Results.Length))

/// (x, ȳ of the results with tangents) → x̄ of active.
let pullback (graph: Graph) active =
    let both = Backward.Apply(graph, active, tangents graph).Graph
    Graph(both.Parameters, both.Results.RemoveRange(0, graph.Results.Length))

/// All parameters and results of a batch have the batch on axis 0.
let vmap (graph: Graph) size =
    Batching.Apply(graph, all graph.Parameters.Length, all graph.Results.Length, Extent size).Graph

/// Derivatives of a function of one number to second order, by every way there is: forward, reverse, and all pairs of them.
let derivatives (f: Graph) (x: float) =
    let at, one = number x, number 1.0
    let first = mask [ true; false ]
    let forward, reverse = slope f (all 1), pullback f (all 1)

    {|
        Value = result f [ at ]
        First = [ "forward", result forward [ at; one ]; "reverse", result reverse [ at; one ] ]
        Second =
            [
                "forward of forward", result (slope forward first) [ at; one; one ]
                "forward of reverse", result (slope reverse first) [ at; one; one ]
                "reverse of forward", result (pullback forward first) [ at; one; one ]
                "reverse of reverse", result (pullback reverse first) [ at; one; one ]
            ]
    |}

/// Expects each result's numbers to be close; some hundred operations in f64 on numbers of moderate size.
let expectClose (actual: HostValue list) (expected: float list list) message =
    let accuracy: Expecto.Accuracy = { absolute = 1e-12; relative = 1e-11 }

    Expecto.Expect.equal (actual |> List.map (floats >> List.length)) (expected |> List.map List.length) $"{message}: sizes"

    for result, numbers in List.zip actual expected do
        for x, y in List.zip (floats result) numbers do
            Expecto.Expect.floatClose accuracy x y message
