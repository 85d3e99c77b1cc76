/// Kernels of one program that run at the same time: the bits of one thread, no memory in common, and errors and cancellation as ever.
module Adjoint.Properties.Execute.SideBySideTests

open System
open System.Runtime.InteropServices
open System.Threading
open System.Threading.Tasks
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels

let private f64 ([<ParamArray>] extents: int[]) = TensorType.Of(DType.F64, extents)

let private draw seed (kind: TensorType) =
    let at k = sin (0.37 * float k + float seed)
    NDArray.Of(kind.Shape, ReadOnlySpan(Array.init kind.Shape.Size at))

let private bytes (array: NDArray) =
    MemoryMarshal.CreateReadOnlySpan(&array.FirstByte, array.Size * array.Type.Size()).ToArray()

let private build (types: TensorType list) (f: Expr[] -> Expr list) =
    GraphBuilder.Build(types, Func<Expr[], Expr[]>(f >> Array.ofList))

let private towers (x: Expr[]) =
    [
        for k in 1..6 ->
            let mutable y = x[0] * float k

            for _ in 1..3 do
                y <- (y.MatMul x[1]).Tanh() + y

            y.Sum()
    ]

let private loops (x: Expr[]) =
    let walk (rate: float) start =
        Flow.Fori(0L, 400L, Func<Expr, Expr, Expr>(fun _ y -> y + rate * (y * x[1]).Sin()), start)

    [ walk 0.1 x[0]; walk 0.2 x[0]; x[2].MatMul x[2] ]

let private layers (x: Expr[]) =
    let loss (w: Expr[]) =
        ((x[0].MatMul w[0]).Tanh().MatMul w[1]).Tanh().Square().Mean()

    List.ofArray (Differential.Grad(Func<Expr[], Expr> loss).Invoke x[1..])

/// A loop whose step has two products that do not need each other.
let private recurrent (x: Expr[]) =
    let step (_: Expr) (y: Expr) =
        ((y.MatMul x[1]).Tanh() + (y.MatMul x[2]).Sin()) * 0.5

    [ Flow.Fori(0L, 5L, Func<Expr, Expr, Expr> step, x[0]) ]

let private programs: (string * TensorType list * (Expr[] -> Expr list)) list =
    [
        "towers", [ f64 [| 48; 64 |]; f64 [| 64; 64 |] ], towers
        "loops and a product", [ f64 [| 40 |]; f64 [| 40 |]; f64 [| 64; 64 |] ], loops
        "layers", [ f64 [| 96; 120 |]; f64 [| 120; 80 |]; f64 [| 80; 60 |] ], layers
        "products in a loop", [ f64 [| 64; 96 |]; f64 [| 96; 96 |]; f64 [| 96; 96 |] ], recurrent
    ]

let private arguments types =
    [| for i, kind in List.indexed types -> draw i kind |]

/// Memory that is free or fresh holds rubbish, so that whoever reads what another has made room for is found out.
let private spoiled (threads: IParallel) =
    RunOptions(Parallel = threads, SpoilFreed = true)

let private agree name (expected: byte[][]) (executable: Executable) given =
    for threads in [ 1; 2; 4; 8 ] do
        use pool = WorkerPool.Create threads

        for _ in 1..5 do
            Expect.equal (executable.Run(given, spoiled pool) |> Array.map bytes) expected $"{name}, {threads} threads"

let private bits (name, types, f) =
    testCase name (fun () ->
        let graph = build types f
        let given = arguments types
        let expected = Executable.Compile(graph).Run(given, spoiled Serial.Instance) |> Array.map bytes
        agree "as it is" expected (Executable.Compile graph) given
        let wide = Executable.CompileSideBySide graph
        agree "however small" expected wide given
        Expect.equal (wide.Run(given, spoiled Serial.Instance) |> Array.map bytes) expected "on the calling thread"
        Expect.stringContains (wide.Explain()) "runs beside" "kernels that run together")

