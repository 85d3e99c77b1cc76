/// Faults of passes over calls, branches and loops, and of fused products: what the laws of passes must notice.
module Adjoint.Properties.Mutants.BrokenRegions

open System.Collections.Immutable
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// A graph with the results of some nodes replaced, in bodies too.
let rec private rewrite (rule: Node -> Value seq option) (graph: Graph) : Graph =
    let substitution = Substitution()

    for node in graph.Nodes do
        let primitive = node.Primitive.MapBodies(fun body -> Body(rewrite rule body.Graph))
        let renewed = Node.Make(primitive, substitution.Of node.Operands, node.Origin)
        let results = rule renewed |> Option.defaultValue renewed.Results

        Seq.iter2
            (fun (y: Value) (z: Value) ->
                if y.Type.Equals z.Type then
                    substitution[y] <- z)
            node.Results
            results

    Graph(graph.Parameters, substitution.Of graph.Results)

let private inlined (body: Body) (arguments: Value seq) : Value seq =
    Substitution.Inline(body.Graph, Seq.toArray arguments)

let private fits (types: Value seq) (values: Value seq) =
    Seq.length types = Seq.length values
    && Seq.forall2 (fun (x: Value) (y: Value) -> x.Type.Equals y.Type) types values

let private literal (value: Value) =
    match value.Producer with
    | null -> None
    | node ->
        match node.Primitive with
        | :? Constant as constant -> Some constant.Value
        | _ -> None

let private swappedCall (node: Node) =
    match node.Primitive with
    | :? Call as call ->
        let arguments = Seq.rev node.Operands

        if fits node.Operands arguments then
            Some(inlined call.Body arguments)
        else
            None
    | _ -> None

let private otherBranch (node: Node) =
    match node.Primitive, literal node.Operands[0] with
    | (:? Cond as cond), Some known -> Some(inlined (if known.Bits = 0UL then cond.Then else cond.Else) (Seq.skip 1 node.Operands))
    | _ -> None

let private lastBranch (node: Node) =
    match node.Primitive with
    | :? Switch as choice -> Some(inlined choice.Branches[choice.Branches.Count - 1] (Seq.skip 1 node.Operands))
    | _ -> None

let private thenAlways (node: Node) =
    match node.Primitive with
    | :? Cond as cond -> Some(inlined cond.Then (Seq.skip 1 node.Operands))
    | _ -> None

/// One step for however many.
let private oneStep (node: Node) =
    match node.Primitive with
    | :? Repeat as loop ->
        let first = Ops.Constant(Scalar.Of(DType.I64, 0L))
        Some(inlined loop.Step (Seq.append [ first ] (Seq.skip 1 node.Operands)))
    | :? While as loop -> Some(inlined loop.Step node.Operands)
    | _ -> None

/// The carries' starts for their ends.
let private settled (node: Node) =
    match node.Primitive with
    | :? Scan as scan ->
        let starts = node.Operands |> Seq.skip scan.Constants |> Seq.take scan.Carries
        Some(Seq.append starts (Seq.skip scan.Carries node.Results))
    | :? While as loop -> Some(Seq.skip loop.Constants node.Operands)
    | _ -> None

/// What a step computes from the carry, computed from its start.
let private hoisted (node: Node) =
    match node.Primitive with
    | :? Scan as scan when scan.Length > 0 && scan.Carries = 1 ->
        let p = scan.Step.Graph.Parameters
        let start = Value.Parameter p[scan.Constants].Type
        let substitution = Substitution()
        substitution[p[scan.Constants]] <- start

        for inner in scan.Step.Graph.Nodes do
            substitution.Apply inner |> ignore

        let step = Graph(p.Insert(scan.Constants, start), substitution.Of scan.Step.Graph.Results)

        let operands = node.Operands.Insert(scan.Constants, node.Operands[scan.Constants])
        Some(Node.Make(Scan(Body step, scan.Constants + 1, scan.Carries, scan.Length, scan.Reverse), operands).Results :> Value seq)
    | _ -> None

/// Stacked results for the inputs, whatever the direction; the inputs come back turned around.
let private turned (node: Node) =
    match node.Primitive with
    | :? Scan as scan ->
        let turned = Scan(scan.Step, scan.Constants, scan.Carries, scan.Length, not scan.Reverse)
        Some(Node.Make(turned, node.Operands).Results :> Value seq)
    | _ -> None

