/// Whole training steps give the same bits on any number of threads, by libraries and without them.
module Adjoint.Properties.Execute.NetworkThreadTests

open System
open System.Runtime.InteropServices
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels

let private f32 (extents: int list) =
    TensorType.Of(DType.F32, Array.ofList extents)

/// (inputs, labels, weights...) -> (loss, weights after a step of gradient descent...).
let private step inputs labels (weights: int list list) (loss: Expr[] -> Expr -> Expr -> Expr) =
    let types =
        f32 inputs
        :: TensorType.Of(DType.I64, Array.ofList labels)
        :: List.map f32 weights

    let update (x: Expr[]) =
        let ofWeights w : Expr = loss w x[0] x[1]
        let struct (value, gradients) = Differential.ValueAndGrad(Func<Expr[], Expr> ofWeights).Invoke x[2..]
        Array.append [| value |] (Array.map2 (fun (w: Expr) (g: Expr) -> w - 0.1 * g) x[2..] gradients)

    GraphBuilder.Build(types, Func<Expr[], Expr[]> update)

let private leNet =
    let weights =
        [
            [ 6; 1; 5; 5 ]
            [ 6 ]
            [ 16; 6; 5; 5 ]
            [ 16 ]
            [ 400; 120 ]
            [ 120 ]
            [ 120; 84 ]
            [ 84 ]
            [ 84; 10 ]
            [ 10 ]
        ]

    step [ 32; 1; 28; 28 ] [ 32 ] weights (fun w images labels ->
        let block (x: Expr) i padding =
            Nn.Conv(x, w[i], w[i + 1], padding = padding).Relu().AvgPool([| 2; 2 |])

        let features = (block (block images 0 Padding.Same) 2 Padding.Valid).Flatten 1
        let hidden = Nn.Dense(Nn.Dense(features, w[4], w[5]).Relu(), w[6], w[7]).Relu()
        Loss.CrossEntropy(Nn.Dense(hidden, w[8], w[9]), labels).Mean())

let private transformer =
    let width, inside, length = 64, 128, 33
    let square = [ width; width ]

    let weights =
        [
            square
            square
            square
            square
            [ width ]
            [ width ]
            [ width; inside ]
            [ inside ]
            [ inside; width ]
            [ width ]
            [ width ]
            [ width ]
        ]

    step [ 8; length; width ] [ 8; length ] weights (fun w x labels ->
        let mixed =
            Nn.MultiHeadAttention(Nn.Dense(x, w[0]), Nn.Dense(x, w[1]), Nn.Dense(x, w[2]), 4, causal = true)

        let x = Nn.LayerNorm(x + Nn.Dense(mixed, w[3]), w[4], w[5])
        let dense = Nn.Dense(Nn.Dense(x, w[6], w[7]).Gelu(), w[8], w[9])
        Loss.CrossEntropy(Nn.LayerNorm(x + dense, w[10], w[11]), labels).Mean())

let private argument number (kind: ValueType) =
    let kind = kind :?> TensorType
    let random = Random(number: int)

    if kind.DType = DType.I64 then
        NDArray.Of(kind.Shape, ReadOnlySpan [| for _ in 1 .. kind.Shape.Size -> int64 (random.Next 10) |])
    else
        NDArray.Of(kind.Shape, ReadOnlySpan [| for _ in 1 .. kind.Shape.Size -> float32 (random.NextDouble() - 0.5) |])

let private bytes (array: NDArray) =
    MemoryMarshal.CreateReadOnlySpan(&array.FirstByte, array.Size * array.Type.Size()).ToArray()

let private test name (graph: Graph) =
    testCase $"{name}: a step gives the same bits on 1, 2, 4 and 8 threads" (fun () ->
        let executable = Executable.Compile graph
        let arguments = graph.ParameterTypes |> Seq.mapi argument |> Array.ofSeq

        let run threads =
            executable.Run(arguments, RunOptions(Parallel = threads)) |> Array.map bytes

        let serial = run Serial.Instance

        for threads in [ 1; 2; 4; 8 ] do
            use pool = WorkerPool.Create threads

            for _ in 1..3 do
                Expect.equal (run pool) serial $"{threads} threads")

[<Tests>]
let tests = testList "networks on threads" [ test "LeNet-5" leNet; test "transformer" transformer ]
