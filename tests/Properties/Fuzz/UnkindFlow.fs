/// Random programs of unkind operations, with control flow around them.
module Adjoint.Properties.Fuzz.UnkindFlow

open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives

let private make primitive (operands: Value list) =
    Node.Make(primitive, ImmutableArray.CreateRange operands).Results |> List.ofSeq

let private typesOf (values: Value list) = values |> List.map _.Type

let private graphOf (types: ValueType list) (body: Value list -> Value list) =
    Graph.Of(types, (fun parameters -> List.ofSeq parameters |> body |> Seq.ofList))

let private tensors = List.filter Unkind.isTensor

/// A tensor among values, the newest of which stand first, most often a new one.
let private recent (source: SampleSource) (values: Value list) =
    let among = tensors values
    among[min (source.Int(0, among.Length - 1)) (source.Int(0, among.Length - 1))]

type private Drawing(source: SampleSource, exact: bool, depth: int) =

    let body (inputs: ValueType list) (outputs: ValueType list) =
        Drawing(source, exact, depth + 1).Graph(inputs, outputs)

    /// Up to three values, in some order, at times one of them twice.
    let some (values: Value list) =
        [ for _ in 0 .. source.Int(0, 2) -> recent source values ]

    let branch (values: Value list) =
        let operands = some values
        let types = typesOf operands
        let results = types |> List.truncate (source.Int(1, 2))
        let draw () = Body(body types results)
        let on = recent source values

        if source.Bool() then
            make (Switch(Bodies [| draw (); draw (); draw () |])) (Ops.Convert(Unkind.indexOf source on, DType.I32) :: operands)
        else
            make (Cond(draw (), draw ())) (Unkind.conditionOf source on :: operands)

    let repeat (values: Value list) =
        let constants, carries = some values, some values
        let carried = typesOf carries
        let types = (TensorType.Of DType.I64 :> ValueType) :: typesOf constants @ carried
        let rounds = Unkind.whole (source.Pick(2, 0, 1, 3, -1))
        make (Repeat(Body(body types carried), constants.Length, source.Bool())) (rounds :: constants @ carries)

    let loop (values: Value list) =
        let constants, carries = some values, some values
        let counter = TensorType.Of DType.I64 :> ValueType
        let carried = typesOf carries
        let types = typesOf constants @ counter :: carried
        let inner = body types carried
        let count = constants.Length
        let condition = graphOf types (fun p -> [ Ops.Greater(p[count], Unkind.whole 0) ])

        let step =
            graphOf types (fun p ->
                Ops.Sub(p[count], Unkind.whole 1)
                :: List.ofSeq (Substitution.Inline(inner, p.ToImmutableArray())))

        let few = Ops.Min(Unkind.indexOf source (recent source values), Unkind.whole 4)

        make (While(Body condition, Body step, count)) (constants @ few :: carries)
        |> List.tail

    let scan (values: Value list) =
        let constants, carries = some values, some values

        let rows =
            tensors values
            |> List.filter (fun x -> x.Tensor.Rank > 0 && (Unkind.extents x)[0] <= 9)

        let over = if rows.IsEmpty then [] else [ Unkind.pick source rows ]

        let length =
            match over with
            | [ x ] -> (Unkind.extents x)[0]
            | _ -> source.Int(0, 3)

        let row (x: Value) =
            TensorType(Unkind.dtype x, x.Tensor.Shape.Remove 0) :> ValueType

        let carried = typesOf carries
        let gives = [ carried.Head ]
        let step = body (typesOf constants @ carried @ List.map row over) (carried @ gives)
        make (Scan(Body step, constants.Length, carries.Length, length, source.Bool())) (constants @ carries @ over)

    /// A loop that remembers what it carries, and reads it back.
    let remember (values: Value list) =
        let x = recent source values
        let counter = TensorType.Of DType.I64 :> ValueType
        let stack = StackType x.Type
        let inner = body [ x.Type ] [ x.Type ]

        let step =
            graphOf [ counter; stack; x.Type ] (fun p ->
                let next = Substitution.Inline(inner, [| p[2] |])[0]
                [ Ops.StackPut(p[1], p[0], next); next ])

        let rounds = Unkind.whole (source.Int(0, 3))

        let results = make (Repeat(Body step, 0, source.Bool())) [ rounds; Ops.StackEmpty stack; x ]

        [ Ops.StackGet(results[0], Unkind.whole (source.Int(0, 4))); results[1] ]

    let nested (values: Value list) =
        match source.Int(0, 6) with
        | 0 -> branch values
        | 1 -> repeat values
        | 2 -> loop values
        | 3 -> scan values
        | 4 -> remember values
        | 5 ->
            let operands = some values
            make (Call(Body(body (typesOf operands) [ operands.Head.Type ]))) operands
        | _ ->
            let operands = some values
            make (Checkpoint(Body(body (typesOf operands) [ operands.Head.Type ]))) operands

    let step (values: Value list) =
        let x = recent source values
        let y = recent source values
        let ranked = x.Tensor.Rank > 0

        match source.Int(0, (if depth < Unkind.depthLimit then 9 else 8)) with
        | 0 -> [ Unkind.unary source exact x ]
        | 1
        | 2 -> [ Unkind.binary source exact (x, Unkind.fit x.Tensor y) ]
        | 3
        | 4 when ranked -> [ Unkind.layout source x ]
        | 5 when ranked -> [ Unkind.reduction source exact x ]
        | 6 when ranked -> [ Unkind.places source x y ]
        | 7 -> [ Unkind.choose x y ]
        | 8 when
            ranked
            && x.Tensor.Shape.Size <= 5000
            && (Unkind.extents x)[max 0 (x.Tensor.Rank - 2)] <= 64
            ->
            [ Unkind.product x y ]
        | 9 -> nested values
        | _ ->
            let kind =
                source.Pick(
                    DType.F32,
                    DType.F64,
                    DType.F32,
                    DType.F64,
                    DType.I32,
                    DType.BF16,
                    DType.F16,
                    DType.I64,
                    DType.U8,
                    DType.Bool,
                    DType.I8,
                    DType.U32,
                    DType.U64
                )

            [ Unkind.convert kind x ]

    let rec steps count (values: Value list) =
        if count = 0 then
            values
        else
            steps (count - 1) ((step values |> List.filter Unkind.isSmall) @ values)

    let result (values: Value list) (target: ValueType) =
        let same = values |> List.filter (fun value -> value.Type.Equals target)

        if same.IsEmpty || source.Int(0, 2) = 2 then
            Unkind.fit (target :?> TensorType) (recent source values)
        else
            Unkind.pick source same

    /// A body from these types to those.
    member _.Graph(inputs: ValueType list, outputs: ValueType list) =
        graphOf inputs (fun parameters ->
            let values = steps (source.Int(0, 4)) parameters
            outputs |> List.map (result values))

    /// A program from these types: its last values, and at times a parameter.
    member _.Program(inputs: ValueType list, count: int) =
        graphOf inputs (fun parameters ->
            let values = steps count parameters

            [
                let floating, others = tensors values |> List.partition (fun x -> (Unkind.dtype x).IsFloating())
                yield! floating |> List.truncate (source.Int(1, 3))
                yield! others |> List.truncate (source.Int(0, 2))

                if source.Int(0, 5) = 5 then
                    parameters.Head
            ])

