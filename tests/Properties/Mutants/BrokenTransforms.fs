/// Transforms with a planted error: what the laws must notice whatever the primitive.
module Adjoint.Properties.Mutants.BrokenTransforms

open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Laws

/// The graph with the second use of a value cut off from derivatives, as if its tangent had been lost or overwritten.
let private losingOneUse (graph: Graph) =
    let used = HashSet<Value>(HashIdentity.Reference)
    let mutable isLost = false
    let substitution = Substitution()

    for node in graph.Nodes do
        let operands =
            [
                for operand in node.Operands ->
                    let value = substitution[operand]

                    if
                        not (used.Add operand)
                        && not isLost
                        && operand.Type.HasTangent
                        && (operand.Type :? TensorType)
                    then
                        isLost <- true
                        Node.Make(StopGradient(), ImmutableArray.Create value).Result
                    else
                        value
            ]

        let renewed = Node.Make(node.Primitive, ImmutableArray.CreateRange operands, node.Origin)
        Seq.iter2 (fun (y: Value) (z: Value) -> substitution[y] <- z) node.Results renewed.Results

    Graph(graph.Parameters, substitution.Of graph.Results)

let private doubled (x: Value) = Ops.AddAny(x, x)

let private changed at (change: Value -> Value) (graph: Graph) =
    if at < 0 || at >= graph.Results.Length then
        graph
    else
        Graph(graph.Parameters, graph.Results.SetItem(at, change graph.Results[at]))

/// The first two results from a place on that have one type, exchanged.
let private exchanged first (graph: Graph) =
    let results = graph.Results

    let pair =
        seq {
            for i in first .. results.Length - 2 do
                for j in i + 1 .. results.Length - 1 do
                    if results[i].Type.Equals results[j].Type then
                        i, j
        }

    match Seq.tryHead pair with
    | Some(i, j) -> Graph(graph.Parameters, results.SetItem(i, results[j]).SetItem(j, results[i]))
    | None -> graph

let private count (graph: Graph) = graph.Results.Length
let private real = Transformed.real

let private forward change =
    { real with
        Forward =
            fun f active required ->
                let made = real.Forward f active required
                JvpBody(change (count f) made.Graph, made.Tangents)
    }

let private reverse change =
    { real with
        Reverse =
            fun f active ->
                let made = real.Reverse f active
                Adjoint.Transforms.BackwardBody(change (count f) made.Graph, made.NonZero)
    }

let private linearize primal linear =
    { real with
        Linearize =
            fun f active required ->
                let made = real.Linearize f active required
                LinearizedBody(primal (count f) made.Primal, linear made.Linear, made.Forwarded, made.Residuals, made.Tangents)
    }

let private transpose change =
    { real with
        Transpose =
            fun f linear ->
                let made = real.Transpose f linear
                TransposedBody(change made.Graph, made.NonZero)
    }

/// One lane later for each lane.
let private rolled (y: Value) =
    match y.Type with
    | :? TensorType as tensor when tensor.Shape[0].Value > 1 ->
        let size = tensor.Shape[0].Value
        Ops.Concatenate(0, Ops.SliceAxis(y, 0, 1, size), Ops.SliceAxis(y, 0, 0, 1))
    | _ -> y

let private batch change =
    { real with
        Batch =
            fun f batched required size ->
                let made = real.Batch f batched required size

                BatchedBody(
                    (if made.Batched.Any then
                         change made made.Graph
                     else
                         made.Graph),
                    made.Batched
                )
    }

let private firstBatched (made: BatchedBody) =
    made.Batched.Indices |> Seq.tryHead |> Option.defaultValue -1

/// Each with what is wrong in it.
let all: (string * Transforms) list =
    [
        "forward: loses one use of a value",
        { real with
            Forward = fun f active required -> real.Forward (losingOneUse f) active required
        }
        "forward: the first tangent is doubled", forward (fun n graph -> changed n doubled graph)
        "forward: tangents are exchanged", forward exchanged
        "forward: the primal is doubled", forward (fun _ graph -> changed 0 doubled graph)
        "reverse: loses one use of a value",
        { real with
            Reverse = fun f active -> real.Reverse (losingOneUse f) active
        }
        "reverse: the first cotangent is doubled", reverse (fun n graph -> changed n doubled graph)
        "reverse: cotangents are exchanged", reverse exchanged
        "linearize: a residual is doubled", linearize (fun n graph -> changed n doubled graph) id
        "linearize: residuals are exchanged", linearize exchanged id
        "linearize: the linear part is doubled", linearize (fun _ graph -> graph) (changed 0 doubled)
        "linearize: loses one use of a value",
        { real with
            Linearize = fun f active required -> real.Linearize (losingOneUse f) active required
        }
        "transpose: the first cotangent is doubled", transpose (changed 0 doubled)
        "transpose: cotangents are exchanged", transpose (exchanged 0)
        "transpose: loses one use of a value",
        { real with
            Transpose = fun f linear -> real.Transpose (losingOneUse f) linear
        }
        "batch: lanes are one off", batch (fun made graph -> changed (firstBatched made) rolled graph)
        "batch: results are exchanged", batch (fun _ graph -> exchanged 0 graph)
    ]
