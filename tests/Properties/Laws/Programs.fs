/// Random well-typed programs with control flow, read from a source of choices. Values stay of moderate size, and slopes too.
module Adjoint.Properties.Laws.Programs

open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Transforms

/// A source may say whether programs choose by their data, where derivatives may have jumps.
type IChooser =
    abstract ByData: bool

/// How deep bodies are nested.
let private deepest = 2

/// The most elements of a value.
let private largest = 48

let private index = TensorType.Of DType.I64

let private whole (number: int) =
    Ops.Constant(Scalar.Of(DType.I64, int64 number))

let private one (source: SampleSource) (items: 'T list) = items[source.Int(0, items.Length - 1)]

let private floating (values: Value seq) =
    values
    |> Seq.filter (fun value ->
        match value.Type with
        | :? TensorType as tensor -> tensor.DType.IsFloating()
        | _ -> false)
    |> List.ofSeq

let private mean (x: Value) =
    let size = max 1 x.Tensor.Shape.Size
    Ops.Scale(Ops.ReduceSum(x, Axes.All x.Tensor.Rank), 1.0 / float size)

/// The value itself where it has the type, otherwise its mean, repeated.
let private fit (target: TensorType) (x: Value) =
    if x.Type.Equals target then
        x
    else
        Ops.BroadcastScalar(Ops.Convert(mean x, target.DType), target.Shape)

let private byData (source: SampleSource) =
    match box source with
    | :? IChooser as chooser -> chooser.ByData
    | _ -> true

/// Whether the mean is positive, or a fixed answer.
let private predicate (source: SampleSource) (x: Value) =
    match source.Int(0, 2) with
    | 2 when byData source ->
        let middle = mean x
        Ops.Greater(middle, Ops.ZerosLike middle)
    | choice ->
        let answer = choice = 1
        Ops.Constant(Scalar.Of answer)

/// A small number of rounds, sometimes decided by the data.
let private rounds source x =
    Ops.Select(predicate source x, whole (source.Int(0, 3)), whole 2)

let private make primitive (operands: Value list) =
    Node.Make(primitive, ImmutableArray.CreateRange operands).Results |> List.ofSeq

let private graphOf (types: ValueType list) (body: Value list -> Value list) =
    Graph.Of(types, (fun parameters -> List.ofSeq parameters |> body |> Seq.ofList))

/// A function with rules of its own, which are those that the transforms give.
let private custom (source: SampleSource) (body: Graph) =
    let all = ParameterMask.All body.Parameters.Length
    let wanted = ParameterMask.All body.Results.Length
    let jvp = Forward.Apply(body, all, wanted).Graph
    let pullback = Backward.Apply(body, all).Graph
    let forward = Graph(body.Parameters, body.Results.AddRange body.Parameters)

    let backward = Graph(pullback.Parameters, pullback.Results.RemoveRange(0, body.Results.Length))

    let rules (bodies: Graph list) =
        if source.Bool() then
            Bodies [ for graph in bodies -> Body graph ]
        else
            Bodies()

    CustomFunction(Body body, rules [ jvp ], rules [ forward; backward ], Bodies())

type private Drawing(source: SampleSource, depth: int) =

    let body (inputs: ValueType list) (outputs: ValueType list) =
        Drawing(source, depth + 1).Graph(inputs, outputs)

    let branch (target: ValueType) (x: Value) (y: Value) =
        let draw () =
            Body(body [ target; target ] [ target ])

        if source.Bool() then
            let number = Ops.Select(predicate source x, whole 0, whole 1)
            make (Switch(Bodies [| draw (); draw () |])) [ Ops.Convert(number, DType.I32); x; y ]
        else
            make (Cond(draw (), draw ())) [ predicate source x; x; y ]

    let repeat (target: ValueType) (x: Value) (y: Value) =
        let inner = body [ target; target ] [ target ]

        let step =
            graphOf [ index; target; target ] (fun p -> Substitution.Inline(inner, [| p[1]; p[2] |]) |> List.ofSeq)

        make (Repeat(Body step, 1, source.Bool())) [ rounds source x; x; y ]

    let loop (target: ValueType) (x: Value) (y: Value) =
        let inner = body [ target; target ] [ target ]
        let types: ValueType list = [ target; index; target ]
        let condition = graphOf types (fun p -> [ Ops.Greater(p[1], whole 0) ])

        let step =
            graphOf types (fun p ->
                Ops.Sub(p[1], whole 1)
                :: List.ofSeq (Substitution.Inline(inner, [| p[0]; p[2] |])))

        make (While(Body condition, Body step, 1)) [ x; rounds source x; y ]
        |> List.tail

    let scan (target: TensorType) (x: Value) (y: Value) =
        let length = source.Int(1, 3)
        let step = body [ target; target; target ] [ target; target ]

        let xs = Ops.Broadcast(y, target.Shape.Insert(0, Extent length), Axes [| 1 .. target.Rank |])

        make (Scan(Body step, 1, 1, length, source.Bool())) [ x; y; Ops.Sin xs ]

    let holding (target: TensorType) (x: Value) (y: Value) =
        match source.Int(0, 5) with
        | 0 -> make (Call(Body(body [ target; target ] [ target ]))) [ x; y ]
        | 1 -> branch target x y
        | 2 -> repeat target x y
        | 3 -> loop target x y
        | 4 -> scan target x y
        | _ ->
            let inner = body [ target; target ] [ target ]

            let primitive: Primitive =
                if source.Bool() then
                    custom source inner
                else
                    Checkpoint(Body inner)

            make primitive [ x; y ]

    let step (values: Value list) =
        let x = one source values
        let y = one source values |> fit x.Tensor

        let binary, layouts =
            if byData source then
                Operations.binary @ Operations.choosing, Operations.layouts @ Operations.ordering
            else
                Operations.binary, Operations.layouts

        match source.Int(0, (if depth < deepest then 3 else 2)) with
        | 0 -> [ (one source Operations.unary) x ]
        | 1 -> [ (one source binary) (x, y) ]
        | 2 when x.Tensor.Rank > 0 -> [ (one source layouts) x ]
        | 2 -> [ Ops.Broadcast(x, Shape.Of 2, Axes.None) ]
        | _ -> holding x.Tensor x y

    /// Adds steps to the values; the newest first.
    let rec steps count (values: Value list) =
        if count = 0 then
            values
        else
            let small (value: Value) = value.Tensor.Shape.Size <= largest
            let added = step (floating values) |> List.filter small
            steps (count - 1) (added @ values)

    let result (values: Value list) (target: ValueType) =
        match target with
        | :? TensorType as tensor when tensor.DType.IsFloating() -> fit tensor (one source (floating values))
        | _ ->
            values
            |> List.tryFind (fun value -> value.Type.Equals target)
            |> Option.defaultWith (fun () -> Ops.Zeros target)

    member _.Graph(inputs: ValueType list, outputs: ValueType list) =
        graphOf inputs (fun parameters ->
            let start =
                if (floating parameters).IsEmpty then
                    Ops.Full(TensorType.Of DType.F64, 0.5) :: parameters
                else
                    parameters

            let values = steps (source.Int(0, (if depth = 0 then 6 else 3))) start
            outputs |> List.map (result values))

/// A program from these types to those.
let draw source (inputs: ValueType seq) (outputs: ValueType seq) =
    Drawing(source, 0).Graph(List.ofSeq inputs, List.ofSeq outputs)