let private sizes = [| 1; 7; 15; 16; 17; 31; 33; 2; 3; 5; 0; 1000; 4097 |]

/// Types of parameters whose extents are drawn from few, so that they meet.
let private inputs (source: SampleSource) =
    let few = [| for _ in 1..3 -> sizes[source.Int(0, sizes.Length - 1)] |]

    [
        for _ in 0 .. source.Int(0, 3) do
            let floats = [| DType.F64; DType.F32; DType.F64; DType.F32; DType.BF16; DType.F16 |]

            let others =
                [|
                    DType.I32
                    DType.I64
                    DType.U8
                    DType.Bool
                    DType.I8
                    DType.C64
                    DType.U64
                    DType.I16
                |]

            let kind = source.Pick(if source.Int(0, 3) < 3 then floats else others)

            let rank = source.Pick(1, 2, 0, 3, 2, 4)
            let shape = [| for _ in 1..rank -> few[source.Int(0, 2)] |]
            let fits = Array.fold (fun size n -> size * int64 n) 1L shape <= 20000L
            TensorType(kind, Shape.Of(if fits then shape else Array.truncate 1 shape))
    ]

/// A program and arguments for it. At times two parameters of one type are given the same array.
let draw (source: SampleSource) (exact: bool) (steps: int) =
    let types = inputs source

    let graph =
        Drawing(source, exact, 0).Program(types |> List.map (fun t -> t :> ValueType), source.Int(1, steps))

    let seed = source.Int(0, 9999)
    let drawn = types |> List.mapi (fun i t -> Unkind.numbers t.DType t.Shape (seed + 31 * i))

    let shared =
        drawn
        |> List.map (fun x ->
            if seed % 5 = 0 then
                drawn |> List.find (fun y -> y.Type = x.Type && y.Shape.Equals x.Shape)
            else
                x)

    graph, shared
