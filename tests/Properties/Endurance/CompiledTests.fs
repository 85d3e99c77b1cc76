/// Programs of every kind that compiled code takes, called again and again: what a call needs is there after the first ones.
module Adjoint.Properties.Endurance.CompiledTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms
open Adjoint.Properties.Endurance.EnduranceTests

let private f64 (extents: int list) =
    TensorType(DType.F64, Shape.Of(Array.ofList extents))

let private graph (types: TensorType list) (body: Value list -> Value) =
    Graph.Of(Seq.cast<ValueType> types, (fun x -> ImmutableArray.Create(body (List.ofSeq x))))

let private total (x: Value) =
    Ops.ReduceSum(x, Axes.All x.Tensor.Rank)

let private gradient graph =
    Backward.Apply(graph, ParameterMask.All graph.Parameters.Length).Graph

/// h ← sin(h w), as often as is asked for.
let private step (p: Value list) = Ops.Sin(Ops.Mul(p[2], p[1]))

let private count (n: int64) = Ops.Constant(Scalar.Of(DType.I64, n))

let private index = TensorType.Of DType.I64

let private repeated (steps: int64) (types: TensorType list) =
    let body = Graph.Of(Seq.cast<ValueType>(index :: types), (fun p -> [ step (List.ofSeq p) ]))

    graph types (fun x ->
        let results =
            Node.Make(Repeat(Body body, 1, false), ImmutableArray.Create(count steps, x[0], x[1])).Results

        total results[0])

/// The same until it is small, with a bound: a loop of unknown length, which remembers in stacks.
let private until (types: TensorType list) =
    let kinds = Seq.cast<ValueType> [ types[0]; index; types[1] ]

    let condition = Graph.Of(kinds, (fun p -> [ Ops.Less(p[1], count 40L) ]))

    let body = Graph.Of(kinds, (fun p -> [ Ops.Add(p[1], count 1L); step [ p[1]; p[0]; p[2] ] ]))

    graph types (fun x ->
        let results =
            Node.Make(While(Body condition, Body body, 1), ImmutableArray.Create(x[0], count 0L, x[1])).Results

        total results[1])

let private scanned (rows: int) (width: int) =
    let row = f64 [ width ]
    let kinds = Seq.cast<ValueType> [ row; row; row ]

    let body =
        Graph.Of(
            kinds,
            fun p ->
                let h = Ops.Tanh(Ops.Add(Ops.Mul(p[1], p[0]), p[2]))
                [ h; Ops.ReduceSum(h, Axes 0) ]
        )

    graph [ row; row; f64 [ rows; width ] ] (fun x ->
        let results = Node.Make(Scan(Body body, 1, 1, rows, false), ImmutableArray.CreateRange x).Results
        Ops.Add(total results[0], total results[1]))

let private softmax (x: Value) =
    let rows (y: Value) =
        Ops.Broadcast(y, x.Tensor.Shape, Axes 0)

    let e = Ops.Exp(Ops.Sub(x, rows (Ops.ReduceMax(x, Axes 1))))
    Ops.Div(e, rows (Ops.ReduceSum(e, Axes 1)))

let private layers =
    graph [ f64 [ 24; 24 ]; f64 [ 24; 24 ] ] (fun x -> total (softmax (Ops.MatMul(Ops.Tanh(Ops.MatMul(x[1], x[0])), x[0]))))

let private withLess (graph: Graph) =
    let struct (bytes, _) = Executable.Compile(graph).Forecast()
    Executable.Compile(graph, CompileOptions(MemoryBudget = 5L * bytes / 6L))

/// Programs, how many of them make up one of the short calls, and how many bytes a call may allocate.
let private programs: (string * (unit -> Executable) * int * int64) list =
    let small = [ f64 [ 8 ]; f64 [ 8 ] ]
    let large = [ f64 [ 6000 ]; f64 [ 6000 ] ]
    let compile graph = fun () -> Executable.Compile graph

    [
        "a loop of known length in a region, with its gradient", compile (gradient (repeated 20L small)), 4, 0L
        "a loop of unknown length in a region, with its gradient", compile (gradient (until small)), 10, 0L
        "a scan in a region, with its gradient", compile (gradient (scanned 12 8)), 4, 0L
        "a nest over rows, with its gradient", compile (gradient (graph [ f64 [ 40; 50 ] ] (fun x -> total (softmax x[0])))), 20, 0L
        "products and what joins them, with the gradient", compile (gradient layers), 40, 0L
        // Less than a single entry of its stacks: what steps hand each other is made anew, numbers lie where they lay.
        "a loop that the plan runs, with its gradient", compile (gradient (repeated 8L large)), 400, 40_000L
        "a program that changes to machine code", (fun () -> Executable.CompileInTiers(gradient layers)), 100, 20_000L
        "a scan within less memory than it takes", (fun () -> withLess (gradient (scanned 96 40))), 100, 0L
    ]

let private numbers (kind: ValueType) =
    let kind = kind :?> TensorType
    let array = NDArray.New(kind.DType, kind.Shape)

    for i in 0 .. array.Size - 1 do
        array.Set(i, Scalar.Of(kind.DType, 0.3 + 0.2 * sin (float i)))

    array

let private flat (name, make: unit -> Executable, share: int, most: int64) =
    testCase name (fun () ->
        let executable = make ()
        let given = [| for kind in executable.Graph.ParameterTypes -> numbers kind |]
        let targets = results executable.Graph
        let options = RunOptions(Parallel = Serial.Instance)

        let run () =
            executable.Run(ReadOnlySpan given, Span targets, options)

        run ()
        let first = [ for y in targets -> y.ToDoubles() ]

        for _ in 1..100 do
            run ()

        let before, resident = managed (), workingSet ()
        let count = calls / share
        // The collections above may have freed what idle executables keep.
        run ()
        let allocated = GC.GetAllocatedBytesForCurrentThread()

        for _ in 1..count do
            run ()

        let perCall = (GC.GetAllocatedBytesForCurrentThread() - allocated) / int64 count
        Expect.equal [ for y in targets -> y.ToDoubles() ] first "the same bits"
        Expect.isLessThanOrEqual perCall most "bytes a call allocates"
        // Other tests run beside this one; what leaks even one byte a call is more than what they leave.
        Expect.isLessThan (managed () - before) (max 64_000_000L (int64 calls)) "managed bytes left behind"
        Expect.isLessThan (workingSet () - resident) 512_000_000L "bytes of the process")

/// Each round compiles another program, runs it and lets it go: its code goes too.
let private compiling =
    testCase "programs that are compiled and let go" (fun () ->
        let once (i: int) =
            let graph =
                graph [ f64 [ 8 ]; f64 [ 8 ] ] (fun x -> total (Ops.Sin(Ops.Scale(Ops.Mul(x[0], x[1]), float i))))

            let executable = Executable.Compile(gradient graph)

            executable.Run [| for kind in executable.Graph.ParameterTypes -> numbers kind |]
            |> ignore

        let rounds = calls / 1000

        // The table of kept kernels fills with some 1,200 of these.
        let first = max 100 (min 2000 (2 * rounds))

        for i in 1..first do
            once i

        let before, resident = managed (), workingSet ()

        for i in 1..rounds do
            once (first + i)

        Expect.isLessThan (managed () - before) 64_000_000L "managed bytes left behind"
        Expect.isLessThan (workingSet () - resident) 512_000_000L "bytes of the process")

[<Tests>]
let tests = testList "endurance of compiled code" [ yield! List.map flat programs; compiling ]
