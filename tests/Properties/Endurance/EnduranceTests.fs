/// Many calls, many threads, and calls that are broken off: memory stays flat, results stay the same bits, and what is left
/// behind works on.
module Adjoint.Properties.Endurance.EnduranceTests

open System
open System.Collections.Immutable
open System.Diagnostics
open System.Threading
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms

/// The number of calls: a million with --endure, otherwise as many as an ordinary run has time for.
let calls =
    if Array.contains "--endure" (Environment.GetCommandLineArgs()) then
        1_000_000
    else
        100_000

let private vector = TensorType.Of(DType.F64, 8)

/// sum(tanh(x w)²) and its gradient in both.
let private gradient =
    let loss =
        Graph.Of(
            [ vector; vector ],
            fun p ->
                let y = Ops.Tanh(Ops.Mul(p[0], p[1]))
                [ Ops.ReduceSum(Ops.Mul(y, y), Axes [| 0 |]) ]
        )

    Backward.Apply(loss, ParameterMask.All 2).Graph

let private sample =
    [|
        NDArray.Vector [| for i in 1..8 -> 0.1 * float i |]
        NDArray.Vector [| for i in 1..8 -> 1.0 / float i |]
        NDArray.Scalar 1.0
    |]

/// The bytes of what is alive.
let managed () =
    for _ in 1..3 do
        GC.Collect()
        GC.WaitForPendingFinalizers()

    GC.GetTotalMemory true

/// The bytes that the process holds of the machine.
let workingSet () =
    use job = Process.GetCurrentProcess()
    job.Refresh()
    job.WorkingSet64

/// Arrays for the results of a graph.
let results (graph: Graph) =
    [|
        for y in graph.ResultTypes ->
            let kind = y :?> TensorType
            NDArray.New(kind.DType, kind.Shape)
    |]

let private memory =
    testList
        "memory"
        [
            testCase "a compiled value and gradient, again and again" (fun () ->
                let executable = Executable.Compile gradient
                let targets = results gradient

                let run () =
                    executable.Run(ReadOnlySpan sample, Span targets)

                for _ in 1..1_000 do
                    run ()

                let before, resident = managed (), workingSet ()
                let allocated = GC.GetAllocatedBytesForCurrentThread()

                for _ in 1..calls do
                    run ()

                let perCall = (GC.GetAllocatedBytesForCurrentThread() - allocated) / int64 calls
                // Other tests run beside this one; what leaks even one byte a call is more than what they leave.
                Expect.isLessThan (managed () - before) (max 64_000_000L (int64 calls)) "managed bytes left behind"
                Expect.isLessThan (workingSet () - resident) 512_000_000L "bytes of the process"
                Expect.equal perCall 0L "bytes a call allocates")

            testCase "eager gradients leave nothing behind" (fun () ->
                let once (x: float) =
                    let graph =
                        Graph.Of([ TensorType.Of DType.F64 ], fun p -> [ Ops.Sin(Ops.Mul(p[0], Ops.Constant(Scalar.Of(DType.F64, x)))) ])

                    let body = Backward.Apply(graph, ParameterMask.All 1).Graph
                    Interpreter.Run(body, [| NDArray.Scalar 0.5; NDArray.Scalar 1.0 |]) |> ignore

                for i in 1..500 do
                    once (float i)

                let before = managed ()

                for i in 1 .. calls / 10 do
                    once (float i)

                Expect.isLessThan (managed () - before) 64_000_000L "managed bytes left behind")
        ]

let private values (arrays: NDArray[]) =
    [ for array in arrays -> array.ToDoubles() ]

