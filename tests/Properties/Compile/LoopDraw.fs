namespace Adjoint.Properties.Compile

open System
open System.Collections.Generic
open System.Collections.Immutable
open Adjoint.Core
open Adjoint.Loops

/// A function of single numbers that programs call.
type Called =
    /// x − y/2 + 1.
    static member Mixed(x: float, y: float) = x - 0.5 * y + 1.0

    /// Bits turned and added.
    static member Turned(x: int64) =
        (x <<< 7 ||| (x >>> 57 &&& 127L)) + 12345L

/// Draws programs of the loop language that stay inside their buffers and end.
type LoopDraw(seed: int) =
    let random = Random seed
    let int below = random.Next below
    let chance percent = random.Next 100 < percent

    let pick (items: IReadOnlyList<'T>) = items[int items.Count]

    let computed = [ DType.Bool; DType.I32; DType.U32; DType.I64; DType.U64; DType.F32; DType.F64 ]

    let stored =
        [
            for kind in DTypes.All do
                if not (kind.IsComplex()) then
                    kind
        ]

    /// Elements of an input; every loop and stride stays inside.
    let extent = 160

    let room = 1 <<< 14

    let blend kind =
        LoopFunction(
            "blend",
            kind,
            2,
            fun b x ->
                let large = b.Less(b.Constant(kind, 3.0), b.Absolute x[0])
                let near = b.FusedMultiplyAdd(x[0], x[1], b.Constant(kind, 0.5))

                b.Rare(large, ImmutableArray.Create near, fun () -> ImmutableArray.Create(b.SquareRoot(b.Absolute(b.Subtract(x[0], x[1])))))[0]
        )

    let edges =
        [
            0.0
            -0.0
            1.0
            -1.0
            0.5
            -2.5
            1e-40
            3.4e38
            nan
            infinity
            -infinity
            65504.0
            70000.0
            1e-8
            2147483648.0
            -2147483649.0
            1e19
            16777217.0
            5e-324
        ]

    let number (kind: DType) =
        match kind with
        | DType.Bool -> Scalar.Of(chance 50)
        | _ when kind.IsFloating() ->
            if chance 20 then
                Scalar.Of(kind, pick edges)
            else
                Scalar.Of(kind, (random.NextDouble() - 0.5) * Math.Pow(10.0, float (int 5)))
        | DType.U64 ->
            Scalar.Of(
                if chance 30 then
                    uint64 (int 5)
                else
                    uint64 (random.NextInt64()) * 2UL + uint64 (int 2)
            )
        | _ ->
            let bits = 8 * kind.Size()

            let most =
                if kind.IsUnsigned() then
                    (1L <<< bits) - 1L
                else
                    Int64.MaxValue >>> (64 - bits)

            let least = if kind.IsUnsigned() then 0L else -most - 1L

            match int 6 with
            | 0 -> Scalar.Of(kind, least)
            | 1 -> Scalar.Of(kind, most)
            | 2 -> Scalar.Of(kind, if kind.IsUnsigned() then 3L else -1L)
            | 3 -> Scalar.Of(kind, random.NextInt64(least, most))
            | _ -> Scalar.Of(kind, int64 (int 20))

    let mutable b = LoopBuilder "drawn"
    let mutable inputs: LoopBuffer list = []
    let mutable outputs: LoopBuffer list = []
    let mutable scratch: LoopBuffer list = []
    let mutable stack: LoopBuffer option = None
    let mutable next = 0L
    let mutable budget = 0

    let ofKind kind (scope: List<LoopValue>) =
        let found =
            [
                for value in scope do
                    if value.Type = kind then
                        value
            ]

        if found.IsEmpty || chance 10 then
            if kind = DType.I64 then
                b.Index(LoopNumbers.i64 (LoopNumbers.ofScalar (number kind)))
            else
                b.Constant(number kind)
        else
            pick found

    /// An offset inside a number of elements, made of any integer.
    let inside (x: LoopValue) = b.And(x, b.Index 127L)

    /// One instruction.
    let instruction (scope: List<LoopValue>) =
        let kind = pick computed
        let value = ofKind kind scope
        let other = ofKind kind scope
        let third = ofKind kind scope
        let test = ofKind DType.Bool scope

        let both =
            [
                fun () -> b.And(value, other)
                fun () -> b.Or(value, other)
                fun () -> b.Xor(value, other)
                fun () -> b.Not value
            ]

        let ordered =
            [
                fun () -> b.Equal(value, other)
                fun () -> b.NotEqual(value, other)
                fun () -> b.Less(value, other)
                fun () -> b.LessOrEqual(value, other)
                fun () -> b.Select(test, value, other)
                fun () -> b.Minimum(value, other)
                fun () -> b.Maximum(value, other)
                fun () -> b.Convert(value, pick computed)
            ]

        let numeric =
            [
                fun () -> b.Add(value, other)
                fun () -> b.Subtract(value, other)
                fun () -> b.Multiply(value, other)
                fun () -> b.Negate value
                fun () -> b.Absolute value
                fun () -> b.MinimumNative(value, other)
                fun () -> b.MaximumNative(value, other)
            ]

        let floating =
            [
                fun () -> b.Divide(value, other)
                fun () -> b.SquareRoot value
                fun () -> b.FusedMultiplyAdd(value, other, third)
                fun () -> b.Floor value
                fun () -> b.Ceiling value
                fun () -> b.Truncate value
                fun () -> b.Round value
                fun () ->
                    b.Bitcast(
                        value,
                        (if kind = DType.F32 then
                             pick [ DType.I32; DType.U32 ]
                         else
                             pick [ DType.I64; DType.U64 ])
                    )
                fun () -> b.Apply(blend kind, ImmutableArray.Create(value, other))
                fun () ->
                    if kind = DType.F32 then
                        b.ThroughStorage(value, pick [ DType.F16; DType.BF16 ])
                    else
                        b.Call(typeof<Called>.GetMethod "Mixed", ImmutableArray.Create(value, other))
            ]

        let one =
            if kind.IsInteger() then
                Some(b.Constant(Scalar.Of(kind, 1L)))
            else
                None

        let count () =
            if chance 50 then
                b.Constant(Scalar.Of(kind, int64 (int (8 * kind.Size()))))
            else
                b.And(other, b.Constant(Scalar.Of(kind, int64 (8 * kind.Size() - 1))))

        let whole =
            [
                fun () -> b.Divide(value, b.Or(other, one.Value))
                fun () -> b.Remainder(value, b.Or(other, one.Value))
                fun () -> b.Divide(value, b.Constant(Scalar.Of(kind, int64 (3 + int 9))))
                fun () -> b.Remainder(value, b.Constant(Scalar.Of(kind, int64 (3 + int 9))))
                fun () -> b.ShiftLeft(value, count ())
                fun () -> b.ShiftRight(value, count ())
                fun () -> b.ShiftRightLogical(value, count ())
                fun () ->
                    match kind with
                    | DType.I32 -> b.ThroughStorage(value, pick [ DType.I8; DType.I16 ])
                    | DType.U32 -> b.ThroughStorage(value, pick [ DType.U8; DType.U16 ])
                    | DType.I64 -> b.Call(typeof<Called>.GetMethod "Turned", ImmutableArray.Create value)
                    | _ -> b.Bitcast(value, DType.F64)
                fun () ->
                    b.Bitcast(
                        value,
                        (match kind with
                         | DType.I32 -> DType.F32
                         | DType.U32 -> DType.I32
                         | DType.I64 -> DType.F64
                         | _ -> DType.I64)
                    )
            ]

        let choices =
            if kind = DType.Bool then ordered @ both
            elif kind.IsFloating() then ordered @ numeric @ floating
            else ordered @ numeric @ whole @ both

        scope.Add((pick choices) ())

    let load (scope: List<LoopValue>) (lane: (LoopValue * int) option) =
        let buffer = pick inputs

        let offset =
            match lane with
            | Some(index, count) when chance 70 ->
                let stride = pick [ 1; 1; 1; 1; 2; 3; -1; 5 ]

                if abs stride * max 0 (count - 1) < extent then
                    let moved = b.Multiply(index, b.Index(int64 stride))
                    let room = extent - 1 - abs stride * max 0 (count - 1)
                    let start = int (room + 1) + (if stride < 0 then abs stride * max 0 (count - 1) else 0)
                    b.Add(moved, b.Index(int64 start))
                else
                    inside index
            | _ -> inside (ofKind DType.I64 scope)

        scope.Add(b.Load(buffer, offset))

    /// A place that nothing else writes: an element for each lane.
    let store (scope: List<LoopValue>) (lane: (LoopValue * int) option) =
        let buffer = pick outputs
        let value = ofKind (LoopTypes.Computed buffer.Type) scope
        let stride = pick [ 1; 1; 1; 2; 3 ]
        let count = lane |> Option.map snd |> Option.defaultValue 1

        if next + int64 (count * stride) < int64 room then
            let offset =
                match lane with
                | Some(index, _) -> b.Add(b.Multiply(index, b.Index(int64 stride)), b.Index next)
                | None -> b.Index next

            b.Store(buffer, offset, value)

            if chance 30 then
                scope.Add(b.Load(buffer, offset))

            next <- next + int64 (count * stride) + 1L

    let counts =
        [
            0
            1
            2
            3
            5
            7
            8
            9
            15
            16
            17
            31
            32
            33
            47
            63
            64
            65
            100
            127
            129
            150
        ]

    let rec block depth (lane: (LoopValue * int) option) (outer: List<LoopValue>) (size: int) =
        let scope = List<LoopValue> outer

        for _ in 1..size do
            if budget > 0 then
                budget <- budget - 1
                statement depth lane scope

        scope

    and values (scope: List<LoopValue>) kinds =
        ImmutableArray.CreateRange [ for kind in kinds -> ofKind kind scope ]

    and statement depth lane scope =
        match int 100 with
        | n when n < 55 -> instruction scope
        | n when n < 72 -> load scope lane
        | n when n < 82 -> store scope lane
        | _ when depth > 3 -> instruction scope
        | n when n < 86 -> branch depth lane scope
        | n when n < 89 -> rare lane scope
        | n when n < 91 ->
            b.Fail(b.And(b.Equal(ofKind DType.I64 scope, b.Index 77L), ofKind DType.Bool scope), fun () -> AdjointException "drawn")
        | n when n < 93 -> serial depth lane scope
        | _ when lane.IsSome -> instruction scope
        | 93 -> loop depth scope
        | 94 -> push scope
        | _ -> inLanes depth scope

    and branch depth lane scope =
        // The same for all lanes: made of what is outside of them.
        let test =
            if lane.IsSome then
                b.Constant(number DType.Bool)
            else
                ofKind DType.Bool scope

        let kinds = [ for _ in 0 .. int 3 -> pick computed ]

        scope.AddRange(
            b.If(test, (fun () -> values (block (depth + 1) lane scope 4) kinds), fun () -> values (block (depth + 1) lane scope 4) kinds)
        )

    and rare lane scope =
        let kinds = [ for _ in 0 .. int 2 -> pick computed ]
        let test = ofKind DType.Bool scope
        let common = values scope kinds

        let inner () =
            let inner = List<LoopValue> scope

            for _ in 1..4 do
                if chance 70 then instruction inner else load inner lane

            values inner kinds

        scope.AddRange(b.Rare(test, common, inner))

    and serial depth lane scope =
        let kinds = [ for _ in 0 .. int 3 -> pick computed ]

        let count =
            if chance 50 then
                b.Index(int64 (int 5))
            else
                b.And(ofKindOutside lane scope, b.Index 3L)

        scope.AddRange(
            b.Serial(
                count,
                values scope kinds,
                fun index carried ->
                    let inner = List<LoopValue> scope
                    inner.Add index
                    inner.AddRange carried
                    values (block (depth + 1) lane inner 5) kinds
            )
        )

    /// An i64 that does not depend on the lane.
    and ofKindOutside lane scope =
        if lane.IsSome then
            b.Index(int64 (int 4))
        else
            ofKind DType.I64 scope

    and loop depth scope =
        let kinds = [ for _ in 0 .. int 3 -> pick computed ]
        let limit = int64 (int 5)

        let results =
            b.While(
                (values scope kinds).Insert(0, b.Index 0L),
                (fun carried -> b.Less(carried[0], b.Index limit)),
                fun carried ->
                    let inner = List<LoopValue> scope
                    inner.AddRange carried
                    (values (block (depth + 1) None inner 5) kinds).Insert(0, b.Add(carried[0], b.Index 1L))
            )

        scope.AddRange results

    and push scope =
        stack
        |> Option.iter (fun stack ->
            let place = b.And(ofKind DType.I64 scope, b.Index 31L)
            b.Grow(stack, b.Add(place, b.Index 1L))
            b.Store(stack, place, ofKind DType.F32 scope)
            scope.Add(b.Load(stack, place)))

    and inLanes depth scope =
        let count = pick counts
        let known = chance 60
        // A count that is not known when the program is built is read from where nobody writes.
        let length =
            if known then
                b.Index(int64 count)
            else
                b.Add(b.And(b.Load(scratch[0], b.Index 0L), b.Index 0L), b.Index(int64 count))

        let ops kind =
            match kind with
            | DType.Bool -> [ LoopOp.And; LoopOp.Or; LoopOp.Xor; LoopOp.Minimum; LoopOp.Maximum ]
            | DType.F32
            | DType.F64 -> [ LoopOp.Add; LoopOp.Multiply; LoopOp.Minimum; LoopOp.Maximum ]
            | _ ->
                [
                    LoopOp.Add
                    LoopOp.Multiply
                    LoopOp.Minimum
                    LoopOp.Maximum
                    LoopOp.And
                    LoopOp.Or
                    LoopOp.Xor
                ]

        let kinds = [ for _ in 1 .. int 3 -> pick computed ]
        let joins = [ for kind in kinds -> pick (ops kind) ]

        scope.AddRange(
            b.Reduce(
                length,
                ImmutableArray.CreateRange joins,
                fun index ->
                    let inner = List<LoopValue> scope
                    inner.Add index
                    values (block (depth + 1) (Some(index, count)) inner (if budget > 800 && chance 20 then 500 else 3 + int 12)) kinds
            )
        )

    let array (buffer: LoopBuffer) =
        let offset = int 5

        let storage =
            DTypes.NewArray(buffer.Type, Math.Max(Operators.int buffer.Length, 0) + offset, true, false)

        let made = NDArray(buffer.Type, Shape.Of(Operators.int buffer.Length), storage, offset)

        if buffer.Kind = LoopBufferKind.Input then
            for i in 0 .. made.Size - 1 do
                made.Set(i, number buffer.Type)

        made

    /// A program, and buffers for it.
    member _.Program(size: int, ?tiles: int64) =
        let tiles = defaultArg tiles 1L
        b <- LoopBuilder $"drawn{seed}"
        inputs <- [ for kind in stored -> b.Buffer(LoopBufferKind.Input, kind, int64 extent) ]
        outputs <- [ for kind in stored -> b.Buffer(LoopBufferKind.Output, kind, int64 room) ]
        scratch <- [ b.Buffer(LoopBufferKind.Shared, DType.I64, 4L) ]
        stack <- Some(b.Buffer(LoopBufferKind.Stack, DType.F32, 2L))
        next <- 0L

        for _ in 1 .. 1 + int 2 do
            budget <- size
            b.Phase(tiles, fun tile -> block 0 None (List<LoopValue> [ tile ]) size |> ignore)

        let program = b.Build()
        program, [| for buffer in program.Buffers -> array buffer |]

    /// What programs call and apply, for the reference.
    static member Functions =
        let blend32 (x: uint64[]) =
            let x, y = LoopNumbers.f32 x[0], LoopNumbers.f32 x[1]

            LoopNumbers.ofF32 (
                if 3.0f < MathF.Abs x then
                    MathF.Sqrt(MathF.Abs(x - y))
                else
                    MathF.FusedMultiplyAdd(x, y, 0.5f)
            )

        let blend64 (x: uint64[]) =
            let x, y = LoopNumbers.f64 x[0], LoopNumbers.f64 x[1]

            LoopNumbers.ofF64 (
                if 3.0 < Math.Abs x then
                    Math.Sqrt(Math.Abs(x - y))
                else
                    Math.FusedMultiplyAdd(x, y, 0.5)
            )

        dict
            [
                "blend.f32", blend32
                "blend.f64", blend64
                "Mixed", (fun (x: uint64[]) -> LoopNumbers.ofF64 (Called.Mixed(LoopNumbers.f64 x[0], LoopNumbers.f64 x[1])))
                "Turned", (fun (x: uint64[]) -> uint64 (Called.Turned(LoopNumbers.i64 x[0])))
            ]
        |> Dictionary
