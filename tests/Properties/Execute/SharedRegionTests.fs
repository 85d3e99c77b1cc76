/// Equal regions of a graph are compiled once, and errors still say where each node comes from.
module Adjoint.Properties.Execute.SharedRegionTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Loops
open Adjoint.Primitives

let private body (f: Value list -> Value) =
    let x = Value.Parameter(TensorType.Of(DType.I64, 4))
    Graph(ImmutableArray.Create x, ImmutableArray.Create(f [ x ]))

let private graphOf (bodies: Graph list) =
    let x = Value.Parameter(TensorType.Of(DType.I64, 4))

    let results =
        bodies
        |> List.map (fun body -> Node.Make(Fused(Body body), ImmutableArray.Create x).Result)

    Graph(ImmutableArray.Create x, results.ToImmutableArray())

let private kernelsWith cache (bodies: Graph list) =
    let graph = graphOf bodies
    PlanValues(graph, graph.Nodes, KernelSource.Default, cache, WorkerPool.Shared).Kernels

let private kernelsOf bodies = kernelsWith null bodies

let private doubled () =
    body (fun inputs -> Ops.Add(inputs.Head, inputs.Head))

/// A region with so many operations that differ from those of every other seed.
let private drawn seed length =
    let source = System.Random(seed: int)

    body (fun inputs ->
        List.fold
            (fun (y: Value) _ ->
                if source.Next 2 = 0 then
                    Ops.Add(y, inputs.Head)
                else
                    Ops.Mul(y, Ops.Full(inputs.Head.Tensor, float (source.Next 1000))))
            inputs.Head
            [ 1..length ])

let private values (kernel: Kernel) =
    let arguments = [| NDArray.Vector [| 1L; -2L; 3L; 40L |] |]
    let results = [| NDArray.New(DType.I64, Shape.Of 4) |]
    kernel.Run(System.ReadOnlySpan arguments, System.ReadOnlySpan results, Interpreter(PlanTable()))
    results[0].ToArray<int64>()

/// Apart, so that no frame of the test holds the kernel.
[<System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)>]
let private watched cache =
    System.WeakReference((kernelsWith cache [ drawn 1 20 ]).[0])

let private divided line () =
    body (fun inputs ->
        let origin = Origin("model", "Model.fs", line)
        Node.Make(Div(), ImmutableArray.Create(inputs.Head, inputs.Head), origin).Result)

[<Tests>]
let tests =
    testList
        "equal regions"
        [
            testCase "share a kernel" (fun () ->
                let kernels = kernelsOf [ doubled (); doubled () ]
                Expect.isTrue (obj.ReferenceEquals(kernels[0], kernels[1])) "one kernel for both")

            testCase "that may fail have one each" (fun () ->
                let kernels = kernelsOf [ divided 7 (); divided 8 () ]
                Expect.isFalse (obj.ReferenceEquals(kernels[0], kernels[1])) "a kernel for each line")

            testCase "of several graphs share a kernel that is kept" (fun () ->
                let cache = KernelCache 1000
                let first = kernelsWith cache [ doubled () ]
                let second = kernelsWith cache [ drawn 1 3; doubled () ]
                Expect.isTrue (obj.ReferenceEquals(first[0], second[1])) "one kernel for both graphs"
                Expect.isFalse (obj.ReferenceEquals(first[0], second[0])) "another region is another kernel")

            testCase "that may fail are not kept" (fun () ->
                let cache = KernelCache 1000
                let first = kernelsWith cache [ divided 7 () ]
                let second = kernelsWith cache [ divided 8 () ]
                Expect.isFalse (obj.ReferenceEquals(first[0], second[0])) "a kernel for each line"
                Expect.equal cache.Size 0 "nothing kept")

            testCase "go when there is no room, the one asked for longest ago first" (fun () ->
                let kernel seed cache =
                    (kernelsWith cache [ drawn seed 20 ])[0]

                let size = (kernel 1 null :?> LoopKernel).Instructions
                let cache = KernelCache(size * 5 / 2)
                let first = kernel 1 cache
                let second = kernel 2 cache
                Expect.isTrue (obj.ReferenceEquals(kernel 1 cache, first)) "the first is kept"
                kernel 3 cache |> ignore
                Expect.isTrue (obj.ReferenceEquals(kernel 1 cache, first)) "asked for after the second"
                Expect.isFalse (obj.ReferenceEquals(kernel 2 cache, second)) "made anew"
                Expect.isLessThanOrEqual cache.Size (size * 5 / 2) "bounded")

            testCase "larger than all room are not kept" (fun () ->
                let cache = KernelCache 10
                kernelsWith cache [ drawn 1 200 ] |> ignore
                Expect.equal cache.Size 0 "nothing kept")

            testCase "that are kept no more are collected" (fun () ->
                let cache = KernelCache 200

                let first = watched cache

                for seed in 2..30 do
                    kernelsWith cache [ drawn seed 20 ] |> ignore

                System.GC.Collect()
                System.GC.WaitForPendingFinalizers()
                System.GC.Collect()
                Expect.isFalse first.IsAlive "its code went")

            testCase "are made by many threads at once, with the same values" (fun () ->
                let cache = KernelCache 2000

                let bodies () =
                    [ for seed in 1..40 -> drawn (seed % 20) 10 ]

                let expected = [| for kernel in kernelsOf (bodies ()) -> values kernel |]
                let found = Array.create 8 [||]

                let work i =
                    for _ in 1..5 do
                        found[i] <- [| for kernel in kernelsWith cache (bodies ()) -> values kernel |]

                System.Threading.Tasks.Parallel.For(0, 8, work) |> ignore

                for one in found do
                    Expect.equal one expected "as made alone"

                Expect.isLessThanOrEqual cache.Size 2000 "bounded")
        ]
