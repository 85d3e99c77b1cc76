/// Calls: what they allocate, where results lie, what becomes of donated arguments, and runs that fail or are stopped.
module Adjoint.Properties.Execute.RunTests

open System
open System.Collections.Immutable
open System.IO
open System.Text.Json
open System.Threading
open System.Threading.Tasks
open Expecto
open Adjoint.Compile
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties.TestPrimitives

let private graph (types: TensorType list) (body: Value list -> Value list) =
    Graph.Of(Seq.cast<ValueType> types, fun inputs -> Seq.ofList (body (List.ofSeq inputs)))

let private vector = TensorType.Of(DType.F64, 4)
let private compile graph = Executable.Compile(graph, Pipeline())

let private donating places =
    RunOptions(Donated = ImmutableArray.CreateRange<int> places)

let private numbers (array: NDArray) = array.ToArray<float>()

/// What an action allocates on this thread, at least: the first few calls make what is kept.
let private allocated (action: unit -> unit) =
    for _ in 1..5 do
        action ()

    Seq.min
        [
            for _ in 1..5 ->
                let before = GC.GetAllocatedBytesForCurrentThread()
                action ()
                GC.GetAllocatedBytesForCurrentThread() - before
        ]

let private memory =
    testList
        "places"
        [
            testProperty "places that are taken at the same time do not overlap" (fun (requests: (bool * byte) list) ->
                let layout = BlockLayout()
                let live = ResizeArray<int64 * int64>()

                for give, size in requests do
                    if give && live.Count > 0 then
                        let start, bytes = live[int size % live.Count]
                        live.RemoveAt(int size % live.Count)
                        layout.Free(start, bytes)
                    else
                        let bytes = BlockLayout.Rounded(1L + int64 size)
                        live.Add(layout.Take bytes, bytes)

                let sorted = live |> Seq.sort |> List.ofSeq
                Expect.all (List.pairwise sorted) (fun ((start, bytes), (next, _)) -> start + bytes <= next) "apart"
                Expect.all sorted (fun (start, bytes) -> start >= 0L && start + bytes <= layout.End) "inside")

            testCase "bytes that are given back serve values of any length" (fun () ->
                let layout = BlockLayout()
                let first, second = layout.Take 256L, layout.Take 64L
                layout.Free(first, 256L)
                Expect.equal [ layout.Take 64L; layout.Take 192L ] [ 0L; 64L ] "in the gap"
                layout.Free(second, 64L)
                layout.Take 128L |> ignore
                Expect.equal layout.End 384L "the gap at the end grows")

            testCase "values of different lengths share memory" (fun () ->
                let wide = TensorType.Of(DType.F64, 1000)

                let program =
                    graph [ wide ] (fun inputs ->
                        let a = apply kernelFlip [ apply kernelApart [ inputs[0]; inputs[0] ] ]
                        let b = apply kernelFlip [ Ops.Pad(a, Ops.Constant(Scalar.Of(DType.F64, 0.0)), Ints 0, Ints 0, Ints 0) ]
                        let c = apply kernelApart [ b; b ]
                        [ Ops.ReduceSum(c, Axes 0) ])

                let struct (bytes, _) = (compile program).Forecast()
                Expect.isLessThan bytes 17000L "two vectors at a time")

            testCase "reshapes and rows are views" (fun () ->
                let matrix = TensorType.Of(DType.F64, 4, 3)

                let program =
                    graph [ matrix ] (fun inputs ->
                        let made = Ops.Add(inputs[0], inputs[0])

                        let rows value =
                            Ops.Reshape(Ops.SliceAxis(value, 0, 1, 3), Shape.Of 6)

                        [ Ops.Mul(rows inputs[0], rows made) ])

                let executable = compile program
                let x = NDArray.Of(Shape.Of(4, 3), ReadOnlySpan [| for i in 1..12 -> float i |])
                let expected = [| for i in 4..9 -> 2.0 * float i * float i |]
                Expect.equal (numbers (executable.Run([| x |])[0])) expected "rows"
                Expect.equal (numbers (executable.Run([| x |])[0])) expected "again"
                Expect.stringContains (executable.Explain()) "view" "views"
                let target = [| NDArray.New(DType.F64, Shape.Of 6) |]
                let given = [| x |]

                Expect.equal (allocated (fun () -> executable.Run(ReadOnlySpan given, Span target))) 0L "bytes")
        ]

