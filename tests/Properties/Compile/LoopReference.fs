namespace Adjoint.Properties.Compile

open System
open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Loops

/// The meaning of instructions of the loop language on single numbers, kept as bits: of f32 and integers of 32 bits in the low half.
module LoopNumbers =

    let f32 (x: uint64) =
        BitConverter.UInt32BitsToSingle(uint32 x)

    let f64 (x: uint64) = BitConverter.UInt64BitsToDouble x

    let ofF32 (x: float32) =
        uint64 (BitConverter.SingleToUInt32Bits x)

    let ofF64 (x: float) = BitConverter.DoubleToUInt64Bits x
    let ofBool b = if b then 1UL else 0UL
    let ofI32 (x: int) = uint64 (uint32 x)
    let ofI64 (x: int64) = uint64 x
    let i32 (x: uint64) = int (uint32 x)
    let i64 (x: uint64) = int64 x

    /// A number of a computed type from its bits, and back.
    let boxed kind (x: uint64) : obj =
        match kind with
        | DType.F32 -> f32 x
        | DType.F64 -> f64 x
        | DType.I32 -> i32 x
        | DType.U32 -> uint32 x
        | DType.I64 -> i64 x
        | DType.Bool -> x <> 0UL
        | _ -> x

    let ofBoxed (x: obj) =
        match x with
        | :? float32 as x -> ofF32 x
        | :? float as x -> ofF64 x
        | :? int as x -> ofI32 x
        | :? uint32 as x -> uint64 x
        | :? int64 as x -> ofI64 x
        | :? bool as x -> ofBool x
        | x -> x :?> uint64

    /// The bits of a constant.
    let ofScalar (x: Scalar) =
        match x.Type with
        | DType.F32 -> ofF32 (float32 x.AsDouble)
        | DType.F64 -> ofF64 x.AsDouble
        | DType.I64
        | DType.U64 -> x.Bits
        | _ -> uint64 (uint32 x.Bits)

    let private integer (kind: DType) (x: uint64) : bigint =
        match kind with
        | DType.I32 -> bigint (i32 x)
        | DType.U32 -> bigint (uint32 x)
        | DType.I64 -> bigint (i64 x)
        | DType.Bool -> bigint (int x)
        | _ -> bigint x

    let private width kind =
        match kind with
        | DType.I32
        | DType.U32 -> 32
        | _ -> 64

    /// An integer cut to the width of its type.
    let wrap kind (x: bigint) =
        let size = bigint.Pow(2I, width kind)
        uint64 (((x % size) + size) % size)

    let private ofOrder kind x y =
        match kind with
        | DType.F32 -> f32 x < f32 y, f32 x = f32 y
        | DType.F64 -> f64 x < f64 y, f64 x = f64 y
        | _ -> integer kind x < integer kind y, x = y

    let private floating kind (single: float32 -> float32) (double: float -> float) x =
        match kind with
        | DType.F32 -> ofF32 (single (f32 x))
        | DType.F64 -> ofF64 (double (f64 x))
        | _ -> x

    let private arithmetic kind single double (whole: bigint -> bigint -> bigint) x y =
        match kind with
        | DType.F32 -> ofF32 (single (f32 x) (f32 y))
        | DType.F64 -> ofF64 (double (f64 x) (f64 y))
        | _ -> wrap kind (whole (integer kind x) (integer kind y))

    let private saturate kind (x: float) =
        let least, most =
            match kind with
            | DType.I32 -> bigint Int32.MinValue, bigint Int32.MaxValue
            | DType.U32 -> 0I, bigint UInt32.MaxValue
            | DType.I64 -> bigint Int64.MinValue, bigint Int64.MaxValue
            | _ -> 0I, bigint UInt64.MaxValue

        if Double.IsNaN x then
            0UL
        elif Double.IsPositiveInfinity x then
            wrap kind most
        elif Double.IsNegativeInfinity x then
            wrap kind least
        else
            wrap kind (min most (max least (bigint (Math.Truncate x))))

    /// An integer as f32, rounded once: of two neighbours by way of f64, the nearer, the even one at a tie.
    let private single (x: bigint) =
        let near = float32 (float x)

        let candidates =
            [ MathF.BitDecrement near; near; MathF.BitIncrement near ]
            |> List.filter Single.IsFinite

        candidates
        |> List.minBy (fun candidate -> bigint.Abs(bigint (float candidate) - x), BitConverter.SingleToUInt32Bits candidate &&& 1u)

    let private double (x: bigint) =
        let near = float x

        [ Math.BitDecrement near; near; Math.BitIncrement near ]
        |> List.minBy (fun candidate -> bigint.Abs(bigint candidate - x), BitConverter.DoubleToUInt64Bits candidate &&& 1UL)

    /// A number in another type.
    let convert (source: DType) (target: DType) x =
        match source, target with
        | DType.F32, DType.Bool -> ofBool (f32 x <> 0.0f)
        | DType.F64, DType.Bool -> ofBool (f64 x <> 0.0)
        | _, DType.Bool -> ofBool (x <> 0UL)
        | DType.F32, DType.F64 -> ofF64 (float (f32 x))
        | DType.F64, DType.F32 -> ofF32 (float32 (f64 x))
        | DType.F32, _ -> saturate target (float (f32 x))
        | DType.F64, _ -> saturate target (f64 x)
        | _, DType.F32 -> ofF32 (single (integer source x))
        | _, DType.F64 -> ofF64 (double (integer source x))
        | _ -> wrap target (integer source x)

    /// A number as it comes back from a dtype that it was stored as.
    let through (storage: DType) x =
        match storage with
        | DType.F16 -> ofF32 (float32 (Half.op_Explicit (f32 x): Half))
        | DType.BF16 -> ofF32 (BFloat16.FromSingle(f32 x).ToSingle())
        | DType.I8 -> ofI32 (int (sbyte (i32 x)))
        | DType.I16 -> ofI32 (int (int16 (i32 x)))
        | DType.U8 -> uint64 (byte x)
        | DType.U16 -> uint64 (uint16 x)
        | _ -> x

    let private shift (value: LoopValue) kind (x: uint64) (y: uint64) =
        let count = int y

        match value.Op, kind with
        | LoopOp.ShiftLeft, _ -> wrap kind (integer kind x <<< count)
        | LoopOp.ShiftRight, _ -> wrap kind (integer kind x >>> count)
        | _, (DType.I32 | DType.U32) -> uint64 (uint32 x >>> count)
        | _ -> x >>> count

    let private lesser kind x y =
        match kind with
        | DType.F32 -> ofF32 (MathF.Min(f32 x, f32 y))
        | DType.F64 -> ofF64 (Math.Min(f64 x, f64 y))
        | _ -> if fst (ofOrder kind x y) then x else y

    let private greater kind x y =
        match kind with
        | DType.F32 -> ofF32 (MathF.Max(f32 x, f32 y))
        | DType.F64 -> ofF64 (Math.Max(f64 x, f64 y))
        | _ -> if fst (ofOrder kind y x) then x else y

    /// Two numbers joined by an operation of reductions.
    let join op kind x y =
        match op with
        | LoopOp.Add -> arithmetic kind (+) (+) (+) x y
        | LoopOp.Multiply -> arithmetic kind (*) (*) (*) x y
        | LoopOp.Minimum -> lesser kind x y
        | LoopOp.Maximum -> greater kind x y
        | LoopOp.And -> x &&& y
        | LoopOp.Or -> x ||| y
        | LoopOp.Xor -> x ^^^ y
        | other -> failwith $"{other} joins nothing."

    let private invert kind (x: uint64) =
        match kind with
        | DType.Bool -> 1UL - x
        | DType.I32
        | DType.U32 -> uint64 (~~~(uint32 x))
        | _ -> ~~~x

    let private fused kind x y z =
        match kind with
        | DType.F32 -> ofF32 (MathF.FusedMultiplyAdd(f32 x, f32 y, f32 z))
        | _ -> ofF64 (Math.FusedMultiplyAdd(f64 x, f64 y, f64 z))

    /// The number that an instruction gives for operands.
    let apply (value: LoopValue) (x: uint64[]) =
        let kind = value.Operands[0].Type

        match value.Op with
        | LoopOp.Add
        | LoopOp.Multiply
        | LoopOp.Minimum
        | LoopOp.Maximum
        | LoopOp.And
        | LoopOp.Or
        | LoopOp.Xor -> join value.Op kind (x.[0]) (x.[1])
        | LoopOp.Subtract -> arithmetic kind (-) (-) (-) x.[0] x.[1]
        | LoopOp.Divide -> arithmetic kind (/) (/) (fun a b -> bigint.Divide(a, b)) x.[0] x.[1]
        | LoopOp.Remainder -> wrap kind (bigint.Remainder(integer kind x[0], integer kind x.[1]))
        | LoopOp.Negate ->
            match kind with
            | DType.F32 -> x.[0] ^^^ 0x80000000UL
            | DType.F64 -> x.[0] ^^^ 0x8000000000000000UL
            | _ -> wrap kind -(integer kind x.[0])
        | LoopOp.Absolute ->
            match kind with
            | DType.F32 -> x.[0] &&& 0x7FFFFFFFUL
            | DType.F64 -> x.[0] &&& 0x7FFFFFFFFFFFFFFFUL
            | _ -> wrap kind (bigint.Abs(integer kind x.[0]))
        | LoopOp.FusedMultiplyAdd -> fused kind x.[0] x.[1] x.[2]
        | LoopOp.MinimumNative -> if fst (ofOrder kind x.[0] x.[1]) then x.[0] else x.[1]
        | LoopOp.MaximumNative -> if fst (ofOrder kind x.[1] x.[0]) then x.[0] else x.[1]
        | LoopOp.SquareRoot -> floating kind MathF.Sqrt Math.Sqrt x.[0]
        | LoopOp.Floor -> floating kind MathF.Floor Math.Floor x.[0]
        | LoopOp.Ceiling -> floating kind MathF.Ceiling Math.Ceiling x.[0]
        | LoopOp.Truncate -> floating kind MathF.Truncate Math.Truncate x.[0]
        | LoopOp.Round -> floating kind MathF.Round Math.Round x.[0]
        | LoopOp.Not -> invert kind x.[0]
        | LoopOp.ShiftLeft
        | LoopOp.ShiftRight
        | LoopOp.ShiftRightLogical -> shift value kind x.[0] x.[1]
        | LoopOp.Equal -> ofBool (snd (ofOrder kind x.[0] x.[1]))
        | LoopOp.NotEqual -> ofBool (not (snd (ofOrder kind x.[0] x.[1])))
        | LoopOp.Less -> ofBool (fst (ofOrder kind x.[0] x.[1]))
        | LoopOp.LessOrEqual ->
            let less, equal = ofOrder kind x.[0] x.[1]
            ofBool (less || equal)
        | LoopOp.Select -> if x.[0] <> 0UL then x.[1] else x.[2]
        | LoopOp.Convert -> convert kind value.Type x.[0]
        | LoopOp.Bitcast -> x.[0]
        | LoopOp.ThroughStorage -> through value.Storage x.[0]
        | other -> failwith $"{other} has no meaning of its own."

