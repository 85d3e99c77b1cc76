/// Executables: memory that is used again, cancellation, many threads and large graphs.
module Adjoint.Properties.ExecuteTests

open System
open System.Threading
open System.Threading.Tasks
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.TestPrimitives

let private vector = TensorType.Of(DType.F64, 3)
let private index = TensorType.Of DType.I64
let private number = TensorType.Of DType.F64

/// As it stands, without passes.
let private compile graph = Executable.Compile(graph, Pipeline())

let private graph (types: TensorType list) (body: Value list -> Value list) =
    Graph.Of(Seq.cast<ValueType> types, fun inputs -> Seq.ofList (body (List.ofSeq inputs)))

let private chain (type': TensorType) length (step: Value -> Value -> Value) =
    graph [ type'; type' ] (fun inputs -> [ Seq.fold (fun x _ -> step x inputs[1]) inputs[0] (seq { 1..length }) ])

/// The first result, as numbers.
let private numbers (executable: Executable) (arguments: NDArray list) =
    let results = executable.Run(Array.ofList arguments)
    results[0].ToArray<float>()

let private full value =
    NDArray.Full(Shape.Of 3, Scalar.Of(DType.F64, (value: float)))

let private constant (value: int64) =
    Ops.Constant(Scalar.Of(DType.I64, value))

/// x + 1, n times.
let private counting =
    let step =
        graph [ index; number ] (fun inputs -> [ Ops.Add(inputs[1], Ops.Constant(Scalar.Of(DType.F64, 1.0))) ])

    graph [ index; number ] (fun inputs -> [ (nodeOf (Repeat(step, 0, false)) inputs).Result ])

let private memory =
    testList
        "memory"
        [
            testCase "temporaries of a run share two lines of a block, and later runs need no more" (fun () ->
                let program = chain vector 100 (fun x y -> apply kernelApart [ x; y ])
                let interpreter = Interpreter(PlanTable())
                let arguments = [| full 1.0 :> HostValue; full 2.0 |]

                interpreter.RunWhole(program, ReadOnlySpan arguments, RunOptions.Default)
                |> ignore

                Expect.equal interpreter.Arena.Made 1L "an array for the result, which went out"
                Expect.equal interpreter.Bytes 128L "the block"

                interpreter.RunWhole(program, ReadOnlySpan arguments, RunOptions.Default)
                |> ignore

                Expect.equal interpreter.Arena.Made 2L "another result"
                let inputs, targets = [| full 1.0; full 2.0 |], [| full 0.0 |]

                for _ in 1..10 do
                    interpreter.RunInto(program, ReadOnlySpan inputs, ReadOnlySpan targets, RunOptions.Default)

                Expect.equal interpreter.Arena.Made 2L "no more"
                Expect.equal interpreter.Bytes 128L "the block"
                Expect.equal (targets[0].At(0).AsDouble) 401.0 "sum")

            testCase "a loop that frees more than it takes keeps little" (fun () ->
                let interpreter = Interpreter(PlanTable())
                let arguments = [| NDArray.Scalar 1000L :> HostValue; NDArray.Scalar 0.0 |]

                interpreter.RunWhole(counting, ReadOnlySpan arguments, RunOptions.Default)
                |> ignore

                Expect.isLessThan interpreter.Bytes 1000L "bytes")

            testCase "a run of kernels into arrays of the caller allocates nothing" (fun () ->
                let quiet =
                    let kernel =
                        { new Adjoint.Loops.SingleKernel() with
                            member _.Run(operands: ReadOnlySpan<NDArray>, result: NDArray, _: IParallel) =
                                Array.Copy(operands[0].Storage, operands[0].Start, result.Storage, result.Start, result.Size)
                        }

                    TestPrimitive("quiet", 1, kernel, (fun operands _ -> [| Held.New(operands[0].Array.Copy()) |]))

                let executable = compile (chain vector 50 (fun x _ -> apply quiet [ x ]))
                let inputs, targets = [| full 1.0; full 2.0 |], [| full 0.0 |]

                let run () =
                    executable.Run(ReadOnlySpan inputs, Span targets)

                for _ in 1..5 do
                    run ()

                let allocated () =
                    let before = GC.GetAllocatedBytesForCurrentThread()
                    run ()
                    GC.GetAllocatedBytesForCurrentThread() - before

                Expect.equal (Seq.min [ for _ in 1..5 -> allocated () ]) 0L "bytes")

            testCase "memory kept between runs is bounded and can be let go" (fun () ->
                let executable = compile (chain vector 3 (fun x y -> apply kernelApart [ x; y ]))

                let run () =
                    Expect.equal (numbers executable [ full 1.0; full 2.0 ]) [| 13.0; 13.0; 13.0 |] "result"

                run ()
                Expect.equal executable.Kept 128L "two lines"
                executable.ReleaseMemory()
                Expect.equal executable.Kept 0L "let go"
                run ()

                for _ in 1..3 do
                    GC.Collect()
                    GC.WaitForPendingFinalizers()

                Expect.equal executable.Kept 0L "idle"
                executable.KeptBytes <- 10L
                run ()
                Expect.equal executable.Kept 0L "bounded")
        ]

let private control =
    testList
        "control"
        [
            testCase "a long loop is cancelled" (fun () ->
                use source = new CancellationTokenSource(50)
                let options = RunOptions(Cancellation = source.Token)

                let run () =
                    Interpreter.Run(counting, [| NDArray.Scalar Int64.MaxValue; NDArray.Scalar 0.0 |], options)

                Expect.throwsC (run >> ignore) (fun error ->
                    match error with
                    | :? OperationCanceledException as cancelled -> Expect.equal cancelled.CancellationToken source.Token "token"
                    | _ -> failtest $"{error}"))

            testCase "a run that is cancelled before it begins runs nothing" (fun () ->
                use source = new CancellationTokenSource()
                source.Cancel()
                let counter = ElementCounter()
                let options = RunOptions(Cancellation = source.Token, CountElements = counter)
                let program = chain number 5 (fun x y -> Ops.Add(x, y))

                Expect.throwsT<OperationCanceledException>
                    (fun () ->
                        Executable.Compile(program).Run([| NDArray.Scalar 1.0; NDArray.Scalar 1.0 |], options)
                        |> ignore)
                    "cancelled"

                Expect.equal counter.Total 0L "elements")

            testCase "one executable serves many threads" (fun () ->
                let executable = Executable.Compile counting

                let work thread () =
                    for i in 0..50 do
                        let start = float (1000 * thread + i)
                        let found = numbers executable [ NDArray.Scalar(int64 i); NDArray.Scalar start ]
                        Expect.equal found [| start + float i |] $"thread {thread}, run {i}"

                Task.WaitAll [| for thread in 0..7 -> Task.Run(Action(work thread)) |])

            testCase "results do not depend on the number of threads" (fun () ->
                let tiled =
                    TestKernel(
                        false,
                        fun operands result tiles ->
                            let x, y = elements operands[0], elements result

                            tiles.For(
                                (x.Count + 63) / 64,
                                fun tile ->
                                    let first, last = 64 * tile, min x.Count (64 * tile + 64) - 1
                                    let mutable sum = 0.0

                                    for i in first..last do
                                        sum <- sum + sin x[i]
                                        y[i] <- sum
                            )
                    )

                let sums = TestPrimitive("sums", 1, tiled, (fun operands _ -> operands))
                let wide = TensorType.Of(DType.F64, 5000)
                let executable = compile (graph [ wide ] (fun inputs -> [ apply sums [ apply sums inputs ] ]))
                let x = NDArray.Vector [| for i in 1..5000 -> float i |]

                let run threads =
                    use pool = WorkerPool.Create threads
                    let results = executable.Run([| x |], RunOptions(Parallel = pool))
                    results[0].ToArray<float>()

                let serial = run 1

                for threads in 2..5 do
                    Expect.equal (run threads) serial $"{threads} threads")

            testCase "elements are counted and lines reach the handler" (fun () ->
                let counter, lines = ElementCounter(), ResizeArray<string>()

                let speak =
                    TestPrimitive(
                        "speak",
                        1,
                        null,
                        fun operands context ->
                            context.Report "hello"
                            operands
                    )

                let options = RunOptions(CountElements = counter, Diagnostics = Action<string> lines.Add)

                compile(graph [ vector ] (fun inputs -> [ apply kernelFlip [ apply speak inputs ] ])).Run([| full 1.0 |], options)
                |> ignore

                Expect.equal (counter.Total, List.ofSeq lines) (3L, [ "hello" ]) "three elements, one line")
        ]

let private large =
    testList
        "large"
        [
            testCase "a chain of a million nodes" (fun () ->
                let program = chain number 1_000_000 (fun x y -> Ops.Add(x, y))
                let found = numbers (compile program) [ NDArray.Scalar 1.0; NDArray.Scalar 2.0 ]
                Expect.equal found [| 2_000_001.0 |] "sum")

            testCase "100,000 values alive at once" (fun () ->
                let program =
                    graph [ number ] (fun inputs ->
                        let values = [ for _ in 1..100_000 -> apply kernelFlip inputs ]
                        [ List.reduce (fun x y -> apply kernelAdd [ x; y ]) values ])

                Expect.equal (numbers (compile program) [ NDArray.Scalar 1.0 ]) [| 50_000.0 |] "sum")

            testCase "runs nested too deep are an error, not a crash" (fun () ->
                let program = ref (graph [ number ] id)

                let endless =
                    TestPrimitive("endless", 1, null, (fun operands context -> context.Run(program.Value, ReadOnlySpan operands)))

                program.Value <- graph [ number ] (fun inputs -> [ apply endless inputs ])

                Expect.throwsC (fun () -> Interpreter.Run(program.Value, [| NDArray.Scalar 1.0 |]) |> ignore) (fun error ->
                    Expect.equal (error.GetType()) typeof<AdjointException> "type"
                    Expect.stringContains error.Message "nested too deep" "message"))

            testCase "bodies nested too deep are refused" (fun () ->
                let deeper (inner: Graph) _ =
                    graph [ number ] (fun inputs -> List.ofSeq (Ops.Call(inner, inputs)))

                let nested count =
                    Seq.fold deeper (graph [ number ] (fun inputs -> [ apply bump inputs ])) (seq { 1..count })

                Expect.equal (numbers (Executable.Compile(nested 127)) [ NDArray.Scalar 1.0 ]) [| 2.0 |] "127 run"
                Expect.throwsT<TraceException> (fun () -> nested 128 |> ignore) "128 are too many")
        ]

[<Tests>]
let tests = testList "execute" [ memory; control; large ]
