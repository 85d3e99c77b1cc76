/// A branch that is not taken adds exactly nothing: neither its value, however bad, nor NaN to a derivative.
module Adjoint.Properties.Laws.BranchLaws

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Laws.TangentLaws

/// NaN whatever x is, with slopes that are NaN.
let private blown (x: Value) =
    let zero = Ops.Mul(x, Ops.ZerosLike x)
    Ops.Div(zero, zero)

/// The same function, with results that blow up; results without tangents stay.
let private bad (f: Graph) =
    let rec spoil (x: Value) =
        match x.Type with
        | :? TensorType -> blown x
        | _ ->
            let first = Ops.Constant(Scalar.Of(DType.I64, 0L))
            Ops.StackPut(x, first, spoil (Ops.StackGet(x, first)))

    let results = f.Results |> Seq.map (fun y -> if y.Type.HasTangent then spoil y else y)
    Graph(f.Parameters, results.ToImmutableArray())

let private guarded (primitive: Primitive) (choice: ValueType) (f: Graph) =
    let parameters = [ for x in f.Parameters -> Value.Parameter x.Type ]
    let chosen = Value.Parameter choice
    let node = Node.Make(primitive, ImmutableArray.CreateRange(chosen :: parameters))
    Point.graph (chosen :: parameters) node.Results

/// Each holder of branches, with the choice that takes f, and the one that takes the other.
let private holders (f: Graph) : (string * Primitive * HostValue * HostValue) list =
    [
        "cond", Cond(Body f, Body(bad f)), NDArray.Scalar true, NDArray.Scalar false
        "switch", Switch(Bodies(Body(bad f), Body f, Body(bad f))), NDArray.Scalar 1L, NDArray.Scalar 2L
    ]

let private finite (what: string) (values: HostValue list) =
    for value in values do
        Expect.isFalse (Values.flatten value value |> Array.exists Double.IsNaN) $"{what}: a number, not NaN"

let notTaken =
    {
        Name = "a branch not taken adds nothing"
        Mode = Choosy
        Differential = true
        Check =
            fun case source ->
                let point = case.Point
                let dx = directions source (Point.actives point)
                let u = Point.run point |> Point.slopes point |> directions source

                for name, primitive, taken, other in holders case.Graph do
                    let graph = guarded primitive (ValueTypes.Of taken) case.Graph

                    let inside =
                        {
                            Graph = graph
                            At = taken :: point.At
                            Active = ParameterMask.None(1).Concat point.Active
                        }

                    near $"{name}, forward" inside (Point.run (Point.jvp point dx)) (Point.run (Point.jvp inside dx))
                    near $"{name}, reverse" inside (Point.run (Point.vjp point u)) (Point.run (Point.vjp inside u))

                    // Two lanes, of which the second takes the other branch: the first is as if alone.
                    let derived = Point.vjp inside u
                    let alone = Point.run derived
                    let mask = ParameterMask.All derived.At.Length
                    let every = ParameterMask.All derived.Graph.Results.Length
                    let batched = (Transformed.batch derived.Graph mask every (Extent 2)).Graph
                    let second = other :: derived.At.Tail
                    let operands = List.map2 (fun a b -> Values.stackLanes [| a; b |]) derived.At second
                    let first = Point.runGraph batched operands |> List.map (Values.lane 0)
                    finite $"{name} under vmap" first
                    near $"{name} under vmap" derived alone first
    }

let all = [ notTaken ]
