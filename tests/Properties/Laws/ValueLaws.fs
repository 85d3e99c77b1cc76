/// What evaluation gives: types, kernels against the plain meaning, and no dependence on threads.
module Adjoint.Properties.Laws.ValueLaws

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms

let private law name check =
    {
        Name = name
        Mode = Edges
        Differential = false
        Check = check
    }

/// The results, or the kind of the error that says that operands are outside an operation's domain.
let outcome options graph at =
    try
        Ok(Point.runWith options graph at)
    with :? AdjointException as error ->
        Error(error.GetType())

let private plainly = RunOptions(UseKernels = false, Parallel = Serial.Instance)
let private withKernels = RunOptions(Parallel = Serial.Instance)

/// Verified when drawn; running checks the types of the values.
let types =
    law "values have the inferred types" (fun case _ ->
        Verifier.Check case.Graph

        for lane in case.Lanes do
            outcome plainly case.Graph lane |> ignore)

let private isElementwise (graph: Graph) =
    graph.Nodes |> Seq.forall (fun node -> node.Primitive :? ElementwisePrimitive)

/// An error of so many roundings relative to each number is allowed where primitives work element by element; elementary
/// functions may err by 8.
let private elementwise = 8.0

/// The larger magnitude, number by number.
let private largest (a: HostValue) (b: HostValue) =
    Values.pairs a b |> Array.map (fun (x, y) -> max (abs x) (abs y))

/// For each number, what an error is relative to. Sums in another order differ by eps times the work times the sum of
/// magnitudes, which is what the function gives of max(1, |x|); where that overflows, or where the function of min(1, |x|)
/// loses its digits, another order of products may overflow or underflow, and None says that nothing is known.
let private magnitudes (case: Case) (results: HostValue list) =
    let bound f =
        let moved (x: HostValue) =
            if ValueTypes.Of(x).HasTangent then
                Values.map (fun x -> f 1.0 (abs x)) x
            else
                x

        match outcome plainly case.Graph (List.map moved case.Operands) with
        | Ok bounds -> List.map2 largest results bounds, List.map2 largest bounds bounds
        | Error _ -> List.map2 largest results results, List.map2 largest results results

    let _, least = Point.coarsest case.Graph
    let sizes, _ = bound max
    let _, smallest = bound min

    List.map2
        (Array.map2 (fun size small ->
            if Double.IsFinite size && small >= least then
                Some size
            else
                None))
        sizes
        smallest

/// Factorizations and triangular systems subtract on the way: an element errs by what the largest of its tensor would (Higham 2002,
/// chapters 8 to 10 and 19).
let private isNormwise (graph: Graph) =
    graph.Nodes
    |> Seq.exists (fun node -> List.contains node.Primitive.Name [ "cholesky"; "eigh"; "lu"; "qr"; "svd"; "triangular_solve" ])

let private normwise (sizes: float option[] list) =
    let largest = sizes |> Seq.collect (Seq.choose id) |> Seq.fold max 1.0
    sizes |> List.map (Array.map (Option.map (fun _ -> largest)))

let rec private names (graph: Graph) : Set<string> =
    let mutable found = Set.empty

    for node in graph.Nodes do
        found <- found.Add node.Primitive.Name

        node.Primitive.MapBodies(fun body ->
            found <- found + names body.Graph
            body)
        |> ignore

    found

/// How many operands are multiplied in attention: a weight errs by its score, a product of two, and weighs a value. In its derivatives, as they
/// are or written out: the derivative of a score is its weight times how far a product of two lies from the mean of its row, 0 but for
/// rounding where there is one key, and is multiplied once more. None for other graphs.
let private attentionFactors (graph: Graph) =
    let names = names graph
    let derivatives = Set [ "attention_pullback"; "attention_tangent" ]
    let writtenOut = Set [ "exp"; "reduce_max"; "dot_general" ]

    if not (Set.intersect derivatives names).IsEmpty || Set.isSubset writtenOut names then
        Some 5.0
    elif names.Contains "attention" then
        Some 3.0
    else
        None

/// For each number, the product of as many factors of the operands' largest magnitude, 1 at least, or its own size where that is larger:
/// weights exceed 1 where logarithms are given that are not those of the scores.
let private weighed factors (case: Case) (sizes: float option[] list) =
    let most =
        case.Operands
        |> Seq.filter (fun x -> ValueTypes.Of(x).HasTangent)
        |> Seq.collect (fun x -> largest x x)
        |> Seq.filter (fun x -> not (Double.IsNaN x))
        |> Seq.fold max 1.0

    let product = Math.Pow(most, factors)

    sizes
    |> List.map (Array.map (Option.map (max product) >> Option.filter Double.IsFinite))

