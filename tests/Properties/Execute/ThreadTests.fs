/// The same bits for any number of threads: every kind of loop nest, kernels, whole training steps, compiled and node by node.
module Adjoint.Properties.Execute.ThreadTests

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

let private f32 ([<ParamArray>] extents: int[]) = TensorType.Of(DType.F32, extents)
let private f64 ([<ParamArray>] extents: int[]) = TensorType.Of(DType.F64, extents)

let private number k =
    sin (0.37 * float k) + 0.2 * cos (1.7 * float k)

/// Numbers of mixed sizes and signs; integers are small indices.
let private draw seed (kind: TensorType) =
    let size = kind.Shape.Size
    let at k = number (k + 7919 * seed)

    match kind.DType with
    | DType.F32 -> NDArray.Of(kind.Shape, ReadOnlySpan(Array.init size (fun k -> float32 (at k))))
    | DType.F64 -> NDArray.Of(kind.Shape, ReadOnlySpan(Array.init size at))
    | _ -> NDArray.Of(kind.Shape, ReadOnlySpan(Array.init size (fun k -> int64 (abs (1e4 * at k)) % 50L)))

let private bytes (array: NDArray) =
    MemoryMarshal.CreateReadOnlySpan(&array.FirstByte, array.Size * array.Type.Size()).ToArray()

let private build (types: TensorType list) (f: Expr[] -> Expr list) =
    GraphBuilder.Build(types, Func<Expr[], Expr[]>(f >> Array.ofList))

let private smooth (x: Expr) = x.Tanh() * (-(x * x)).Exp() + x

let private gradient (f: Expr[] -> Expr) (x: Expr[]) =
    List.ofArray (Differential.Grad(Func<Expr[], Expr>(f)).Invoke x)

/// What has tiles: name, types of the arguments, function.
let private cut: (string * TensorType list * (Expr[] -> Expr list)) list =
    [
        "map", [ f32 [| 300; 257 |]; f32 [| 257 |] ], (fun x -> [ smooth (x[0] * x[1]) ])
        "long map", [ f64 [| 200_001 |] ], (fun x -> [ smooth x[0]; x[0] * x[0] ])
        "rows", [ f32 [| 300; 257 |] ], (fun x -> [ x[0].Softmax 1 ])
        "columns", [ f32 [| 2000; 33 |] ], (fun x -> [ (x[0] * x[0]).Sum 0 ])
        "parts", [ f32 [| 150_001 |] ], (fun x -> [ (x[0] * x[0]).Sum(); smooth x[0] ])
        "few long rows", [ f64 [| 3; 70_001 |] ], (fun x -> [ x[0].Sum 1; x[0].Max 1 ])
        "transposed", [ f32 [| 200; 300 |]; f32 [| 300; 200 |] ], (fun x -> [ x[0].Permute(1, 0) * x[1] + x[1] ])
        "backwards", [ f64 [| 300; 300 |] ], (fun x -> [ x[0].Flip 1 + x[0] ])
        "gathered", [ f32 [| 50; 400 |]; TensorType.Of(DType.I64, 300) ], (fun x -> [ x[0].Take(x[1], 0) * x[0].Take(x[1], 0) ])
        "scattered", [ f32 [| 4000; 33 |]; TensorType.Of(DType.I64, 4000) ], (fun x -> [ x[0].SegmentSum(x[1], 50) ])
        "running sums", [ f64 [| 300; 400 |] ], (fun x -> [ x[0].CumSum 1; x[0].CumSum 0 ])
        "product", [ f32 [| 130; 260 |]; f32 [| 260; 190 |] ], (fun x -> [ x[0].MatMul x[1] ])
        "gradient of rows", [ f32 [| 300; 257 |] ], gradient (fun x -> (smooth (x[0].Softmax 1)).Sum())
        "gradient of columns", [ f64 [| 700; 90 |]; f64 [| 90 |] ], gradient (fun x -> (smooth (x[0] * x[1])).Mean())
        "a loop over large state",
        [ f32 [| 40_000 |]; f32 [| 40_000 |] ],
        (fun x -> [ Flow.Fori(0L, 5L, Func<Expr, Expr, Expr>(fun _ y -> smooth y * x[1]), x[0]) ])
    ]

let private dense = [ f32 [| 64; 300 |]; f32 [| 300; 200 |]; f32 [| 200 |]; f32 [| 200; 40 |] ]

