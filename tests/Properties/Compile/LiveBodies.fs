namespace Adjoint.Properties.Compile

open System.Collections.Immutable
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Loops

/// Reductions over lanes whose bodies keep few or many values at a time: how many lanes run at once depends on that, the order of sums does not.
module LiveBodies =

    let private engines = Engines.code [ 64; 32; 16; 0 ]

    /// Powers of an element, all kept until they are joined from the last on; their sum is stored, summed and compared.
    let private powers (kind: DType) live (count: int) =
        let b = LoopBuilder "powers"
        let x = b.Buffer(LoopBufferKind.Input, kind, int64 count)
        let y = b.Buffer(LoopBufferKind.Output, kind, int64 count)
        let z = b.Buffer(LoopBufferKind.Output, kind, 2L)

        b.Phase(
            1L,
            fun _ ->
                let ops = ImmutableArray.Create(LoopOp.Add, LoopOp.Maximum)

                let joined =
                    b.Reduce(
                        b.Index(int64 count),
                        ops,
                        fun i ->
                            let v = b.Load(x, i)
                            let kept = List.scan (fun p _ -> b.Multiply(p, v)) v [ 2..live ]
                            let sum = List.reduceBack (fun p rest -> b.Add(b.Multiply(rest, v), p)) kept
                            b.Store(y, i, sum)
                            ImmutableArray.Create(sum, kept[live / 2])
                    )

                b.Store(z, b.Index 0L, joined[0])
                b.Store(z, b.Index 1L, joined[1])
        )

        b.Build()

    let private filled (kind: DType) (count: int) =
        let array = NDArray.New(kind, Shape.Of count)

        for i in 0 .. count - 1 do
            let number = float (i % 17 - 8)
            array.Set(i, Scalar.Of(kind, (if kind = DType.I64 then number else number / 8.0)))

        array

    [<Tests>]
    let tests =
        testList
            "bodies of many values"
            [
                for name, engine in engines do
                    for kind in [ DType.F32; DType.F64; DType.I64 ] do
                        testCase $"{name}: {kind.Name()}, whatever the number of lanes and values" (fun () ->
                            for live in [ 1; 3; 7; 12; 20; 40 ] do
                                for count in [ 1; 15; 16; 63; 64; 65; 127; 130; 200; 257 ] do
                                    let program = powers kind live count

                                    let buffers () =
                                        [| filled kind count; filled kind count; filled kind 2 |]

                                    let expected, actual = buffers (), buffers ()
                                    LoopReference(program, expected, LoopDraw.Functions).Run() |> ignore

                                    (engine.Compile program).Run(0, 0L, 1L, actual, CancellationToken.None)
                                    |> ignore

                                    for k in 1..2 do
                                        Expect.equal
                                            (actual[k].ToDoubles())
                                            (expected[k].ToDoubles())
                                            $"{live} values, {count} lanes, result {k - 1}")
            ]