/// Explain says where values lie and until when: those of kernels that run together lie apart.
let private announced =
    testCase "what is announced holds on one thread and on several" (fun () ->
        for _, types, f in programs do
            let executable = Executable.CompileSideBySide(build types f)
            let struct (most, _) = executable.Forecast()

            for threads in [ 1; 2; 4 ] do
                use pool = WorkerPool.Create threads
                let profile = Profile()

                executable.Run(arguments types, RunOptions(Parallel = pool, Profile = profile))
                |> ignore

                Expect.isLessThanOrEqual profile.PeakBytes most $"bytes on {threads} threads")

let private failing =
    testCase "a check that fails is the same error on any number of threads" (fun () ->
        let types = [ f64 [| 64; 64 |]; f64 [| 64; 64 |] ]

        let graph =
            build types (fun x ->
                let bad = (x[0] * x[0]).MatMul(x[1]).Check((x[0].Sum() * 0.0).Greater(1.0), "the sum is not that large")
                [ bad.Sum(); (x[0].MatMul x[1]).Sum(); (x[1].MatMul x[0]).Sum() ])

        let executable = Executable.CompileSideBySide graph

        let message threads =
            use pool = WorkerPool.Create threads

            try
                executable.Run(arguments types, RunOptions(Parallel = pool)) |> ignore
                ""
            with :? AdjointException as error ->
                error.Message

        let alone = message 1
        Expect.stringContains alone "the sum is not that large" "what it says"

        for threads in [ 2; 4; 8 ] do
            Expect.equal (message threads) alone $"{threads} threads")

let private callers =
    testCase "many callers share one program, some are cancelled, and all others get the same bits" (fun () ->
        let _, types, f = programs.Head
        let executable = Executable.Compile(build types f)
        let given = arguments types
        let expected = executable.Run(given, RunOptions(Parallel = Serial.Instance)) |> Array.map bytes
        use pool = WorkerPool.Create 4

        let work caller () =
            for call in 1..30 do
                if (caller + call) % 5 = 0 then
                    use source = new CancellationTokenSource()
                    source.Cancel()

                    Expect.throwsT<OperationCanceledException>
                        (fun () ->
                            executable.Run(given, RunOptions(Parallel = pool, Cancellation = source.Token))
                            |> ignore)
                        "cancelled"
                else
                    let found = executable.Run(given, RunOptions(Parallel = pool)) |> Array.map bytes
                    Expect.equal found expected $"caller {caller}, call {call}"

        Task.WaitAll
            [|
                for caller in 1..12 -> Task.Factory.StartNew(work caller, TaskCreationOptions.LongRunning)
            |])

let private flat =
    testCase "a run allocates nothing for kernels side by side" (fun () ->
        let types = [ f64 [| 3000 |]; f64 [| 3000 |] ]
        let graph = build types (fun x -> [ x[0].Sort(); x[1].Sort() ])
        let executable = Executable.CompileSideBySide graph
        Expect.stringContains (executable.Explain()) "runs beside" "kernels that run together"
        let given = arguments types
        let targets = [| for _ in types -> NDArray.New(DType.F64, Shape.Of 3000) |]
        use alone = WorkerPool.Create 1
        use pool = WorkerPool.Create 2

        let allocated (threads: WorkerPool) =
            let options = RunOptions(Parallel = threads)

            Seq.min
                [
                    for _ in 1..20 ->
                        let before = GC.GetAllocatedBytesForCurrentThread()
                        executable.Run(ReadOnlySpan given, Span targets, options)
                        GC.GetAllocatedBytesForCurrentThread() - before
                ]

        Expect.isLessThanOrEqual (allocated pool) (allocated alone) "bytes beside those of one thread")

[<Tests>]
let tests =
    testList
        "kernels side by side"
        [
            testList "give the bits of one thread" (List.map bits programs)
            announced
            failing
            callers
            flat
        ]
