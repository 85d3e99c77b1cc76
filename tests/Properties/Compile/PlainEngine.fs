/// Runs programs of the loop language one instruction at a time: what every other engine must agree with.
module Adjoint.Properties.Compile.PlainEngine

open System
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Loops

exception private Failed of int

/// Arithmetic that is the same for all numbers.
let inline private number op (x: ^T) (y: ^T) : ^T =
    match op with
    | LoopOp.Add -> x + y
    | LoopOp.Subtract -> x - y
    | LoopOp.Multiply -> x * y
    | LoopOp.Minimum -> (^T: (static member Min: ^T * ^T -> ^T) (x, y))
    | LoopOp.Maximum -> (^T: (static member Max: ^T * ^T -> ^T) (x, y))
    | LoopOp.MinimumNative -> if x < y then x else y
    | LoopOp.MaximumNative -> if x > y then x else y
    | LoopOp.Divide -> x / y
    | _ -> failwith $"{op}"

let inline private compared op (x: ^T) (y: ^T) =
    match op with
    | LoopOp.Equal -> x = y
    | LoopOp.NotEqual -> x <> y
    | LoopOp.Less -> x < y
    | _ -> x <= y

let inline private whole op (x: ^T) (y: ^T) : ^T =
    let zero: ^T = LanguagePrimitives.GenericZero
    let isMinusOne = y < zero && y + LanguagePrimitives.GenericOne = zero

    match op with
    | LoopOp.Divide when isMinusOne -> zero - x
    | LoopOp.Remainder when isMinusOne -> zero
    | LoopOp.Remainder -> x % y
    | LoopOp.And -> x &&& y
    | LoopOp.Or -> x ||| y
    | LoopOp.Xor -> x ^^^ y
    | LoopOp.ShiftLeft -> x <<< int y
    | LoopOp.ShiftRight -> x >>> int y
    | _ -> number op x y

let inline private wholeOne op (x: ^T) : ^T =
    let zero: ^T = LanguagePrimitives.GenericZero

    match op with
    | LoopOp.Negate -> zero - x
    | LoopOp.Absolute -> if x < zero then zero - x else x
    | LoopOp.Not -> ~~~x
    | _ -> failwith $"{op}"

let private realOne op (x: float) =
    match op with
    | LoopOp.Negate -> -x
    | LoopOp.Absolute -> Math.Abs x
    | LoopOp.SquareRoot -> Math.Sqrt x
    | LoopOp.Floor -> Math.Floor x
    | LoopOp.Ceiling -> Math.Ceiling x
    | LoopOp.Truncate -> Math.Truncate x
    | LoopOp.Round -> Math.Round(x, MidpointRounding.ToEven)
    | _ -> failwith $"{op}"

let private two op (x: obj) (y: obj) : obj =
    match x, y with
    | (:? float as x), (:? float as y) -> number op x y
    | (:? float32 as x), (:? float32 as y) -> number op x y
    | (:? int as x), (:? int as y) when op = LoopOp.ShiftRightLogical -> x >>> 0 |> uint32 |> (fun x -> int (x >>> y))
    | (:? int64 as x), (:? int64 as y) when op = LoopOp.ShiftRightLogical -> int64 (uint64 x >>> int y)
    | (:? uint32 as x), (:? uint32 as y) when op = LoopOp.ShiftRightLogical -> x >>> int y
    | (:? uint64 as x), (:? uint64 as y) when op = LoopOp.ShiftRightLogical -> x >>> int y
    | (:? int as x), (:? int as y) -> whole op x y
    | (:? uint32 as x), (:? uint32 as y) -> whole op x y
    | (:? int64 as x), (:? int64 as y) -> whole op x y
    | (:? uint64 as x), (:? uint64 as y) -> whole op x y
    | (:? bool as x), (:? bool as y) ->
        match op with
        | LoopOp.And -> x && y
        | LoopOp.Or -> x || y
        | LoopOp.Xor -> x <> y
        | _ -> failwith $"{op}"
    | _ -> failwith $"{op} of {x.GetType()} and {y.GetType()}"

