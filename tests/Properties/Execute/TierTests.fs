/// Programs that are looked at run by precompiled code first, and by machine code when they have run often: with the same bits.
module Adjoint.Properties.Execute.TierTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives

let private vector (length: int) = TensorType.Of(DType.F64, length)

/// A few functions and a sum, which a region does together.
let private program length =
    let types: ValueType list = [ vector length; vector length ]

    Graph.Of(
        types,
        fun inputs ->
            let y = Ops.Add(Ops.Tanh(Ops.Mul(inputs[0], inputs[1])), Ops.Exp inputs[1])
            Seq.ofList [ y; Ops.ReduceSum(Ops.Mul(y, y), Axes 0) ]
    )

let private arguments length =
    [|
        for i in 1..2 -> NDArray.Vector [| for k in 1..length -> sin (float (i * k)) |]
    |]

let private bits (results: NDArray[]) =
    [
        for result in results -> result.ToArray<float>() |> Array.map BitConverter.DoubleToInt64Bits
    ]

[<Tests>]
let tests =
    testList
        "tiers"
        [
            testCase "a small program changes to machine code after many runs, and gives the same bits" (fun () ->
                let executable = Executable.CompileInTiers(program 5)
                let given = arguments 5
                let first = bits (executable.Run given)
                Expect.isTrue executable.IsCool "precompiled code first"
                let mutable runs = 1

                while executable.IsCool && runs < 5000 do
                    runs <- runs + 1
                    Expect.equal (bits (executable.Run given)) first $"run {runs}"

                Expect.isFalse executable.IsCool "machine code in the end"
                Expect.isGreaterThan runs 50 "not at once"
                Expect.equal (bits (executable.Run given)) first "the same bits"
                Expect.equal (bits (Executable.Compile(program 5).Run given)) first "as compiled at once")

            testCase "a large program is compiled at once" (fun () ->
                Expect.isFalse (Executable.CompileInTiers(program 3_000_000)).IsCool "machine code")

            testCase "many threads change together" (fun () ->
                let executable = Executable.CompileInTiers(program 64)
                let given = arguments 64
                let first = bits (executable.Run given)

                let work () =
                    for _ in 1..500 do
                        Expect.equal (bits (executable.Run given)) first "the same bits"

                Threading.Tasks.Task.WaitAll [| for _ in 1..8 -> Threading.Tasks.Task.Run(Action work) |]
                Expect.isFalse executable.IsCool "machine code")
        ]