let private perceptron (x: Expr[]) =
    ((x[0].MatMul x[1] + x[2]).Tanh().MatMul x[3]).LogSumExp(1).Mean()

let private attention (x: Expr[]) =
    let query, key, value = x[0].MatMul x[1], x[0].MatMul x[2], x[0].MatMul x[3]
    (Nn.Attention(query, key, value, causal = true) + x[0]).Square().Mean()

let private recurrent (x: Expr[]) =
    let struct (states, _, _) = Nn.Lstm(x[0], x[1], x[2], x[3], x[4], x[5])
    states.Square().Mean()

let private convolved (x: Expr[]) =
    Nn.Conv(x[0], x[1]).Tanh().Square().Mean()

/// Gradients of whole models.
let private models: (string * TensorType list * (Expr[] -> Expr)) list =
    [
        "dense layers", dense, perceptron
        "attention", [ f32 [| 4; 96; 64 |]; f32 [| 64; 64 |]; f32 [| 64; 64 |]; f32 [| 64; 64 |] ], attention
        // One head alone, whose keys are dealt out in shares.
        "long attention", [ f32 [| 600; 24 |]; f32 [| 24; 24 |]; f32 [| 24; 24 |]; f32 [| 24; 24 |] ], attention
        "lstm",
        [
            f32 [| 12; 32; 40 |]
            f32 [| 32; 64 |]
            f32 [| 32; 64 |]
            f32 [| 40; 256 |]
            f32 [| 64; 256 |]
            f32 [| 256 |]
        ],
        recurrent
        "convolution", [ f32 [| 8; 3; 32; 32 |]; f32 [| 16; 3; 5; 5 |] ], convolved
    ]

let private agree (executable: Executable) (arguments: NDArray[]) =
    let run (threads: IParallel) =
        executable.Run(arguments, RunOptions(Parallel = threads)) |> Array.map bytes

    let serial = run Serial.Instance

    for threads in [ 1; 2; 4; 8 ] do
        use pool = WorkerPool.Create threads

        for _ in 1..3 do
            Expect.equal (run pool) serial $"{threads} threads"

let private arguments types =
    [| for i, kind in List.indexed types -> draw i kind |]

let private test (name, types, f) =
    testCase name (fun () ->
        let graph = build types f
        agree (Executable.Compile graph) (arguments types)
        agree (Executable.CompileInTiers graph) (arguments types))

/// Tiles that take a while each, so that threads really share them.
let private shared =
    testCase "many callers share one program, some are cancelled, and all others get the same bits" (fun () ->
        let types = [ f32 [| 300; 257 |] ]
        let executable = Executable.Compile(build types (fun x -> [ (smooth x[0]).Softmax 1 ]))
        let given = arguments types
        let expected = bytes (executable.Run(given)[0])

        let work caller () =
            for call in 1..40 do
                if (caller + call) % 5 = 0 then
                    use source = new CancellationTokenSource()
                    source.Cancel()

                    Expect.throwsT<OperationCanceledException>
                        (fun () -> executable.Run(given, RunOptions(Cancellation = source.Token)) |> ignore)
                        "cancelled"
                else
                    Expect.equal (bytes (executable.Run(given)[0])) expected $"caller {caller}, call {call}"

        Task.WaitAll
            [|
                for caller in 1..12 -> Task.Factory.StartNew(work caller, TaskCreationOptions.LongRunning)
            |])

let private flat =
    testCase "runs that are cut allocate nothing" (fun () ->
        let types = [ f32 [| 300; 257 |] ]
        let executable = Executable.Compile(build types (fun x -> [ (smooth x[0]).Softmax 1 ]))
        let given, target = arguments types, [| NDArray.New(DType.F32, Shape.Of(300, 257)) |]
        use pool = WorkerPool.Create 2
        let options = RunOptions(Parallel = pool)

        let allocated () =
            let before = GC.GetAllocatedBytesForCurrentThread()
            executable.Run(ReadOnlySpan given, Span target, options)
            GC.GetAllocatedBytesForCurrentThread() - before

        Expect.equal (Seq.min [ for _ in 1..20 -> allocated () ]) 0L "bytes")

[<Tests>]
let tests =
    testList
        "any number of threads"
        [
            testList "gives the same bits" (List.map test cut)
            testList "gives the same gradients" [ for name, types, f in models -> test (name, types, (fun x -> gradient f x)) ]
            shared
            flat
        ]