let private one op (x: obj) : obj =
    match x with
    | :? float as x -> realOne op x
    | :? float32 as x -> float32 (realOne op (float x))
    | :? int as x -> wholeOne op x
    | :? uint32 as x -> wholeOne op x
    | :? int64 as x -> wholeOne op x
    | :? uint64 as x -> wholeOne op x
    | x -> not (x :?> bool)

let private compare op (x: obj) (y: obj) : obj =
    match x with
    | :? float as x -> compared op x (y :?> float)
    | :? float32 as x -> compared op x (y :?> float32)
    | :? int as x -> compared op x (y :?> int)
    | :? uint32 as x -> compared op x (y :?> uint32)
    | :? int64 as x -> compared op x (y :?> int64)
    | :? uint64 as x -> compared op x (y :?> uint64)
    | x -> if op = LoopOp.Equal then x = y else x <> y

let private saturate<'T, 'S when 'T :> Numerics.IBinaryInteger<'T> and 'S :> Numerics.IFloatingPointIeee754<'S>> (x: 'S) : 'T =
    if 'S.IsNaN x then 'T.Zero else 'T.CreateSaturating x

let private ofReal<'S when 'S :> Numerics.IFloatingPointIeee754<'S>> (x: 'S) (target: DType) : obj =
    match target with
    | DType.F64 -> Double.CreateTruncating x
    | DType.F32 -> Single.CreateTruncating x
    | DType.I32 -> saturate<int, 'S> x
    | DType.U32 -> saturate<uint32, 'S> x
    | DType.I64 -> saturate<int64, 'S> x
    | DType.U64 -> saturate<uint64, 'S> x
    | _ -> not ('S.IsZero x)

let private ofWhole<'S when 'S :> Numerics.IBinaryInteger<'S>> (x: 'S) (target: DType) : obj =
    match target with
    | DType.F64 -> Double.CreateTruncating x
    | DType.F32 -> Single.CreateTruncating x
    | DType.I32 -> Int32.CreateTruncating x
    | DType.U32 -> UInt32.CreateTruncating x
    | DType.I64 -> Int64.CreateTruncating x
    | DType.U64 -> UInt64.CreateTruncating x
    | _ -> not ('S.IsZero x)

let private convert target (x: obj) =
    match x with
    | :? float as x -> ofReal x target
    | :? float32 as x -> ofReal x target
    | :? int as x -> ofWhole x target
    | :? uint32 as x -> ofWhole x target
    | :? int64 as x -> ofWhole x target
    | :? uint64 as x -> ofWhole x target
    | x -> ofWhole (if x :?> bool then 1 else 0) target

let private bits (x: obj) =
    match x with
    | :? float as x -> BitConverter.DoubleToUInt64Bits x
    | :? float32 as x -> uint64 (BitConverter.SingleToUInt32Bits x)
    | :? int as x -> uint64 (uint32 x)
    | :? uint32 as x -> uint64 x
    | :? int64 as x -> uint64 x
    | x -> x :?> uint64

let private bitcast target (x: obj) : obj =
    let bits = bits x

    match target with
    | DType.F64 -> BitConverter.UInt64BitsToDouble bits
    | DType.F32 -> BitConverter.UInt32BitsToSingle(uint32 bits)
    | DType.I32 -> int bits
    | DType.U32 -> uint32 bits
    | DType.I64 -> int64 bits
    | _ -> bits

let private fused (x: obj) (y: obj) (z: obj) : obj =
    match x with
    | :? float as x -> Math.FusedMultiplyAdd(x, (y :?> float), (z :?> float))
    | x -> MathF.FusedMultiplyAdd((x :?> float32), (y :?> float32), (z :?> float32))

/// A number as it comes back from being stored.
let private through (storage: DType) (x: obj) : obj =
    match storage, x with
    | DType.F16, (:? float32 as x) -> float32 (Half.op_Explicit x: Half)
    | DType.BF16, (:? float32 as x) -> BFloat16.FromSingle(x).ToSingle()
    | DType.I8, (:? int as x) -> int (sbyte x)
    | DType.I16, (:? int as x) -> int (int16 x)
    | DType.U8, (:? uint32 as x) -> uint32 (byte x)
    | DType.U16, (:? uint32 as x) -> uint32 (uint16 x)
    | _ -> x

let private load (buffer: NDArray) (offset: int64) : obj =
    let at = int offset

    match buffer.Type with
    | DType.F64 -> buffer.Span<float>()[at]
    | DType.F32 -> buffer.Span<float32>()[at]
    | DType.F16 -> float32 (buffer.Span<Half>()[at])
    | DType.BF16 -> buffer.Span<BFloat16>().[at].ToSingle()
    | DType.I8 -> int (buffer.Span<sbyte>()[at])
    | DType.I16 -> int (buffer.Span<int16>()[at])
    | DType.I32 -> buffer.Span<int>()[at]
    | DType.I64 -> buffer.Span<int64>()[at]
    | DType.U8 -> uint32 (buffer.Span<byte>()[at])
    | DType.U16 -> uint32 (buffer.Span<uint16>()[at])
    | DType.U32 -> buffer.Span<uint32>()[at]
    | DType.U64 -> buffer.Span<uint64>()[at]
    | _ -> buffer.Span<bool>()[at]

let private toScalar (dtype: DType) (x: obj) =
    match x with
    | :? float as x -> Scalar.Of(dtype, x)
    | :? float32 as x -> Scalar.Of(dtype, float x)
    | :? uint64 as x -> Scalar.Of x
    | :? bool as x -> Scalar.Of x
    | x -> Scalar.Of(dtype, Convert.ToInt64 x)

/// A number of a computed type.
let private constant (value: LoopValue) : obj =
    match value.Type with
    | DType.F64 -> value.Constant.AsDouble
    | DType.F32 -> float32 value.Constant.AsDouble
    | DType.I32 -> int value.Constant.AsLong
    | DType.U32 -> uint32 value.Constant.AsLong
    | DType.I64 -> value.Constant.AsLong
    | DType.U64 -> uint64 value.Constant.AsLong
    | _ -> value.Constant.AsLong <> 0L

type private Run(program: LoopProgram, buffers: NDArray[]) =
    let values: obj[] = Array.zeroCreate program.ValueCount
    let get (value: LoopValue) = values[value.Id]
    let set (value: LoopValue) x = values[value.Id] <- x

    member private _.Value(value: LoopValue) =
        let operand i = get value.Operands[i]

        match value.Op with
        | LoopOp.Constant -> constant value
        | LoopOp.Load -> load buffers[value.Buffer.Number] (operand 0 :?> int64)
        | LoopOp.Select -> if (operand 0 :?> bool) then operand 1 else operand 2
        | LoopOp.FusedMultiplyAdd -> fused (operand 0) (operand 1) (operand 2)
        | LoopOp.Convert -> convert value.Type (operand 0)
        | LoopOp.Bitcast -> bitcast value.Type (operand 0)
        | LoopOp.ThroughStorage -> through value.Storage (operand 0)
        | LoopOp.Call -> value.Method.Invoke(null, [| for x in value.Operands -> get x |])
        | LoopOp.Equal
        | LoopOp.NotEqual
        | LoopOp.Less
        | LoopOp.LessOrEqual -> compare value.Op (operand 0) (operand 1)
        | op when value.Operands.Length = 2 -> two op (operand 0) (operand 1)
        | op -> one op (operand 0)

    member private this.Function(value: LoopValue) =
        // A function's own program, of one phase that stores its value.
        let builder = LoopBuilder(value.Function.Name)

        let inputs = [ for x in value.Operands -> builder.Buffer(LoopBufferKind.Input, x.Type, 1L) ]

        let result = builder.Buffer(LoopBufferKind.Output, value.Type, 1L)

        builder.Phase(
            1L,
            fun tile ->
                let operands = [| for x in inputs -> builder.Load(x, tile) |]
                builder.Store(result, tile, value.Function.Define.Invoke(builder, ImmutableArray.CreateRange operands))
        )

        let arrays =
            [|
                for x in value.Operands do
                    NDArray.Full(Shape.Of 1, toScalar x.Type (get x))

                NDArray.New(value.Type, Shape.Of 1)
            |]

        Run(builder.Build(), arrays).Phase(0, 0L)
        load arrays[arrays.Length - 1] 0L

    member private this.For(loop: ForItem) =
        let count = get loop.Count :?> int64

        for carry in loop.Carries do
            set carry.Parameter (get carry.Initial)

        let partials =
            [
                for reduction in loop.Reductions do
                    let identity = LoopIdentities.Of(reduction.Op, reduction.Element.Type)
                    let dtype = reduction.Element.Type
                    let start = load (NDArray.Full(Shape.Of 1, identity)) 0L
                    Array.create (LoopTypes.Partials dtype) start
            ]

        for i in 0L .. count - 1L do
            set loop.Index i
            this.Block loop.Body

            for partial, reduction in Seq.zip partials loop.Reductions do
                let place = int (i % int64 partial.Length)
                partial[place] <- two reduction.Op partial[place] (get reduction.Element)

            let next = [ for carry in loop.Carries -> get carry.Next ]

            for carry, value in Seq.zip loop.Carries next do
                set carry.Parameter value

        for carry in loop.Carries do
            set carry.Result (get carry.Parameter)

        for partial, reduction in Seq.zip partials loop.Reductions do
            let mutable half = partial.Length / 2

            while half > 0 do
                for j in 0 .. half - 1 do
                    partial[j] <- two reduction.Op partial[j] partial[j + half]

                half <- half / 2

            let empty = count = 0L && reduction.Op = LoopOp.Add

            set
                reduction.Result
                (if empty then
                     convert reduction.Element.Type (box 0)
                 else
                     partial[0])

    member private this.While(loop: WhileItem) =
        for carry in loop.Carries do
            set carry.Parameter (get carry.Initial)

        this.Block loop.Condition

        while (get loop.Test :?> bool) do
            this.Block loop.Body
            let next = [ for carry in loop.Carries -> get carry.Next ]

            for carry, value in Seq.zip loop.Carries next do
                set carry.Parameter value

            this.Block loop.Condition

        for carry in loop.Carries do
            set carry.Result (get carry.Parameter)

    member private this.Choose (choices: LoopChoice seq) isThen =
        for choice in choices do
            set choice.Result (get (if isThen then choice.Then else choice.Else))

    member this.Block(block: LoopBlock) : unit =
        for item in block.Items do
            match item with
            | :? LoopValue as value when value.Op = LoopOp.Function -> set value (this.Function value)
            | :? LoopValue as value -> set value (this.Value value)
            | :? StoreItem as store ->
                let buffer = buffers[store.Buffer.Number]
                buffer.Set(int (get store.Offset :?> int64), toScalar buffer.Type (through buffer.Type (get store.Value)))
            | :? ForItem as loop -> this.For loop
            | :? WhileItem as loop -> this.While loop
            | :? IfItem as branch ->
                let holds = get branch.Test :?> bool
                this.Block(if holds then branch.Then else branch.Else)
                this.Choose branch.Choices holds
            | :? RareItem as rare ->
                let holds = get rare.Test :?> bool

                if holds then
                    this.Block rare.Block

                this.Choose rare.Choices holds
            | :? FailItem as fail ->
                if (get fail.Test :?> bool) then
                    raise (Failed fail.Failure)
            | :? GrowItem as grow ->
                let stack = buffers[grow.Buffer.Number]
                let needed = int (get grow.Needed :?> int64)

                if needed > stack.Size then
                    let larger = NDArray.New(stack.Type, Shape.Of(2 * needed))

                    for i in 0 .. stack.Size - 1 do
                        larger.Set(i, stack.At i)

                    buffers[grow.Buffer.Number] <- larger
            | item -> failwith $"{item}"

    member this.Phase(phase: int, tile: int64) : unit =
        set program.Phases[phase].Tile tile
        this.Block program.Phases[phase].Body

type private Code(program: LoopProgram) =
    inherit LoopCode()

    override _.Run(phase, first, last, buffers, _) =
        try
            for tile in first .. last - 1L do
                Run(program, buffers).Phase(phase, tile)

            LoopCode.Done
        with Failed number ->
            number

/// The engine.
let instance =
    { new ILoopEngine with
        member _.Name = "plain"
        member _.Compile program = Code program
    }
