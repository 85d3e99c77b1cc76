namespace Adjoint.Properties.Compile

open System
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// Loops over lanes whose bodies are so long that they are cut into methods.
module LongBodies =

    let private engines = Engines.code [ 64; 32; 16; 0 ] @ Engines.blocks [ 64 ]

    /// Some hundred products and sums of neighbours, for each lane.
    let private chain (kind: DType) (count: int) =
        let b = LoopBuilder "chain"
        let x = b.Buffer(LoopBufferKind.Input, kind, int64 (count + 4))
        let y = b.Buffer(LoopBufferKind.Output, kind, int64 count)

        b.Phase(
            1L,
            fun _ ->
                b.Lanes(
                    b.Index(int64 count),
                    fun i ->
                        let mutable values = [ for k in 0L .. 3L -> b.Load(x, b.Add(i, b.Index k)) ]

                        for step in 1..400 do
                            let v = List.head values
                            let w = List.last values

                            let next =
                                if step % 2 = 0 then
                                    b.Multiply(b.Subtract(v, w), b.Constant(kind, 0.5))
                                else
                                    b.Add(v, b.Constant(kind, float step / 256.0))

                            values <- List.tail values @ [ next ]

                        b.Store(y, i, b.Add(List.head values, List.last values))
                )
        )

        b.Build()

    let private filled (kind: DType) (count: int) =
        let array = NDArray(kind, Shape.Of count, DTypes.NewArray(kind, count, true, false))

        for i in 0 .. count - 1 do
            array.Set(i, Scalar.Of(kind, float (i % 17) / 8.0 - 1.0))

        array

    [<Tests>]
    let tests =
        testList
            "long bodies"
            [
                for name, engine in engines do
                    for kind in [ DType.F32; DType.F64 ] do
                        testCase $"{name}: {kind.Name()}, whatever the number of lanes" (fun () ->
                            for count in [ 1; 3; 7; 8; 15; 16; 17; 31; 64; 100 ] do
                                let program = chain kind count

                                let buffers () =
                                    [| filled kind (count + 4); filled kind count |]

                                let expected, actual = buffers (), buffers ()
                                LoopReference(program, expected, LoopDraw.Functions).Run() |> ignore

                                (engine.Compile program).Run(0, 0L, 1L, actual, CancellationToken.None)
                                |> ignore

                                Expect.equal (actual[1].ToDoubles()) (expected[1].ToDoubles()) $"{count} lanes")
            ]