/// Runs on so many threads at a time, and gives what each gave or threw.
let together count (work: int -> 'T) =
    let results = Array.zeroCreate<Result<'T, exn>> count
    use start = new ManualResetEventSlim(false)

    let threads =
        [
            for i in 0 .. count - 1 ->
                Thread(fun () ->
                    start.Wait()

                    results[i] <-
                        try
                            Ok(work i)
                        with error ->
                            Error error)
        ]

    for thread in threads do
        thread.Start()

    start.Set()

    for thread in threads do
        Expect.isTrue (thread.Join(TimeSpan.FromMinutes 2.0)) "a thread comes back"

    [
        for result in results ->
            match result with
            | Ok value -> value
            | Error error -> failtest $"{error}"
    ]

let private argument (thread: int) =
    [|
        NDArray.Vector [| for i in 1..8 -> 0.1 * float (i + thread) |]
        sample[1]
        sample[2]
    |]

let private large =
    Graph.Of(
        [ TensorType.Of(DType.F64, 96, 96); TensorType.Of(DType.F64, 96, 96) ],
        fun p -> [ Ops.ReduceSum(Ops.Tanh(Ops.MatMul(p[0], p[1])), Axes [| 0 |]) ]
    )

let private matrix scale =
    NDArray.Of<float>(Shape.Of(96, 96), ReadOnlySpan [| for i in 0 .. 96 * 96 - 1 -> scale * sin (float i) |])

let private threads =
    testSequencedGroup
        "threads"
        (testList
            "threads"
            [
                testCase "one executable from sixteen threads" (fun () ->
                    let executable = Executable.Compile gradient
                    let alone = [ for i in 0..15 -> values (executable.Run(argument i)) ]

                    let shared =
                        together 16 (fun i ->
                            let mutable last = []

                            for _ in 1..200 do
                                last <- values (executable.Run(argument i))

                            last)

                    Expect.equal shared alone "the bits of a run alone")

                testCase "one executable with work for the pool from eight threads" (fun () ->
                    let executable = Executable.Compile large

                    let inputs i =
                        [| matrix (1.0 + float i); matrix 0.5 |]

                    let alone = [ for i in 0..7 -> values (executable.Run(inputs i)) ]
                    let shared = together 8 (fun i -> List.last [ for _ in 1..10 -> values (executable.Run(inputs i)) ])
                    Expect.equal shared alone "the bits of a run alone")

                testCase "transforms and compilation of one graph on many threads" (fun () ->
                    let loss = Graph.Of([ vector ], fun p -> [ Ops.ReduceSum(Ops.Square(Ops.Sin p[0]), Axes [| 0 |]) ])

                    let derived () =
                        let once = Backward.Apply(loss, ParameterMask.All 1).Graph
                        let twice = Forward.Apply(once, ParameterMask [ true; false ]).Graph
                        GraphText.Write twice, values (Executable.Compile(twice).Run(sample[0], NDArray.Scalar 1.0, sample[1]))

                    let alone = derived ()
                    let shared = together 8 (fun _ -> List.last [ for _ in 1..20 -> derived () ])
                    Expect.allEqual shared alone "the same text and bits")
            ])

let private counting =
    let carry = TensorType.Of DType.F64 :> ValueType
    let step = Graph.Of([ TensorType.Of DType.I64; carry ], fun p -> [ Ops.Add(p[1], Ops.OnesLike p[1]) ])

    Graph.Of([ TensorType.Of DType.I64; carry ], fun p -> Node.Make(Repeat(Body step, 0, false), ImmutableArray.Create(p[0], p[1])).Results)

/// Cancels after a while; how long the run went on.
let private cancelled (executable: Executable) (arguments: NDArray[]) =
    use source = new CancellationTokenSource(100)
    let clock = Stopwatch.StartNew()

    Expect.throwsT<OperationCanceledException>
        (fun () -> executable.Run(arguments, RunOptions(Cancellation = source.Token)) |> ignore)
        "cancelled"

    clock.Elapsed

let private cancellation =
    testList
        "cancellation"
        [
            testCase "a loop that is cancelled can be run again" (fun () ->
                let executable = Executable.Compile counting

                for _ in 1..3 do
                    let time = cancelled executable [| NDArray.Scalar Int64.MaxValue; NDArray.Scalar 0.0 |]
                    Expect.isLessThan time (TimeSpan.FromSeconds 30.0) "it ends soon"

                    Expect.equal (values (executable.Run(NDArray.Scalar 3L, NDArray.Scalar 0.5))) [ [| 3.5 |] ] "and runs as before")

            testCase "runs that are cancelled on many threads leave the pool free" (fun () ->
                let executable = Executable.Compile counting

                together 8 (fun _ -> cancelled executable [| NDArray.Scalar Int64.MaxValue; NDArray.Scalar 0.0 |])
                |> ignore

                let product = Executable.Compile large
                Expect.equal (product.Run(matrix 1.0, matrix 0.5).Length) 1 "the pool works on")
        ]

[<Tests>]
let tests = testList "endurance" [ memory; threads; cancellation ]
