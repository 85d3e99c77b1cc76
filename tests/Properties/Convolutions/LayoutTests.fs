/// Channels last: the pass keeps what networks mean, and what it makes runs the same by a library and without one.
module Adjoint.Properties.Convolutions.LayoutTests

open System
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives

/// A layer of a random network.
type private Layer =
    | Conv of outputs: int * window: int * stride: int * groups: int
    | Pool of isMax: bool
    | Norm
    | Rectify
    | Residual
    | Joined

let private draw (random: Random) =
    let layer _ =
        match random.Next 8 with
        | 0
        | 1
        | 2 -> Conv(1 + random.Next 12, 1 + random.Next 3, 1 + random.Next 2, 1)
        | 3 -> Conv(0, 3, 1, 0)
        | 4 -> Pool(random.Next 2 = 0)
        | 5 -> Norm
        | 6 -> Rectify
        | _ -> if random.Next 2 = 0 then Residual else Joined

    List.init (2 + random.Next 6) layer

/// One layer; every convolution takes its filter from what is left of the parameters.
let private apply (filter: int list -> Expr) (x: Expr) layer =
    let channels = x.Shape[1].Value
    let extent = x.Shape[2].Value

    match layer with
    | Conv(outputs, window, stride, groups) ->
        let by = if groups = 0 then channels else 1
        let outputs = if groups = 0 then channels else outputs
        let around = Padding.Both(window / 2, 2)
        Nn.Conv(x, filter [ outputs; channels / by; window; window ], null, [| stride; stride |], around, null, by)
    | Pool isMax when extent >= 2 ->
        if isMax then
            x.MaxPool([| 2; 2 |], [| 2; 2 |])
        else
            x.AvgPool([| 2; 2 |], [| 2; 2 |])
    | Norm -> x - x.Mean([| 0; 2; 3 |]).Reshape([| channels; 1; 1 |])
    | Rectify -> x.Tanh()
    | Residual -> x + Nn.Conv(x, filter [ channels; channels; 3; 3 ], null, null, Padding.Same)
    | Joined -> Tensors.Concat([| x; x.Flip(2) |], 1)
    | Pool _ -> x

/// The gradients of a network by its input and its filters, and what it gives.
let private network seed =
    let random = Random seed
    let layers = draw random
    let input = Shape.Of(1 + random.Next 3, 1 + random.Next 4, 5 + random.Next 6, 5 + random.Next 6)
    let shapes = ResizeArray()

    let whole (take: int list -> Expr) x =
        let y = layers |> List.fold (apply take) x
        y, y.Mean([| 2; 3 |])

    let remember extents =
        shapes.Add(Shape.Of(List.toArray extents))
        Tensors.Zeros(DType.F32, List.toArray extents)

    whole remember (Tensors.Zeros(DType.F32, input.ToArray())) |> ignore
    let types = [ for shape in Seq.append [ input ] shapes -> TensorType(DType.F32, shape) ]

    let graph =
        GraphBuilder.Build(
            types,
            fun leaves ->
                let given (leaves: Expr[]) =
                    let mutable next = 0

                    whole
                        (fun _ ->
                            next <- next + 1
                            leaves[next])
                        leaves[0]

                let loss = Func<Expr[], Expr>(fun leaves -> let _, means = given leaves in means.Sin().Sum())
                let y, means = given leaves
                Array.append [| y; means |] ((Differential.Grad loss).Invoke leaves)
        )

    let numbers (kind: TensorType) =
        NDArray.Of<float32>(kind.Shape, ReadOnlySpan(Array.init kind.Shape.Size (fun _ -> float32 (random.NextDouble() - 0.5))))

    layers, graph, types |> List.map numbers |> List.toArray

let private unfused = Pipeline [||]

let private run (graph: Graph) (arguments: NDArray[]) =
    Executable.Compile(graph, unfused).Run arguments

/// f32 sums of some thousand products in another order: their rounding, relative to the largest element, times the layers. Means taken
/// off leave sums that cancel, whose terms are of the size of the input.
let private near (name: string) (expected: NDArray) (found: NDArray) =
    let size = expected.ToDoubles() |> Array.fold (fun most x -> max most (abs x)) 0.5

    for x, y in Array.zip (expected.ToDoubles()) (found.ToDoubles()) do
        Expect.isLessThan (abs (x - y)) (2e-5 * size) name

let private isTurned (node: Node) =
    match node.Primitive with
    | :? ConvGeneral as conv -> conv.InputLast
    | _ -> false

let private all = Func<Libraries.NativeConvolution, bool>(fun _ -> true)

[<Tests>]
let tests =
    testList
        "channels last"
        [
            testCase "random networks and their gradients stay the same" (fun () ->
                let mutable turned = 0

                for seed in 1..80 do
                    let layers, graph, arguments = network seed
                    let after = LayOutConvolutions.Apply(graph, all)
                    Verifier.Check after
                    turned <- turned + (after.Nodes |> Seq.filter isTurned |> Seq.length)

                    for expected, found in Array.zip (run graph arguments) (run after arguments) do
                        near $"{seed}: {layers}" expected found

                Expect.isGreaterThan turned 200 "convolutions are turned")

            testCase "numbers move where the plain order is read, and nowhere between" (fun () ->
                let types =
                    [
                        TensorType(DType.F32, Shape.Of(2, 3, 8, 8))
                        TensorType(DType.F32, Shape.Of(3, 3, 3, 3))
                    ]

                let graph =
                    GraphBuilder.Build(
                        types,
                        fun leaves ->
                            let layer (x: Expr) =
                                Nn.Conv(x, leaves[1], null, null, Padding.Same).Relu()

                            let x = layer leaves[0]
                            [| (layer (layer x) + x).MaxPool([| 2; 2 |], [| 2; 2 |]) |]
                    )

                let after = LayOutConvolutions.Apply(graph, all)
                let moves = after.Nodes |> Seq.filter (fun node -> node.Primitive :? Permute) |> Seq.length
                Expect.equal moves 2 $"the input and the result: {after}")

            testCase "whole networks give the same bits on 1, 2, 4 and 8 threads" (fun () ->
                for seed in 1..10 do
                    let _, graph, arguments = network seed
                    let executable = Executable.Compile(LayOutConvolutions.Apply(graph, all))

                    let options threads =
                        RunOptions(Parallel = WorkerPool.Create threads)

                    let first = executable.Run(arguments, RunOptions(Parallel = Serial.Instance))

                    for threads in [ 2; 4; 8 ] do
                        for x, y in Array.zip first (executable.Run(arguments, options threads)) do
                            Expect.isTrue (x.Span<float32>().SequenceEqual(y.Span<float32>())) $"{threads} threads, {seed}")

            testCase "a result does not lie over an operand whose blocks are turned while it is written" (fun () ->
                let square = TensorType(DType.F32, Shape.Of(64, 64))

                let graph =
                    GraphBuilder.Build([ square; square ], fun leaves -> [| (leaves[0].MatMul(leaves[0])).Permute(1, 0) + leaves[1] |])

                let numbers start =
                    NDArray.Of<float32>(square.Shape, ReadOnlySpan(Array.init 4096 (fun i -> float32 ((i * 7 + start) % 11) - 5.0f)))

                let arguments = [| numbers 1; numbers 2 |]
                let found = Executable.Compile(graph).Run arguments

                Expect.sequenceEqual
                    (found[0].ToDoubles())
                    (let plain = run graph arguments in plain[0].ToDoubles())
                    "whole numbers, exactly")
        ]