/// Results of one type in the wrong order: what is left of a loop from which a result was taken away.
let private shifted (node: Node) =
    match node.Primitive with
    | :? Scan
    | :? Call
    | :? Repeat
    | :? While when node.Results.Length > 1 -> Some(Seq.append (Seq.skip 1 node.Results) (Seq.take 1 node.Results))
    | _ -> None

/// Constants of a loop in the wrong order: literals put at each other's places.
let private misplaced (node: Node) =
    let swapped first count (make: unit -> Primitive) =
        let operands =
            node.Operands
            |> Seq.indexed
            |> Seq.map (fun (i, x) ->
                if i >= first && i < first + count then
                    node.Operands[2 * first + count - 1 - i]
                else
                    x)

        if fits node.Operands operands then
            Some(Node.Make(make (), operands.ToImmutableArray()).Results :> Value seq)
        else
            None

    match node.Primitive with
    | :? Scan as scan -> swapped 0 scan.Constants (fun () -> scan)
    | :? Cond as cond -> swapped 1 (node.Operands.Length - 1) (fun () -> cond)
    | _ -> None

/// A function of repetitions along different axes, taken once.
let private repeated (node: Node) : Value seq option =
    let inner (value: Value) =
        match value.Producer with
        | null -> None
        | producer ->
            match producer.Primitive with
            | :? Broadcast as broadcast -> Some(broadcast, producer.Operands[0])
            | _ -> None

    match node.Primitive with
    | :? Add
    | :? Mul
    | :? Sub ->
        match inner node.Operands[0], inner node.Operands[1] with
        | Some(b, x), Some(_, y) when x.Type.Equals y.Type ->
            Some
                [
                    Ops.Broadcast(Node.Make(node.Primitive, ImmutableArray.Create(x, y)).Result, b.Shape, b.Axes)
                ]
        | _ -> None
    | _ -> None

/// x / c as x c.
let private timesDivisor (node: Node) : Value seq option =
    match node.Primitive with
    | :? Div -> Some [ Ops.Mul(node.Operands[0], node.Operands[1]) ]
    | _ -> None

/// A product's transposes left out where the types allow it.
let private untransposed (node: Node) : Value seq option =
    match node.Primitive with
    | :? DotGeneral ->
        let bare (value: Value) =
            match value.Producer with
            | null -> value
            | producer when (producer.Primitive :? Permute) && producer.Operands[0].Type.Equals value.Type -> producer.Operands[0]
            | _ -> value

        Some(Node.Make(node.Primitive, node.Operands |> Seq.map bare |> _.ToImmutableArray()).Results)
    | _ -> None

let private product (value: Value) =
    match value.Producer with
    | null -> None
    | producer when (producer.Primitive :? Mul) -> Some producer.Operands
    | _ -> None

let private differenceAsSum (node: Node) : Value seq option =
    match node.Primitive with
    | :? Sub when node.Results[0].Tensor.DType.IsFloating() ->
        product node.Operands[0]
        |> Option.map (fun xy -> [ Ops.Fma(xy[0], xy[1], node.Operands[1]) ])
    | _ -> None

let private productTwice (node: Node) : Value seq option =
    match node.Primitive with
    | :? Add when node.Results[0].Tensor.DType.IsFloating() ->
        product node.Operands[0]
        |> Option.map (fun xy -> [ Ops.Fma(xy[0], xy[1], node.Operands[0]) ])
    | _ -> None

let private pass name rule = Pass(name, rewrite rule)

/// Each with what is wrong in it.
let all: Pass list =
    [
        pass "inline: operands in reverse" swappedCall
        pass "branches: the other one" otherBranch
        pass "branches: a switch takes its last" lastBranch
        pass "branches: a cond takes its first" thenAlways
        pass "branches: a loop is one step" oneStep
        pass "settle: every carry is its start" settled
        pass "hoist: what the carry leads to" hoisted
        pass "settle: a scan runs the other way" turned
        pass "unread: results move up" shifted
        pass "sink: literals at each other's places" misplaced
        pass "repetitions: whatever the axes" repeated
        pass "simplify: x / c is x c" timesDivisor
        pass "products: transposes are left out" untransposed
        Pass("fma: a difference as a sum", rewrite differenceAsSum, Rounds = true)
        Pass("fma: the product twice", rewrite productTwice, Rounds = true)
    ]