let private donation =
    testList
        "donation"
        [
            testCase "a result lies where a donated argument lay, which is gone" (fun () ->
                let executable = compile (graph [ vector; vector ] (fun inputs -> [ apply kernelAdd inputs ]))
                let x, y = NDArray.Vector(1.0, 2.0, 3.0, 4.0), NDArray.Vector(1.0, 1.0, 1.0, 1.0)
                let memory = x.Storage
                let result = executable.Run([| x; y |], donating [ 0 ])[0]
                Expect.equal (numbers result) [| 2.0; 3.0; 4.0; 5.0 |] "result"
                Expect.isTrue (obj.ReferenceEquals(result.Storage, memory)) "in place"
                Expect.equal (numbers y) [| 1.0; 1.0; 1.0; 1.0 |] "the other argument"

                for touch in
                    [
                        fun () -> numbers x |> ignore
                        fun () -> x.At 0 |> ignore
                        fun () -> executable.Run(x, y) |> ignore
                        fun () -> executable.Run([| y; x |], donating [ 0 ]) |> ignore
                    ] do
                    Expect.throwsC touch (fun error ->
                        Expect.stringContains error.Message "f64[4] was donated to a run as argument 0" "what became of it"))

            testCase "what is read across while results are written is not written over" (fun () ->
                let turned =
                    graph [ TensorType.Of(DType.F64, 3, 33, 33) ] (fun x -> [ Ops.Neg(Ops.Permute(x[0], Axes [| 0; 2; 1 |])) ])

                let executable = Executable.Compile turned

                let given () =
                    NDArray.Of<float>(Shape.Of(3, 33, 33), ReadOnlySpan [| for i in 1 .. 3 * 33 * 33 -> float i |])

                let expected = numbers (executable.Run(given ())[0])
                Expect.equal (numbers (executable.Run([| given () |], donating [ 0 ])[0])) expected "as without donation")

            testCase "what cannot be donated is refused before anything is taken" (fun () ->
                let executable = compile (graph [ vector; vector ] (fun inputs -> [ apply kernelAdd inputs ]))
                let x = NDArray.Vector(1.0, 2.0, 3.0, 4.0)

                for given, places in [ [| x; x |], [ 0 ]; [| x; x.Copy() |], [ 2 ]; [| x; x.Copy() |], [ 1; 1 ] ] do
                    Expect.throwsT<StructureException> (fun () -> executable.Run(given, donating places) |> ignore) "refused"

                Expect.equal (numbers x) [| 1.0; 2.0; 3.0; 4.0 |] "still there")

            testCase "a loop over donated state needs no memory after its first step" (fun () ->
                let executable = compile (graph [ vector; vector ] (fun inputs -> [ apply kernelAdd inputs ]))
                let step = NDArray.Vector(1.0, 2.0, 3.0, 4.0)
                let mutable state = NDArray.Vector(0.0, 0.0, 0.0, 0.0)
                let memory = state.Storage

                for _ in 1..100 do
                    state <- executable.Run([| state; step |], donating [ 0 ])[0]

                Expect.equal (numbers state) [| 100.0; 200.0; 300.0; 400.0 |] "sum"
                Expect.isTrue (obj.ReferenceEquals(state.Storage, memory)) "in one place")
        ]

/// A kernel that works until it is stopped.
let private endless (begun: ManualResetEventSlim) =
    { new Kernel() with
        override _.Run(_, _, context) =
            begun.Set()

            while true do
                context.ThrowIfCancelled()
    }

/// x, or an error where x[0] is negative.
let private picky =
    let kernel =
        { new Kernel() with
            override _.Run(operands, results, _) =
                if (elements operands[0])[0] < 0.0 then
                    raise (DomainException "picky: x[0] is negative.")

                Array.Copy(operands[0].Storage, operands[0].Start, results[0].Storage, results[0].Start, results[0].Size)
        }

    TestPrimitive("picky", 1, kernel, (fun operands _ -> operands))

let private control =
    testList
        "control"
        [
            testCase "a long kernel is stopped from inside" (fun () ->
                use begun = new ManualResetEventSlim()
                use source = new CancellationTokenSource()
                let primitive = TestPrimitive("endless", 1, endless begun, (fun operands _ -> operands))
                let executable = compile (graph [ vector ] (fun inputs -> [ apply primitive inputs ]))
                let options = RunOptions(Cancellation = source.Token)

                let run =
                    Task.Run(fun () -> executable.Run([| NDArray.Vector(1.0, 2.0, 3.0, 4.0) |], options) |> ignore)

                begun.Wait()
                source.Cancel()
                Expect.throwsT<OperationCanceledException> (fun () -> run.GetAwaiter().GetResult()) "cancelled")

            testCase "a run that fails leaves nothing behind" (fun () ->
                let program =
                    graph [ vector ] (fun inputs -> [ apply kernelAdd [ apply picky [ apply kernelFlip inputs ]; inputs[0] ] ])

                let executable = compile program

                let run x =
                    numbers (executable.Run([| NDArray.Vector(x, x, x, x) |])[0])

                run 0.0 |> ignore
                let kept = executable.Kept

                for _ in 1..20 do
                    Expect.throwsT<DomainException> (fun () -> run 10.0 |> ignore) "fails"
                    Expect.equal executable.Kept 0L "its memory went with it"
                    Expect.equal (run 0.0) [| 1.0; 1.0; 1.0; 1.0 |] "runs on"
                    Expect.equal executable.Kept kept "as much as before")

            testCase "a hundred thousand calls from many threads keep as much as the first ones" (fun () ->
                let executable =
                    compile (graph [ vector; vector ] (fun inputs -> [ Ops.Add(Ops.Mul(inputs[0], inputs[1]), inputs[0]) ]))

                let work thread () =
                    let x, y =
                        NDArray.Full(Shape.Of 4, Scalar.Of(DType.F64, float thread)), NDArray.Full(Shape.Of 4, Scalar.Of(DType.F64, 2.0))

                    let given, target = [| x; y |], [| NDArray.New(DType.F64, Shape.Of 4) |]

                    let run () =
                        executable.Run(ReadOnlySpan given, Span target)

                    Expect.equal (allocated run) 0L "bytes"

                    for _ in 1..12500 do
                        run ()

                    Expect.equal (numbers target[0]) (Array.replicate 4 (3.0 * float thread)) $"thread {thread}"

                Task.WaitAll [| for thread in 1..8 -> Task.Run(Action(work thread)) |]
                Expect.isLessThan executable.Kept (8L * 1024L) "bytes kept")
        ]

