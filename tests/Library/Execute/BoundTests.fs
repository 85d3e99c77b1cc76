/// Arguments that are bound once: the same results, what is computed once, kept filters, errors.
module Adjoint.LibraryTests.BoundTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir

let private f32 (extents: int list) =
    TensorType.Of(DType.F32, Array.ofList extents)

let private array seed (kind: ValueType) =
    let random = Random(seed: int)
    let kind = kind :?> TensorType
    NDArray.Of(kind.Shape, ReadOnlySpan [| for _ in 1 .. kind.Shape.Size -> float32 (random.NextDouble() - 0.5) |])

let private numbers (x: NDArray) = x.Span<float32>().ToArray()

let private first (results: NDArray[]) = numbers results[0]

/// Two convolutions normalised by running statistics, one of few places, and a layer: (image, weights...) -> what it says.
let private network: Graph =
    let types =
        [
            [ 1; 16; 24; 24 ]
            [ 32; 16; 3; 3 ]
            [ 32 ]
            [ 32 ]
            [ 160; 32; 3; 3 ]
            [ 192; 160; 3; 3 ]
            [ 192; 10 ]
        ]
        |> List.map f32

    GraphBuilder.Build(
        types,
        fun (a: Expr[]) ->
            let x = Nn.Conv(a[0], a[1], padding = Padding.Same)
            let x = Nn.BatchNorm(x, a[2], a[3], a[3], a[2].Abs() + 1.0).Relu().MaxPool([| 4; 4 |])
            let x = Nn.Conv(x, a[4], padding = Padding.Same).Relu()
            let x = Nn.Conv(x, a[5], padding = Padding.Same)
            [| Nn.Dense(Nn.GlobalAvgPool x, a[6]) |]
    )

[<Tests>]
let tests =
    testList
        "bound arguments"
        [
            testCase "give what a run of all arguments gives, at each call and on each number of threads" (fun () ->
                let executable = Executable.Compile network
                let all = network.ParameterTypes |> Seq.mapi array |> Array.ofSeq
                let bound = executable.Bind(1, all[1..])
                Expect.equal bound.ParameterTypes.Length 1 "one argument is left"

                for seed in 20..22 do
                    let image = array seed network.ParameterTypes[0]
                    let expected = executable.Run(Array.append [| image |] all[1..]) |> first
                    let found = bound.Run image |> first

                    // Sums of at most 1440 terms, each of a few roundings; a filter that is kept doesn't change their order, a pass might.
                    for i in 0 .. expected.Length - 1 do
                        Expect.isLessThan (abs (found[i] - expected[i])) (1e-5f * (1.0f + abs expected[i])) $"element {i}"

                    for threads in [ 2; 4 ] do
                        use pool = WorkerPool.Create threads
                        let result = NDArray.New(DType.F32, Shape.Of(1, 10))
                        bound.Run(ReadOnlySpan [| image |], Span [| result |], RunOptions(Parallel = pool))
                        Expect.equal (numbers result) found $"{threads} threads")

            testCase "compute what depends on them alone once" (fun () ->
                let graph =
                    GraphBuilder.Build([ f32 [ 3 ]; f32 [ 3; 3 ] ], fun (a: Expr[]) -> [| a[0] + Tensors.Sum(a[1].Exp(), 0) |])

                let weights = array 3 graph.ParameterTypes[1]
                let x = array 4 graph.ParameterTypes[0]
                let executable = Executable.Compile graph
                let expected = executable.Run(x, weights) |> first
                let bound = executable.Bind(1, weights)
                let zeros = GraphBuilder.Build([ f32 [ 3; 3 ] ], fun (a: Expr[]) -> [| a[0] * 0.0 |])
                Executable.Compile(zeros).Run(ReadOnlySpan [| weights |], Span [| weights |])
                Expect.equal (bound.Run x |> first) expected "later writes change nothing"
                Expect.isFalse (bound.Explain().Contains "exp") "no exponentials are left")

            testCase "may be all, none, in front, or results themselves" (fun () ->
                let graph =
                    GraphBuilder.Build([ f32 [ 3 ]; f32 [ 3 ] ], fun (a: Expr[]) -> [| a[0]; a[1]; a[0] * a[1] |])

                let x, y = array 1 graph.ParameterTypes[0], array 2 graph.ParameterTypes[1]
                let executable = Executable.Compile graph
                let expected = executable.Run(x, y) |> Array.map numbers
                Expect.equal (executable.Bind(0, x, y).Run() |> Array.map numbers) expected "all"
                Expect.equal (executable.Bind(1).Run(x, y) |> Array.map numbers) expected "none"
                Expect.equal (executable.Bind(0, x).Run y |> Array.map numbers) expected "in front")

            testCase "are checked" (fun () ->
                let executable = Executable.Compile network
                let all = network.ParameterTypes |> Seq.mapi array |> Array.ofSeq
                Expect.throwsT<StructureException> (fun () -> executable.Bind(6, all[5..]) |> ignore) "too many"
                Expect.throwsT<ShapeException> (fun () -> executable.Bind(1, all[2]) |> ignore) "another shape"
                let bound = executable.Bind(1, all[1..])
                Expect.throwsT<StructureException> (fun () -> bound.Run all |> ignore) "bound arguments again")
        ]
