namespace Adjoint.Properties.Compile

open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops
open Adjoint.Loops.Blocks

/// Blocks of matrices whose rows become columns.
module TransposeTests =

    let private engines = Engines.code [ 64; 32; 16; 0 ] @ [ "blocks", BlockEngine() :> ILoopEngine ]

    /// Rows from the second row and third column on, into the middle of a larger matrix.
    let private turned (kind: DType) rows columns =
        let b = LoopBuilder "turned"

        let x = b.Buffer(LoopBufferKind.Input, kind, int64 ((rows + 2) * (columns + 5)))

        let y = b.Buffer(LoopBufferKind.Output, kind, int64 ((columns + 1) * (rows + 4)))

        b.Phase(
            1L,
            fun _ ->
                b.Transpose(
                    struct (x, b.Index(int64 (columns + 5 + 2)), int64 (columns + 5)),
                    struct (y, b.Index 3L, int64 (rows + 4)),
                    b.Index(int64 rows),
                    b.Index(int64 columns)
                )
        )

        b.Build()

    let private counted (kind: DType) (buffer: LoopBuffer) start =
        let array = NDArray.New(kind, Shape.Of(int buffer.Length))

        for i in 0 .. int buffer.Length - 1 do
            array.Set(
                i,
                (if kind = DType.Bool then
                     Scalar.Of((i + start) % 3 = 0)
                 else
                     Scalar.Of(kind, float ((i + start) % 120)))
            )

        array

    [<Tests>]
    let tests =
        testList
            "blocks transposed"
            [
                for name, engine in engines do
                    for kind in
                        [
                            DType.Bool
                            DType.I8
                            DType.BF16
                            DType.F16
                            DType.I32
                            DType.F32
                            DType.F64
                            DType.I64
                        ] do
                        testCase $"{name}: {kind.Name()}, of all sizes, and nothing else is written" (fun () ->
                            for rows, columns in [ 0, 5; 5, 0; 1, 1; 7, 9; 8, 8; 9, 7; 16, 24; 33, 20; 64, 32 ] do
                                let program = turned kind rows columns

                                let buffers () =
                                    [| counted kind program.Buffers[0] 0; counted kind program.Buffers[1] 50 |]

                                let expected, actual = buffers (), buffers ()
                                LoopReference(program, expected, LoopDraw.Functions).Run() |> ignore

                                (engine.Compile program).Run(0, 0L, 1L, actual, CancellationToken.None)
                                |> ignore

                                Expect.equal (actual[1].ToDoubles()) (expected[1].ToDoubles()) $"{rows} by {columns}")
            ]
