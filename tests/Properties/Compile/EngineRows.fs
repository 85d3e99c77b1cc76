namespace Adjoint.Properties.Compile

open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// Lanes that write a small row of numbers each.
module EngineRows =

    let private engines = Engines.code [ 64; 32; 16; 0 ] @ Engines.blocks [ 64 ]

    /// Row i holds x[i] (j + 1) + x[0] at places j that come in an order of their own, one number that is known and one that is the same for all rows.
    let private rows (dtype: DType) count width stride =
        let b = LoopBuilder "rows"
        let x = b.Buffer(LoopBufferKind.Input, dtype, int64 count)
        let y = b.Buffer(LoopBufferKind.Output, dtype, int64 (count * stride))
        let number (n: int) = b.Constant(Scalar.Of(dtype, float n))

        b.Phase(
            1L,
            fun _ ->
                b.Lanes(
                    b.Index(int64 count),
                    fun i ->
                        let start = b.Multiply(i, b.Index(int64 stride))
                        let v = b.Load(x, i)
                        let all = b.Load(x, b.Index 0L)

                        for k in 0 .. width - 1 do
                            let j =
                                if width % 3 = 0 then
                                    width - 1 - k
                                else
                                    (k + width / 2) % width

                            let element =
                                match j with
                                | 1 -> number 5
                                | 2 -> all
                                | _ -> List.fold (fun sum n -> b.Add(b.Multiply(v, number n), sum)) all [ 1 .. 1 + j % 9 ]

                            b.Store(y, b.Add(start, b.Index(int64 j)), element)
                )
        )

        b.Build()

    let private filled (dtype: DType) size (number: int -> float) =
        let array = NDArray.New(dtype, Shape.Of(size: int))

        for i in 0 .. size - 1 do
            array.Set(i, Scalar.Of(dtype, number i))

        array

    let private run (engine: ILoopEngine) (program: LoopProgram) dtype count stride =
        let y = filled dtype (count * stride) (fun _ -> 7.0)

        let status =
            (engine.Compile program).Run(0, 0L, 1L, [| filled dtype count (fun i -> float (i % 23) - 4.0); y |], CancellationToken.None)

        Expect.equal status LoopCode.Done "the status"
        y.ToDoubles()

    [<Tests>]
    let tests =
        testList
            "engine rows"
            [
                for name, engine in engines do
                    for dtype in [ DType.F32; DType.F64; DType.I32 ] do
                        for width, stride in [ 4, 4; 5, 8; 8, 8; 9, 12; 15, 15; 30, 33; 64, 64 ] do
                            testCase $"{name}: {width} numbers of {dtype.Name()}, {stride} apart" (fun () ->
                                for count in [ 1; 7; 8; 19; 70 ] do
                                    let program = rows dtype count width stride
                                    let expected = run PlainEngine.instance program dtype count stride
                                    Expect.equal (run engine program dtype count stride) expected $"{count} rows")
            ]