/// What an error is relative to where primitives work element by element: the number itself.
let private themselves (results: HostValue list) =
    results |> List.map (fun y -> largest y y |> Array.map Some)

/// Whether each number of a result is a number of an operand, or zero: then no digit may differ.
let private moves (graph: Graph) =
    graph.Nodes
    |> Seq.forall (fun node ->
        match node.Primitive with
        | :? Scatter as scatter -> scatter.Update <> ScatterUpdate.Add && scatter.Update <> ScatterUpdate.Mul
        | primitive ->
            List.contains
                primitive.Name
                [
                    "broadcast"
                    "concatenate"
                    "cum_max"
                    "cum_min"
                    "dynamic_slice"
                    "dynamic_update"
                    "gather"
                    "pad"
                    "permute"
                    "reduce_max"
                    "reduce_min"
                    "reshape"
                    "reverse"
                    "slice"
                    "sort"
                    "stack_clear"
                    "stack_get"
                    "stack_put"
                    "top_k"
                    "window_max"
                    "window_select"
                ])

/// What an error is relative to where every number is a sum of all with signs, so that small ones have no digits of their own:
/// the largest number of the results (of a Fourier transform: Higham 2002, theorem 24.2).
let private together (results: HostValue list) =
    let sizes = List.map2 largest results results
    let size = sizes |> Seq.concat |> Seq.fold max 0.0

    sizes
    |> List.map (Array.map (fun _ -> if Double.IsFinite size then Some size else None))

let private isFourier (graph: Graph) =
    graph.Nodes |> Seq.exists (fun node -> node.Primitive :? Fft)

/// So many eps of a size: what is allowed for each number of the results.
let accuracy (case: Case) (results: HostValue list) =
    let summed = 2.0 * Point.work case.Graph

    if moves case.Graph then
        0.0, themselves results
    elif isElementwise case.Graph then
        elementwise, themselves results
    elif isFourier case.Graph then
        summed, together results
    elif isNormwise case.Graph then
        summed, normwise (magnitudes case results)
    else
        match attentionFactors case.Graph with
        | Some factors -> summed, weighed factors case (magnitudes case results)
        | None -> summed, magnitudes case results

/// Throws where numbers differ by more than factor times eps times their size; where a size is not known, anything goes.
/// Integers and bools are the same or differ.
let close graph factor result (plain: HostValue) (byKernels: HostValue) (sizes: float option[]) =
    let eps, least = Point.coarsest graph
    let isExact = not (ValueTypes.Of(plain).HasTangent)

    Array.zip (Values.pairs plain byKernels) sizes
    |> Array.iteri (fun place ((e, f), size) ->
        let allowed =
            match size with
            | _ when isExact -> 0.0
            | Some size -> factor * eps * size + least
            | None -> infinity

        if
            not (
                e = f
                || Double.IsNaN e && Double.IsNaN f
                || allowed = infinity
                || abs (e - f) <= allowed
            )
        then
            failtest $"result {result}, number {place}: {f:R} by kernels, {e:R} plainly; {allowed:E1} is allowed")

let kernels =
    law "kernels give what the primitives mean" (fun case _ ->
        match outcome plainly case.Graph case.Operands, outcome withKernels case.Graph case.Operands with
        | Error expected, Error found -> Expect.equal found expected "the same error"
        | Ok expected, Ok found ->
            let factor, sizes = accuracy case expected

            List.zip3 expected found sizes
            |> List.iteri (fun i (e, f, sizes) -> close case.Graph factor i e f sizes)
        | expected, found -> failtest $"plainly {expected}, by kernels {found}")

let private one = WorkerPool.Create 1
let private two = WorkerPool.Create 2

/// Enough lanes that work is cut into tiles.
let private many = 3000

let threads =
    law "one thread and two give the same bits" (fun case _ ->
        let mask = ParameterMask(case.Operands |> List.map (fun x -> x :? NDArray))

        if not mask.Any then
            Says.nothing ()
        else
            let graph = (Transformed.batch case.Graph mask null (Extent many)).Graph

            let operands =
                case.Operands
                |> List.mapi (fun i x ->
                    if mask[i] then
                        Array.init many (fun lane -> case.Lanes[lane % case.Lanes.Length][i])
                        |> Values.stackLanes
                    else
                        x)

            let run pool =
                outcome (RunOptions(Parallel = pool)) graph operands

            match run one, run two with
            | Ok alone, Ok shared -> Expect.isTrue (List.forall2 Values.sameBits alone shared) "the same bits"
            | Error alone, Error shared -> Expect.equal alone shared "the same error"
            | alone, shared -> failtest $"on one thread {alone}, on two {shared}")

let all = [ types; kernels; threads ]