let private views =
    testList
        "what one can see"
        [
            testCase "explain says what runs, where it lies and how long it lives" (fun () ->
                let program =
                    graph [ vector; vector ] (fun inputs -> [ Ops.Add(Ops.Mul(Ops.Sub(inputs[0], inputs[1]), inputs[1]), inputs[0]) ])

                let expected =
                    [
                        "executable (f64[4], f64[4]) -> (f64[4]), 3 nodes"
                        "nodes after each pass: as traced 3"
                        "work: 12 operations, 288 B read and written by nodes"
                        "memory: 96 bytes at most"
                        ""
                        "schedule"
                        "     %0 f64[4] parameter"
                        "     %1 f64[4] parameter"
                        "   0 %2 f64[4] = sub(%0, %1) kernel, 4 operations, 96 B, at f64 block 0..32"
                        "         ZipKernel<Double, Subtract<Double>>"
                        "   1 %3 f64[4] = mul(%2, %1) kernel, 4 operations, 96 B, at f64 block 0..32"
                        "         ZipKernel<Double, Multiply<Double>>"
                        "   2 %4 f64[4] = add(%3, %0) kernel, 4 operations, 96 B, in an array of its own"
                        "         ZipKernel<Double, Add<Double>>"
                        "     results %4"
                        "     buffer f64 block 0..32 f64[4], steps 0 to 1"
                        "     buffer f64 block 0..32 f64[4], steps 1 to 2"
                        "     block f64: 64 bytes"
                        ""
                    ]

                let text = (compile program).Explain()
                Expect.equal (List.ofArray (text.Split '\n')) expected "explain"
                Expect.equal ((compile program).Explain()) text "twice the same")

            testCase "explain goes into loops" (fun () ->
                let index = TensorType.Of DType.I64
                let step = graph [ index; vector ] (fun inputs -> [ apply kernelFlip [ inputs[1] ] ])

                let program =
                    graph [ index; vector ] (fun inputs -> [ (nodeOf (Repeat(step, 0, false)) inputs).Result ])

                let text = (compile program).Explain()
                Expect.stringContains text "runs body 1" "the loop"
                Expect.stringContains text "body 1: (i64[], f64[4]) -> (f64[4]), 1 node" "its body"
                Expect.stringContains text "kernel_flip(%1) kernel" "the kernel in it")

            testCase "a profile counts calls, work and bytes, and writes a trace" (fun () ->
                let executable =
                    compile (graph [ vector; vector ] (fun inputs -> [ Ops.Add(Ops.Mul(inputs[0], inputs[1]), inputs[0]) ]))

                let profile = Profile()
                let given = [| NDArray.Vector(1.0, 2.0, 3.0, 4.0); NDArray.Vector(1.0, 2.0, 3.0, 4.0) |]

                for _ in 1..3 do
                    executable.Run(given, RunOptions(Profile = profile)) |> ignore

                let entries = List.ofSeq profile.Entries
                Expect.equal [ for entry in entries -> entry.Calls ] [ 3L; 3L ] "calls"
                Expect.equal [ for entry in entries -> entry.Operations ] [ 12.0; 12.0 ] "operations"
                Expect.equal [ for entry in entries -> entry.Bytes ] [ 288.0; 288.0 ] "bytes"
                Expect.equal [ for entry in entries -> entry.Name.Split(':')[0] ] [ "mul"; "add" ] "names"
                let struct (bytes, _) = executable.Forecast()
                Expect.equal profile.PeakBytes bytes "the bytes that were announced"
                Expect.equal (profile.Table(MachinePeak(1e9, 1e9, 1e9)).Split('\n').Length) 4 "a line each"
                use stream = new MemoryStream()
                profile.WriteTrace stream
                use json = JsonDocument.Parse(stream.ToArray())

                let events =
                    [
                        for event in json.RootElement.GetProperty("traceEvents").EnumerateArray() -> event
                    ]

                Expect.equal events.Length 6 "events"

                for event in events do
                    Expect.equal (event.GetProperty("ph").GetString()) "X" "complete events"
                    Expect.isTrue (event.GetProperty("dur").GetDouble() >= 0.0) "durations")
        ]

[<Tests>]
let tests = testList "runs" [ memory; donation; control; views ]
