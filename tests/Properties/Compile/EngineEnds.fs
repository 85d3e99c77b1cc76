namespace Adjoint.Properties.Compile

open System
open System.Collections.Immutable
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// What ends a run: failures, cancellation; and what is kept from tile to tile: nothing.
module EngineEnds =

    let private engines = Engines.code [ 64; 0 ] @ Engines.blocks [ 64 ]

    let private values (xs: float32[]) =
        NDArray.Of(Shape.Of xs.Length, ReadOnlySpan xs)

    /// Fails with the second failure where an element is negative, in lanes.
    let private guarded (count: int) =
        let b = LoopBuilder "guarded"
        let x = b.Buffer(LoopBufferKind.Input, DType.F32, int64 count)
        let y = b.Buffer(LoopBufferKind.Output, DType.F32, int64 count)

        b.Phase(
            1L,
            fun _ ->
                b.Fail(b.Less(b.Load(x, b.Index 0L), b.Constant(DType.F32, -100.0)), fun () -> AdjointException "first")

                b.Lanes(
                    b.Index(int64 count),
                    fun i ->
                        let v = b.Load(x, i)
                        b.Fail(b.Less(v, b.Constant(DType.F32, 0.0)), fun () -> AdjointException "second")
                        b.Store(y, i, b.SquareRoot v)
                )
        )

        b.Build()

    /// Counts up for ever.
    let private endless =
        let b = LoopBuilder "endless"
        let y = b.Buffer(LoopBufferKind.Output, DType.I64, 1L)

        b.Phase(
            1L,
            fun _ ->
                let last =
                    b.While(
                        ImmutableArray.Create(b.Index 0L),
                        (fun carried -> b.LessOrEqual(b.Index 0L, carried[0])),
                        fun carried -> ImmutableArray.Create(b.And(b.Add(carried[0], b.Index 1L), b.Index 1023L))
                    )

                b.Store(y, b.Index 0L, last[0])
        )

        b.Build()

    /// Each tile writes its rows' sums by way of memory of its own.
    let private tiled =
        let b = LoopBuilder "tiled"
        let x = b.Buffer(LoopBufferKind.Input, DType.F32, 40L)
        let y = b.Buffer(LoopBufferKind.Output, DType.F32, 8L)
        let work = b.Buffer(LoopBufferKind.Scratch, DType.F32, 5L)

        b.Phase(
            8L,
            fun tile ->
                let start = b.Multiply(tile, b.Index 5L)
                b.Lanes(b.Index 5L, fun i -> b.Store(work, i, b.Load(x, b.Add(start, i))))

                let sum =
                    b.Reduce(b.Index 5L, ImmutableArray.Create LoopOp.Add, fun i -> ImmutableArray.Create(b.Load(work, i)))

                b.Store(y, tile, sum[0])
        )

        b.Build()

    [<Tests>]
    let tests =
        testList
            "engine ends"
            [
                for name, engine in engines do
                    testCase $"{name}: a failure in any lane ends the run with its number" (fun () ->
                        for count in [ 1; 15; 16; 70 ] do
                            let code = engine.Compile(guarded count)

                            for bad in [ 0; count / 2; count - 1 ] do
                                let x = Array.init count (fun i -> if i = bad then -1.0f else float32 i)

                                let status =
                                    code.Run(0, 0L, 1L, [| values x; values (Array.zeroCreate count) |], CancellationToken.None)

                                Expect.equal status 1 $"the status where element {bad} of {count} is negative"

                            let well = Array.init count float32

                            let status =
                                code.Run(0, 0L, 1L, [| values well; values (Array.zeroCreate count) |], CancellationToken.None)

                            Expect.equal status LoopCode.Done "the status where none is")

                    testCase $"{name}: an endless loop ends when it is cancelled" (fun () ->
                        use source = new CancellationTokenSource(TimeSpan.FromMilliseconds 50.0)

                        let status =
                            (engine.Compile endless).Run(0, 0L, 1L, [| NDArray.Of(Shape.Of 1, ReadOnlySpan [| 0L |]) |], source.Token)

                        Expect.equal status LoopCode.Cancelled "the status")

                    testCase $"{name}: any part of the tiles may run alone" (fun () ->
                        let x = Array.init 40 float32
                        let y = values (Array.zeroCreate 8)
                        let code = engine.Compile tiled

                        for first, last in [ 5L, 8L; 0L, 2L; 2L, 5L; 3L, 3L ] do
                            code.Run(0, first, last, [| values x; y; values (Array.zeroCreate 5) |], CancellationToken.None)
                            |> ignore

                        Expect.equal (y.ToArray<float32>()) [| for row in 0..7 -> Array.sum x[5 * row .. 5 * row + 4] |] "sums of rows")
            ]
