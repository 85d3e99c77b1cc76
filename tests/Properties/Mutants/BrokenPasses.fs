/// Passes that change what a graph means: what the laws of passes must notice.
module Adjoint.Properties.Mutants.BrokenPasses

open System.Collections.Immutable
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

/// A graph with some nodes' results replaced, in bodies too.
let rec private rewrite (rule: Node -> Value option) (graph: Graph) : Graph =
    let substitution = Substitution()

    for node in graph.Nodes do
        let primitive = node.Primitive.MapBodies(fun body -> Body(rewrite rule body.Graph))
        let renewed = Node.Make(primitive, substitution.Of node.Operands, node.Origin)
        Seq.iter2 (fun (y: Value) (z: Value) -> substitution[y] <- z) node.Results renewed.Results

        rule renewed
        |> Option.iter (fun value -> substitution[node.Results[0]] <- value)

    Graph(graph.Parameters, substitution.Of graph.Results)

let private fits (node: Node) (value: Value) =
    if value.Type.Equals node.Results[0].Type then
        Some value
    else
        None

let rec private isConstant (value: Value) =
    match value.Producer with
    | null -> false
    | node when (node.Primitive :? Broadcast) -> isConstant node.Operands[0]
    | node -> node.Primitive :? Constant

/// The first operand in a node's place.
let private dropped (node: Node) = fits node node.Operands[0]

let private zeroTimes (node: Node) =
    if isConstant node.Operands[1] then
        Some(Ops.ZerosLike node.Operands[1])
    else
        None

/// The last node of the same sort in a node's place.
let private merged (same: Node -> Node -> bool) (graph: Graph) =
    let seen = ResizeArray<Node>()

    let rule (node: Node) =
        match seen |> Seq.tryFind (fun other -> same other node) with
        | Some other -> fits node other.Results[0]
        | None ->
            seen.Add node
            None

    rewrite rule graph

let private sameOperands (a: Node) (b: Node) =
    a.Operands.Length = b.Operands.Length
    && Seq.forall2 (fun x y -> obj.ReferenceEquals(x, y)) a.Operands b.Operands

let private sameName (a: Node) (b: Node) = a.Primitive.Name = b.Primitive.Name

let private only<'P when 'P :> Primitive> (rule: Node -> Value option) (node: Node) =
    match node.Primitive with
    | :? 'P -> rule node
    | _ -> None

let private pass name (apply: Graph -> Graph) = Pass(name, apply)

/// Each with what is wrong in it.
let all: Pass list =
    [
        pass "simplify: x + c is x for any c" (rewrite (only<Add>(fun n -> if isConstant n.Operands[1] then dropped n else None)))
        pass "simplify: x + 0 is x, though -0 + 0 is 0" (fun graph ->
            let isZero (value: Value) =
                isConstant value
                && (Adjoint.Properties.Laws.Point.runGraph (Graph(ImmutableArray.Empty, ImmutableArray.Create value)) []).Head
                   |> fun x -> Adjoint.Properties.Laws.Values.magnitude [ x ] = 0.0

            rewrite (only<Add>(fun n -> if isZero n.Operands[1] then dropped n else None)) graph)
        pass "simplify: x c is x for any c" (rewrite (only<Mul>(fun n -> if isConstant n.Operands[1] then dropped n else None)))
        pass "simplify: x c is 0" (rewrite (only<Mul> zeroTimes))
        pass "simplify: one negation is none" (rewrite (only<Neg> dropped))
        pass
            "simplify: x - y is y - x"
            (rewrite (only<Sub>(fun n -> Some(Node.Make(Sub(), ImmutableArray.Create(n.Operands[1], n.Operands[0])).Result))))
        pass "simplify: a permutation of a square is none" (rewrite (only<Permute> dropped))
        pass "simplify: a reversal is none" (rewrite (only<Reverse> dropped))
        pass "simplify: a choice is its first side" (rewrite (only<Select>(fun n -> fits n n.Operands[1])))
        pass "simplify: a cumulative sum is none" (rewrite (only<CumSum> dropped))
        pass "simplify: a loop is its start" (rewrite (only<Repeat>(fun n -> fits n n.Operands[n.Operands.Length - 1])))
        pass "merge: operands in any order" (fun graph ->
            let sameSet (a: Node) (b: Node) =
                sameName a b
                && a.Operands.Length = b.Operands.Length
                && Seq.forall (fun x -> Seq.exists (fun y -> obj.ReferenceEquals(x, y)) b.Operands) a.Operands

            merged sameSet graph)
        pass "merge: whatever the attributes" (merged (fun a b -> sameName a b && sameOperands a b))
        pass "merge: whatever the primitive" (merged (fun a b -> sameOperands a b && not a.Operands.IsEmpty))
        pass
            "merge: whatever the second operand"
            (merged (fun a b ->
                sameName a b
                && a.Operands.Length > 0
                && obj.ReferenceEquals(a.Operands[0], b.Operands[0])))
    ]