/// Ends the run of a program.
exception LoopFailed of int

/// Errors planted into a run, to see that laws notice.
type LoopFaults =
    {
        /// How often a loop runs that should run so often.
        Count: ForItem -> int64 -> int64
        /// What an instruction gives for operands where it should give that.
        Value: LoopValue -> uint64[] -> uint64 -> uint64
        /// Whether carries are set one after the other, so that one may read another's new value.
        MovesInTurn: bool
        /// Whether failures are looked at.
        Fails: bool
        /// The end of tiles that should end there.
        Last: LoopPhase -> int64 -> int64
    }

/// Runs programs number by number: the meaning that engines must give bit for bit. Functions and methods that are not handed over are
/// taken as their own definitions say.
type LoopReference
    (program: LoopProgram, buffers: NDArray[], functions: IReadOnlyDictionary<string, uint64[] -> uint64>, faults: LoopFaults option) =
    let values = Array.zeroCreate<uint64> program.ValueCount

    let get (value: LoopValue) =
        if value.IsConstant then
            LoopNumbers.ofScalar value.Constant
        else
            values[value.Id]

    let set (value: LoopValue) x = values[value.Id] <- x
    let index value = int (LoopNumbers.i64 (get value))

    let load (buffer: LoopBuffer) offset =
        let array = buffers[buffer.Number]
        let item = array.At offset

        match buffer.Type with
        | DType.F32
        | DType.F16
        | DType.BF16 -> LoopNumbers.ofF32 (float32 item.AsDouble)
        | DType.F64 -> LoopNumbers.ofF64 item.AsDouble
        | DType.I64
        | DType.U64 -> item.Bits
        | _ -> uint64 (uint32 item.Bits)

    let store (buffer: LoopBuffer) offset (x: uint64) =
        let array = buffers[buffer.Number]
        let at = array.Start + offset

        match array.Storage with
        | :? (float32[]) as data -> data[at] <- LoopNumbers.f32 x
        | :? (float[]) as data -> data[at] <- LoopNumbers.f64 x
        | :? (bool[]) as data -> data[at] <- x <> 0UL
        | :? (Half[]) as data -> data[at] <- Half.op_Explicit (LoopNumbers.f32 x)
        | :? (BFloat16[]) as data -> data[at] <- BFloat16.FromSingle(LoopNumbers.f32 x)
        | _ ->
            match buffer.Type with
            | DType.U8 -> array.Set(offset, Scalar.Of(DType.U8, int64 (byte x)))
            | DType.I8 -> array.Set(offset, Scalar.Of(DType.I8, int64 (sbyte x)))
            | DType.U16 -> array.Set(offset, Scalar.Of(DType.U16, int64 (uint16 x)))
            | DType.I16 -> array.Set(offset, Scalar.Of(DType.I16, int64 (int16 x)))
            | DType.U32 -> array.Set(offset, Scalar.Of(DType.U32, int64 (uint32 x)))
            | DType.I32 -> array.Set(offset, Scalar.Of(DType.I32, int64 (int (uint32 x))))
            | DType.U64 -> array.Set(offset, Scalar.Of x)
            | _ -> array.Set(offset, Scalar.Of(DType.I64, int64 x))

    /// A function's own program, of one phase that stores its value.
    let define (value: LoopValue) (operands: uint64[]) =
        let builder = LoopBuilder value.Function.Name
        let inputs = [ for x in value.Operands -> builder.Buffer(LoopBufferKind.Input, x.Type, 1L) ]
        let result = builder.Buffer(LoopBufferKind.Output, value.Type, 1L)

        builder.Phase(
            1L,
            fun tile ->
                let loaded = inputs |> Seq.map (fun x -> builder.Load(x, tile))
                builder.Store(result, tile, value.Function.Define.Invoke(builder, loaded.ToImmutableArray()))
        )

        let arrays =
            [|
                for buffer in Seq.append inputs [ result ] -> NDArray.New(buffer.Type, Shape.Of 1)
            |]

        let nested = LoopReference(builder.Build(), arrays, functions, None)
        List.iteri (fun i x -> nested.Store(x, 0, operands[i])) inputs
        nested.Run() |> ignore
        nested.Load(result, 0)

    let rec calculate (value: LoopValue) =
        let operands = [| for operand in value.Operands -> get operand |]
        let right = meaning value operands

        match faults with
        | Some planted -> planted.Value value operands right
        | None -> right

    and meaning (value: LoopValue) (operands: uint64[]) =
        match value.Op with
        | LoopOp.Load -> load value.Buffer (index value.Operands[0])
        | LoopOp.Function ->
            match functions.TryGetValue(value.Function.ToString()) with
            | true, own -> own operands
            | _ -> define value operands
        | LoopOp.Call ->
            match functions.TryGetValue value.Method.Name with
            | true, own -> own operands
            | _ ->
                let arguments = Seq.map2 (fun (x: LoopValue) -> LoopNumbers.boxed x.Type) value.Operands operands
                LoopNumbers.ofBoxed (value.Method.Invoke(null, Array.ofSeq arguments))
        | _ -> LoopNumbers.apply value operands

    let move pairs =
        match faults with
        | Some { MovesInTurn = true } -> List.iter (fun (source, target) -> set target (get source)) pairs
        | _ ->
            let read = [ for source, _ in pairs -> get source ]
            List.iter2 (fun (_, target) x -> set target x) pairs read

    let rec run (block: LoopBlock) =
        for item in block.Items do
            match item with
            | :? LoopValue as value ->
                if not value.IsConstant then
                    set value (calculate value)
            | :? StoreItem as item -> store item.Buffer (index item.Offset) (get item.Value)
            | :? TransposeItem as item ->
                for i in 0 .. index item.Rows - 1 do
                    for j in 0 .. index item.Columns - 1 do
                        load item.From (index item.FromOffset + i * int item.FromStride + j)
                        |> store item.To (index item.ToOffset + j * int item.ToStride + i)
            | :? GrowItem as grow -> growTo grow.Buffer.Number (index grow.Needed)
            | :? FailItem as fail ->
                let looked = faults |> Option.forall _.Fails

                if looked && get fail.Test <> 0UL then
                    raise (LoopFailed fail.Failure)
            | :? ForItem as loop -> repeat loop
            | :? WhileItem as loop -> runWhile loop
            | :? IfItem as branch ->
                let holds = get branch.Test <> 0UL
                run (if holds then branch.Then else branch.Else)

                move
                    [
                        for choice in branch.Choices -> (if holds then choice.Then else choice.Else), choice.Result
                    ]
            | :? RareItem as rare ->
                let holds = get rare.Test <> 0UL

                if holds then
                    run rare.Block

                move
                    [
                        for choice in rare.Choices -> (if holds then choice.Then else choice.Else), choice.Result
                    ]
            | other -> failwith $"{other} is no item."

    and growTo number needed =
        let old = buffers[number]

        if needed > old.Size then
            let storage = DTypes.NewArray(old.Type, needed, true, false)
            Array.Copy(old.Storage, old.Start, storage, 0, old.Size)
            buffers[number] <- NDArray(old.Type, Shape.Of needed, storage)

    and repeat loop =
        let partials =
            [|
                for reduction in loop.Reductions ->
                    Array.create
                        (LoopTypes.Partials reduction.Element.Type)
                        (LoopNumbers.ofScalar (LoopIdentities.Of(reduction.Op, reduction.Element.Type)))
            |]

        let count = LoopNumbers.i64 (get loop.Count)

        let count =
            match faults with
            | Some planted -> planted.Count loop count
            | None -> count

        move [ for carry in loop.Carries -> carry.Initial, carry.Parameter ]
        let mutable i = 0L

        while i < count do
            set loop.Index (uint64 i)
            run loop.Body
            move [ for carry in loop.Carries -> carry.Next, carry.Parameter ]

            loop.Reductions
            |> Seq.iteri (fun k reduction ->
                let place = int (i % int64 partials[k].Length)
                let before = partials[k][place]
                partials[k][place] <- LoopNumbers.join reduction.Op reduction.Element.Type before (get reduction.Element))

            i <- i + 1L

        move [ for carry in loop.Carries -> carry.Parameter, carry.Result ]

        loop.Reductions
        |> Seq.iteri (fun k reduction -> finish (max count 0L) reduction partials[k])

    and finish count reduction partial =
        let kind = reduction.Element.Type
        let mutable half = partial.Length / 2

        while half > 0 do
            for j in 0 .. half - 1 do
                let left = partial[j]
                partial[j] <- LoopNumbers.join reduction.Op kind left (partial[j + half])

            half <- half / 2

        set
            reduction.Result
            (if count = 0L && reduction.Op = LoopOp.Add then
                 0UL
             else
                 partial[0])

    and runWhile loop =
        move [ for carry in loop.Carries -> carry.Initial, carry.Parameter ]
        run loop.Condition

        while get loop.Test <> 0UL do
            run loop.Body
            move [ for carry in loop.Carries -> carry.Next, carry.Parameter ]
            run loop.Condition

        move [ for carry in loop.Carries -> carry.Parameter, carry.Result ]

    new(program, buffers, functions) = LoopReference(program, buffers, functions, None)

    /// The bits of an element, and an element from its bits.
    member _.Load(buffer, offset) = load buffer offset
    member _.Store(buffer, offset, x) = store buffer offset x

    /// Runs tiles of a phase: the number of the failure that ended it, or of a run that went well.
    member _.Run(phase: LoopPhase, first, last) =
        let last =
            match faults with
            | Some planted -> planted.Last phase last
            | None -> last

        try
            for tile in first .. last - 1L do
                set phase.Tile (uint64 tile)
                run phase.Body

            LoopCode.Done
        with LoopFailed number ->
            number

    /// Runs all phases, up to one that fails.
    member this.Run() =
        program.Phases
        |> Seq.tryPick (fun phase ->
            match this.Run(phase, 0L, phase.Tiles) with
            | status when status = LoopCode.Done -> None
            | failure -> Some failure)
        |> Option.defaultValue LoopCode.Done
