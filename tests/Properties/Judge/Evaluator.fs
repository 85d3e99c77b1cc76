/// A second evaluator of graphs, written for the tests from docs/semantics.md and the primitives' documentation, without their
/// evaluation, derivatives or kernels. Numbers carry derivatives along two directions, so it also judges the transforms.
[<RequireQualifiedAccess>]
module Adjoint.Properties.Judge.Evaluator

open System.Collections.Generic
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Core

let private grid judged =
    match judged with
    | Tensor grid -> grid
    | Entries _ -> failwith "A stack where an array is meant."

let private wholeOf judged = Cell.whole (grid judged).Cells[0]

let private truthOf judged = wholeOf judged = 1I

let private number (n: int64) =
    Tensor
        {
            DType = DType.I64
            Shape = [||]
            Cells = [| Whole(bigint n) |]
        }

let private meant (primitive: Primitive) =
    match box primitive with
    | :? IDisguise as disguise -> disguise.Inner
    | _ -> primitive

/// More steps than a test waits for.
let private most = 100_000

let private place judged =
    let k = wholeOf judged

    if k < 0I || k >= bigint System.Int32.MaxValue then
        raise (Refused "an index of a stack")

    int k

let rec private sum (kind: ValueType) x y =
    match x, y with
    | Tensor x, Tensor y -> Tensor(Grid.map2 x.DType Cell.add x y)
    | Entries(_, x), Entries(_, y) ->
        let element = (kind :?> StackType).Element

        let joined =
            Map.fold
                (fun known k value ->
                    match Map.tryFind k known with
                    | Some other -> Map.add k (sum element other value) known
                    | None -> Map.add k value known)
                x
                y

        Entries(kind, joined)
    | _ -> failwith "An array meets a stack."

let private stacks (primitive: Primitive) (node: Node) (operands: Judged list) : Judged list option =
    match primitive, operands with
    | :? StackEmpty, [] -> Some [ Judged.zero node.Results[0].Type ]
    | :? StackGet, [ Entries(kind, entries); k ] -> Some [ Judged.entry kind entries (place k) ]
    | :? StackPut, [ Entries(kind, entries); k; v ] -> Some [ Entries(kind, Map.add (place k) v entries) ]
    | :? StackClear, [ Entries(kind, entries); k ] -> Some [ Entries(kind, Map.remove (place k) entries) ]
    | :? StackAddAt, [ Entries(kind, entries); k; v ] ->
        let k = place k
        let before = Judged.entry kind entries k
        Some [ Entries(kind, Map.add k (sum (kind :?> StackType).Element before v) entries) ]
    | :? StackAdd, [ x; y ] -> Some [ sum node.Results[0].Type x y ]
    | _ -> None

/// Element i of an array along axis 0.
let private sliceOf i judged =
    let x = grid judged
    Tensor(Grid.make x.DType x.Shape[1..] (fun place -> Grid.at x (Array.append [| i |] place)))

let private stacked (dtype: DType) (shape: int[]) (parts: Map<int, Grid>) =
    Tensor(Grid.make dtype shape (fun place -> Grid.at parts[place[0]] place[1..]))

/// The results of a graph for arguments in the order of its parameters.
let rec run (graph: Graph) (arguments: Judged list) : Judged list =
    let values = Dictionary<Value, Judged>(HashIdentity.Reference)
    Seq.iter2 (fun (x: Value) y -> values[x] <- y) graph.Parameters arguments

    for node in graph.Nodes do
        let operands = [ for operand in node.Operands -> values[operand] ]
        Seq.iter2 (fun (y: Value) z -> values[y] <- z) node.Results (meant node.Primitive |> results node operands)

    [ for result in graph.Results -> values[result] ]

and private results (node: Node) (operands: Judged list) (primitive: Primitive) : Judged list =
    match holding primitive node operands with
    | Some results -> results
    | None ->
        match stacks primitive node operands with
        | Some results -> results
        | None -> tensors primitive node (List.map grid operands)

and private tensors (primitive: Primitive) (node: Node) (operands: Grid list) =
    let result = node.Results[0].Type :?> TensorType
    let one = Option.map (fun grid -> [ grid ])

    Elements.judge primitive result.DType operands
    |> one
    |> Option.orElseWith (fun () -> Layouts.judge primitive operands |> one)
    |> Option.orElseWith (fun () -> Sums.judge primitive operands)
    |> Option.orElseWith (fun () -> Windows.judge primitive (result.Shape.ToArray()) operands |> one)
    |> Option.defaultWith (fun () -> raise (Unjudged primitive.Name))
    |> List.map Tensor

and private holding (primitive: Primitive) (node: Node) (operands: Judged list) : Judged list option =
    let split count = List.splitAt count operands

    match primitive with
    | :? Call as call -> Some(run call.Body.Graph operands)
    | :? Checkpoint as checkpoint -> Some(run checkpoint.Body.Graph operands)
    | :? CustomFunction as custom -> Some(run custom.Primal.Graph operands)
    | :? CustomLinearSolve as solve -> Some(run solve.Solve.Graph operands)
    | :? CustomPullback as pullback when pullback.Pushforward.Count > 0 -> Some(run pullback.Pushforward[0].Graph operands)
    | :? Cond as cond ->
        let body = if truthOf operands.Head then cond.Then else cond.Else
        Some(run body.Graph operands.Tail)
    | :? Switch as choice ->
        let k = max 0I (min (bigint (choice.Branches.Count - 1)) (wholeOf operands.Head))
        Some(run choice.Branches[int k].Graph operands.Tail)
    | :? While as loop ->
        let constants, start = split loop.Constants
        Some(whileLoop loop constants start)
    | :? Repeat as loop ->
        let constants, start = operands.Tail |> List.splitAt loop.Constants
        Some(repeat loop (wholeOf operands.Head) constants start)
    | :? Scan as loop -> Some(scan loop node operands)
    | _ -> None

and private whileLoop (loop: While) constants start =
    let mutable carry = start
    let mutable steps = 0

    while truthOf (List.exactlyOne (run loop.Condition.Graph (constants @ carry))) do
        steps <- steps + 1

        if steps > most then
            raise (Unjudged "a loop of so many steps")

        carry <- run loop.Step.Graph (constants @ carry)

    carry

and private repeat (loop: Repeat) count constants start =
    if count > bigint most then
        raise (Unjudged "a loop of so many steps")

    let steps = [ 0 .. int count - 1 ]

    (if loop.Reverse then List.rev steps else steps)
    |> List.fold (fun carry k -> run loop.Step.Graph (number k :: constants @ carry)) start

and private scan (loop: Scan) node operands =
    let constants, rest = operands |> List.splitAt loop.Constants
    let start, xs = rest |> List.splitAt loop.Carries
    let steps = [ 0 .. loop.Length - 1 ]
    let mutable carry = start
    let mutable made = []

    for k in (if loop.Reverse then List.rev steps else steps) do
        let results = run loop.Step.Graph (constants @ carry @ List.map (sliceOf k) xs)
        carry <- List.take loop.Carries results
        made <- (k, List.skip loop.Carries results |> List.map grid) :: made

    let ys =
        [
            for j in loop.Carries .. node.Results.Length - 1 ->
                let kind = node.Results[j].Type :?> TensorType
                stacked kind.DType (kind.Shape.ToArray()) (Map [ for k, parts in made -> k, parts[j - loop.Carries] ])
        ]

    carry @ ys
