/// Faults of lowering, planted into what loops run: what the laws of fusion and of regions must notice.
module Adjoint.Properties.Mutants.BrokenLoops

open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.Compile
open Adjoint.Properties.Laws

let private sound =
    {
        Count = fun _ count -> count
        Value = fun _ _ right -> right
        MovesInTurn = false
        Fails = true
        Last = fun _ last -> last
    }

let private counting rule = { sound with Count = rule }

let private giving op rule =
    { sound with
        Value = fun value operands right -> if value.Op = op then rule value operands right else right
    }

let private isLanes (loop: ForItem) = loop.Form = LoopForm.Lanes

/// A stride less by one, where an index is multiplied by one.
let private otherStride (value: LoopValue) (operands: uint64[]) right =
    if value.Type = DType.I64 && value.Operands[1].IsConstant && operands[1] > 1UL then
        right - operands[0]
    else
        right

/// The first number of two that are compared, where they are indices.
let private firstOfIndices (value: LoopValue) (operands: uint64[]) right =
    if value.Type = DType.I64 then operands[0] else right

/// Each with what is wrong in it.
let all: (string * LoopFaults) list =
    [
        "lowering: the last of several lanes is left out", counting (fun loop n -> if isLanes loop && n > 1L then n - 1L else n)
        "lowering: a loop ends a step early", counting (fun loop n -> if isLanes loop then n else n - 1L)
        "lowering: a reduction forgets what is past a multiple of 4",
        counting (fun loop n -> if loop.Reductions.IsEmpty || n < 4L then n else n - n % 4L)
        "lowering: the last of several tiles is left out",
        { sound with
            Last =
                fun phase last ->
                    if phase.Tiles > 1L && last = phase.Tiles then
                        last - 1L
                    else
                        last
        }
        "lowering: a stride is less by one", giving LoopOp.Multiply otherStride
        "lowering: an index is not held in range", giving LoopOp.Minimum firstOfIndices
        "lowering: a mask is dropped", giving LoopOp.Select (fun _ operands _ -> operands[1])
        "lowering: rounding to storage is dropped", giving LoopOp.ThroughStorage (fun _ operands _ -> operands[0])
        "lowering: a branch's test is turned round", giving LoopOp.Less (fun _ _ right -> right ^^^ 1UL)
        "lowering: carries are set one after the other", { sound with MovesInTurn = true }
        "lowering: failures are not looked at", { sound with Fails = false }
    ]

let private subject name (draw: SampleSource -> HostValue list * (Value list -> Value list)) =
    {
        Name = name
        Draw =
            fun source ->
                let operands, body = draw source

                let graph =
                    Graph.Of(operands |> List.map (fun x -> ValueTypes.Of(x: HostValue)), (fun p -> List.ofSeq p |> body |> Seq.ofList))

                graph, operands, None
    }

/// Arrays of more than one tile, with sums of rows and of columns between chains.
let private large =
    subject "large" (fun source ->
        let x = source.Real(DType.F64, Shape.Of(90, 230), Domain.All)
        let sums axis chain = Ops.ReduceSum(chain, Axes [| axis |])

        [ x ],
        fun p ->
            let chain = Ops.Add(Ops.Mul(p[0], p[0]), p[0])
            [ Ops.Neg(Ops.Abs chain); sums 0 chain; sums 1 chain ])

/// A loop that swaps what it carries.
let private swapping =
    subject "swapping" (fun source ->
        let x = source.Real(DType.F64, Shape.Of 3, Domain.All)
        let kind = TensorType.Of x :> ValueType
        let index = TensorType.Of DType.I64 :> ValueType

        let step = Graph.Of([ index; kind; kind ], (fun p -> [ p[2]; p[1] ]))

        [ x ],
        fun p ->
            let rounds = Ops.Constant(Scalar.Of(DType.I64, 3L))

            Node.Make(Repeat(Body step, 0, false), ImmutableArray.Create(rounds, p[0], Ops.Cos p[0])).Results
            |> List.ofSeq)

/// A row at an index that may be out of range.
let private failing =
    subject "failing" (fun source ->
        let at = source.Integers(DType.I64, Shape.Scalar, -1L, 4L)

        [ at ],
        fun p ->
            let rows = Ops.Iota(DType.I64, Shape.Of(3, 2), 0)
            [ Ops.Add(Ops.Index(rows, p[0], true), Ops.Index(rows, p[0], true)) ])

/// Numbers of bf16 that lose digits in between, which a bound on rounding does not show: to the bit.
let private stored () =
    let x =
        Array.init 5 (fun i -> 0.125 * float i + 1.0)
        |> List.ofArray
        |> reals DType.BF16 [ 5 ]

    let graph =
        Graph.Of(
            [ ValueTypes.Of x ],
            fun p ->
                let far = Ops.Like(p[0], 300.0)
                [ Ops.Sub(Ops.Add(p[0], far), far) ]
        )

    let expected = Point.runGraph graph [ x ]
    let found = (RegionLaw.inRegionsPlainly graph).RunValues([| x |]) |> List.ofArray

    if not (List.forall2 Values.sameBits expected found) then
        failwith "other bits"

/// The laws that may notice, each tried on a tape.
let attempts faults (subjects: Subject list) (tapes: Tape list) =
    let laws = Adjoint.Properties.Compile.ElementLaw.law :: FusionLaw.all

    let planted run () =
        PlainEngine.within faults (fun () -> run () |> ignore)

    let tried tape subject =
        seq {
            for law in laws do
                law.Name,
                planted (fun () ->
                    let case, source = Case.draw subject law.Mode tape
                    Says.anything law case source)

            "regions run as loops",
            planted (fun () ->
                let case, _ = Case.draw subject Choosy tape
                RegionLaw.keeps RegionLaw.inRegionsPlainly case.Point)
        }

    seq {
        yield! tried (List.head tapes) large
        yield "regions round to storage", planted stored

        for tape in tapes do
            for subject in swapping :: failing :: subjects do
                yield! tried tape subject
    }

/// Laws that complain where nothing is broken.
let control (tapes: Tape list) =
    attempts sound [] tapes
    |> Seq.choose (fun (name, attempt) ->
        try
            attempt ()
            None
        with
        | Silent -> None
        | error -> Some $"{name}: {error.Message}")
    |> List.ofSeq
