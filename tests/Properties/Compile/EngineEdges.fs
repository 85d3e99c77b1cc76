namespace Adjoint.Properties.Compile

open System
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// Every instruction at the edges of its types.
module EngineEdges =

    let private engines = Engines.code [ 64; 32; 16; 0 ] @ Engines.blocks [ 64 ]

    let private kinds = [ DType.Bool; DType.I32; DType.U32; DType.I64; DType.U64; DType.F32; DType.F64 ]

    /// Zeros, subnormals, ties, the ends of every integer type and of f16, and what is no number.
    let private floats =
        [
            for x in
                [
                    0.0
                    1.0
                    0.5
                    1.5
                    2.5
                    infinity
                    1e-45
                    1e-310
                    Double.MaxValue
                    3.4028234663852886e38
                ]
                @ [
                    65504.0
                    65519.9
                    65520.0
                    5.96e-8
                    2.9e-8
                    8388607.5
                    4503599627370495.5
                    2147483647.0
                ]
                @ [
                    2147483648.0
                    2147483904.0
                    4294967295.0
                    4294967296.0
                    9.2233720368547758e18
                    1.8446744073709552e19
                ] do
                x
                -x
            nan
        ]

    let private edges (kind: DType) : Scalar list =
        match kind with
        | DType.Bool -> [ Scalar.Of true; Scalar.Of false ]
        | DType.U64 ->
            [
                0UL
                1UL
                2UL
                63UL
                1UL <<< 63
                UInt64.MaxValue
                (1UL <<< 63) + 1025UL
                16777217UL
                9007199254740993UL
            ]
            |> List.map Scalar.Of
        | DType.I64 ->
            [
                0L
                1L
                -1L
                7L
                63L
                Int64.MinValue
                Int64.MaxValue
                16777217L
                -9007199254740993L
                4294967296L
            ]
            |> List.map (fun x -> Scalar.Of(kind, x))
        | DType.I32 ->
            [
                0L
                1L
                -1L
                7L
                31L
                -2147483648L
                2147483647L
                16777217L
                128L
                -129L
                40000L
            ]
            |> List.map (fun x -> Scalar.Of(kind, x))
        | DType.U32 ->
            [ 0L; 1L; 7L; 31L; 4294967295L; 2147483648L; 16777217L; 256L; 65535L ]
            |> List.map (fun x -> Scalar.Of(kind, x))
        | _ -> floats |> List.map (fun x -> Scalar.Of(kind, x))

    /// An instruction of two operands; of one, it leaves the second alone.
    type private Instruction = string * (LoopBuilder -> LoopValue -> LoopValue -> LoopValue)

    let private whole (kind: DType) : Instruction list =
        let one = Scalar.One kind
        let zero = Scalar.Zero kind
        let mask = Scalar.Of(kind, int64 (8 * kind.Size() - 1))

        let divisor (b: LoopBuilder) y =
            b.Select(b.Equal(y, b.Constant zero), b.Constant one, y)

        [
            "divide", (fun b x y -> b.Divide(x, divisor b y))
            "remainder", (fun b x y -> b.Remainder(x, divisor b y))
            "shift left", (fun b x y -> b.ShiftLeft(x, b.And(y, b.Constant mask)))
            "shift right", (fun b x y -> b.ShiftRight(x, b.And(y, b.Constant mask)))
            "shift right logical", (fun b x y -> b.ShiftRightLogical(x, b.And(y, b.Constant mask)))
            "shift left by 3", (fun b x _ -> b.ShiftLeft(x, 3))
            "shift right by 3", (fun b x _ -> b.ShiftRight(x, 3))
        ]

    let private floating: Instruction list =
        [
            "divide", (fun b x y -> b.Divide(x, y))
            "fused", (fun b x y -> b.FusedMultiplyAdd(x, y, x))
            "square root", (fun b x _ -> b.SquareRoot x)
            "floor", (fun b x _ -> b.Floor x)
            "ceiling", (fun b x _ -> b.Ceiling x)
            "truncate", (fun b x _ -> b.Truncate x)
            "round", (fun b x _ -> b.Round x)
        ]

    let private bits: Instruction list =
        [
            "and", (fun b x y -> b.And(x, y))
            "or", (fun b x y -> b.Or(x, y))
            "xor", (fun b x y -> b.Xor(x, y))
            "not", (fun b x _ -> b.Not x)
        ]

    let private numeric: Instruction list =
        [
            "add", (fun b x y -> b.Add(x, y))
            "subtract", (fun b x y -> b.Subtract(x, y))
            "multiply", (fun b x y -> b.Multiply(x, y))
            "minimum native", (fun b x y -> b.MinimumNative(x, y))
            "maximum native", (fun b x y -> b.MaximumNative(x, y))
            "negate", (fun b x _ -> b.Negate x)
            "absolute", (fun b x _ -> b.Absolute x)
        ]

    let private ordered: Instruction list =
        [
            "equal", (fun b x y -> b.Equal(x, y))
            "not equal", (fun b x y -> b.NotEqual(x, y))
            "less", (fun b x y -> b.Less(x, y))
            "less or equal", (fun b x y -> b.LessOrEqual(x, y))
            "minimum", (fun b x y -> b.Minimum(x, y))
            "maximum", (fun b x y -> b.Maximum(x, y))
            "select", (fun b x y -> b.Select(b.Less(x, y), x, y))
        ]

    let private changes (kind: DType) : Instruction list =
        let through types : Instruction list =
            [
                for storage: DType in types -> $"through {storage.Name()}", (fun b x _ -> b.ThroughStorage(x, storage))
            ]

        let bits (target: DType) : Instruction list =
            [ "bits", (fun b x _ -> b.Bitcast(x, target)) ]

        [
            for target in kinds -> $"to {target.Name()}", (fun (b: LoopBuilder) x _ -> b.Convert(x, target))
        ]
        @ match kind with
          | DType.F32 -> bits DType.U32 @ through [ DType.F16; DType.BF16 ]
          | DType.F64 -> bits DType.I64
          | DType.I32 -> bits DType.F32 @ through [ DType.I8; DType.I16 ]
          | DType.U32 -> bits DType.I32 @ through [ DType.U8; DType.U16 ]
          | DType.U64 -> bits DType.F64
          | _ -> []

    let private instructions (kind: DType) =
        ordered
        @ changes kind
        @ (if kind = DType.Bool then [] else numeric)
        @ (if kind.IsFloating() then floating else bits)
        @ (if kind.IsInteger() then whole kind else [])

    let private filled (kind: DType) (values: Scalar[]) =
        let array = NDArray(kind, Shape.Of values.Length, DTypes.NewArray(kind, values.Length, true, false))
        values |> Array.iteri (fun i value -> array.Set(i, value))
        array

    /// A program that stores what an instruction gives for each pair of operands.
    let private program (kind: DType) (count: int) (instruction: LoopBuilder -> LoopValue -> LoopValue -> LoopValue) =
        let build (stored: DType) =
            let b = LoopBuilder "edges"
            let x = b.Buffer(LoopBufferKind.Input, kind, int64 count)
            let y = b.Buffer(LoopBufferKind.Input, kind, int64 count)
            let z = b.Buffer(LoopBufferKind.Output, stored, int64 count)
            let mutable made = stored

            b.Phase(
                1L,
                fun _ ->
                    b.Lanes(
                        b.Index(int64 count),
                        fun i ->
                            let value = instruction b (b.Load(x, i)) (b.Load(y, i))
                            made <- value.Type
                            b.Store(z, i, value)
                    )
            )

            b.Build(), made

        let _, made = build kind
        fst (build made), made

    let private same (x: NDArray) (y: NDArray) i =
        let a, b = x.At i, y.At i

        a = b
        || (x.Type.IsFloating() && Double.IsNaN a.AsDouble && Double.IsNaN b.AsDouble)

    let private check (engine: ILoopEngine) (kind: DType) (name, instruction) =
        let points = edges kind

        let pairs =
            [|
                for x in points do
                    for y in points -> x, y
            |]

        let program, stored = program kind pairs.Length instruction

        let buffers () =
            [|
                filled kind (Array.map fst pairs)
                filled kind (Array.map snd pairs)
                filled stored (Array.create pairs.Length (Scalar.Zero stored))
            |]

        let expected, actual = buffers (), buffers ()
        LoopReference(program, expected, LoopDraw.Functions).Run() |> ignore

        (engine.Compile program).Run(0, 0L, 1L, actual, CancellationToken.None)
        |> ignore

        for i in 0 .. pairs.Length - 1 do
            if not (same expected[2] actual[2] i) then
                let x, y = pairs[i]
                failtest $"{name} of {kind.Name()} {x} and {y}: {expected[2].At i} expected, {actual[2].At i} found"

    [<Tests>]
    let tests =
        testList
            "engine edges"
            [
                for name, engine in engines do
                    for kind in kinds do
                        testCase $"{name}: all pairs of edges of {kind.Name()} through all instructions" (fun () ->
                            for instruction in instructions kind do
                                check engine kind instruction)
            ]
