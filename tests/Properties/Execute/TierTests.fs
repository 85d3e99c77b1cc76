/// Programs that are looked at run node by node first, and by machine code when they have run often: with the same bits.
module Adjoint.Properties.Execute.TierTests

open System
open System.Runtime.CompilerServices
open System.Threading.Tasks
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives

let private vector (length: int) = TensorType.Of(DType.F64, length)

/// Functions before and after a sum, which stays a kernel of its own.
let private program length =
    let types: ValueType list = [ vector length; vector length ]

    Graph.Of(
        types,
        fun inputs ->
            let y = Ops.Add(Ops.Tanh(Ops.Mul(inputs[0], inputs[1])), Ops.Exp inputs[1])
            let sum = Ops.ReduceSum(Ops.Mul(y, y), Axes 0)

            Seq.ofList
                [
                    y
                    Ops.Mul(sum, sum)
                    Ops.Div(y, Ops.Broadcast(sum, Shape.Of length, Axes()))
                ]
    )

let private arguments length =
    [|
        for i in 1..2 -> NDArray.Vector [| for k in 1..length -> sin (float (i * k)) |]
    |]

let private bits (results: NDArray[]) =
    [
        for result in results -> result.ToArray<float>() |> Array.map BitConverter.DoubleToInt64Bits
    ]

let private fusedIn (graph: Graph) =
    graph.Nodes |> Seq.filter (fun node -> node.Primitive :? Fused) |> Seq.length

let private changes length =
    testCase $"a program of {length} elements changes to machine code after many runs, and gives the same bits" (fun () ->
        if not RuntimeFeature.IsDynamicCodeSupported then
            skiptest "no code is made while running"

        let executable = Executable.CompileInTiers(program length)
        let given = arguments length
        let first = bits (executable.Run given)
        Expect.isTrue executable.IsCool "node by node first"
        Expect.equal (fusedIn executable.Graph) 0 "nothing fused"
        let mutable runs = 1

        while executable.IsCool && runs < 10_000_000 do
            runs <- runs + 1
            Expect.equal (bits (executable.Run given)) first $"run {runs}"

        Expect.isFalse executable.IsCool "machine code in the end"
        Expect.isGreaterThan (fusedIn executable.Graph) 0 "fused"
        Expect.equal (bits (executable.Run given)) first "the same bits")

[<Tests>]
let tests =
    testList
        "tiers"
        [
            changes 5
            changes 3000
            changes 20_000

            testCase "many threads change together" (fun () ->
                let executable = Executable.CompileInTiers(program 64)
                let given = arguments 64
                let first = bits (executable.Run given)

                let work () =
                    while executable.IsCool do
                        Expect.equal (bits (executable.Run given)) first "the same bits"

                    Expect.equal (bits (executable.Run given)) first "and afterwards"

                Task.WaitAll [| for _ in 1..8 -> Task.Run(Action work) |])
        ]
