/// Frames, observation, the cache of programs, pending work and threads.
module Adjoint.LibraryTests.FrontTraceTests

open System
open System.Collections.Generic
open System.Threading.Tasks
open Expecto
open Adjoint.Core
open Adjoint.Front
open Adjoint.Ir

let private scalar (x: float) = Expr.Scalar x
let private number (x: Expr) = x.Item<float>()
let private array (x: Expr) = x.ToArray<float>()

/// Runs with a handler of diagnostics and gives its lines, of all threads.
let private listening action =
    let lines = List<string>()
    Diagnostics.Handler <- Action<string>(fun line -> lock lines (fun () -> lines.Add line))

    try
        action ()
    finally
        Diagnostics.Handler <- null

    List.ofSeq lines

let private frames =
    testList
        "frames"
        [
            testCase "a captured value is one parameter, however often it is used" (fun () ->
                let w = Expr.Of [| 1.0; 2.0 |]

                let struct (graph, captured) =
                    GraphBuilder.BuildOpen([ TensorType.Of(DType.F64, 2) ], fun x -> [| x[0] * w + w * w |])

                Expect.equal captured.Length 1 "captured"
                Expect.equal graph.Parameters.Length 2 "parameters"
                Expect.isTrue (obj.ReferenceEquals(captured[0], w)) "the value itself")

            testCase "nodes carry scopes and the line of their frame" (fun () ->
                let body (x: Expr[]) =
                    use _ = Scope.Enter "encoder"
                    let y = Scope.In("layer1", fun () -> x[0] * x[0])
                    [| y.Exp() |]

                let graph = GraphBuilder.Build([ TensorType.Of(DType.F64, 2) ], body)
                let scopes = [ for node in graph.Nodes -> node.Origin.Scope ]
                Expect.equal scopes [ "encoder/layer1"; "encoder" ] "scopes"
                Expect.stringEnds graph.Nodes[0].Origin.File "FrontTraceTests.fs" "file"
                Expect.isGreaterThan graph.Nodes[0].Origin.Line 1 "line")

            testCase "a frame closes when its body throws" (fun () ->
                let failing = Differential.Grad(fun (_: Expr) -> failwith<Expr> "no")
                Expect.throws (fun () -> failing.Invoke(scalar 1.0) |> ignore) "thrown"
                Expect.equal Frame.Current Frame.Top "the top level again")

            testCase "a value of a closed frame is refused, and both frames are named" (fun () ->
                let mutable kept = scalar 0.0

                let keep =
                    Differential.Grad(fun (x: Expr) ->
                        kept <- x
                        x * x)

                keep.Invoke(scalar 1.0) |> ignore
                let use' () = (kept + 1.0) |> ignore
                Expect.throwsT<TraceException> use' "used"
                Expect.throwsC use' (fun error -> Expect.stringContains error.Message "grad at FrontTraceTests.fs" "named")
                Expect.throwsC use' (fun error -> Expect.stringContains error.Message "the top level" "named")
                Expect.throwsT<TraceException> (fun () -> kept.Value() |> ignore) "looked at")

            testCase "a constant made in a body can be used when that has closed" (fun () ->
                let mutable kept: Expr = null

                let f (x: Expr) =
                    // As the values of an F# module, it comes to be when it is first asked for.
                    if isNull kept then
                        kept <- Expr.Of [| 1.0; 2.0 |] * 2.0 + Tensors.Ones(DType.F64, [| 2 |])

                    Tensors.Sum(kept * x)

                for opaque in [ false; true ] do
                    kept <- null
                    let first = if opaque then Differential.Compile f else f
                    first.Invoke(scalar 1.0) |> ignore
                    Expect.equal (number (Differential.Grad(f).Invoke(scalar 3.0))) 8.0 "used in another body"
                    Expect.equal (kept.ToArray<float>()) [| 3.0; 5.0 |] "looked at")

            testCase "a value of another thread's open frame is refused" (fun () ->
                let f (x: Expr) =
                    Expect.throwsT<TraceException> (fun () -> Task.Run(fun () -> (x + 1.0) |> ignore).GetAwaiter().GetResult()) "used"
                    Expect.throwsT<TraceException> (fun () -> Task.Run(fun () -> x.Value() |> ignore).GetAwaiter().GetResult()) "looked at"
                    x * x

                Expect.equal (number (Differential.Grad(f).Invoke(scalar 3.0))) 6.0 "gradient")
        ]

let private observation =
    testList
        "observation"
        [
            testCase "ordinary control flow on observed values works inside grad" (fun () ->
                let f (x: Expr) = if number x > 2.0 then x * x else x
                Expect.equal (number (Differential.Grad(f).Invoke(scalar 3.0))) 6.0 "above"
                Expect.equal (number (Differential.Grad(f).Invoke(scalar 1.0))) 1.0 "below")

            testCase "through nested frames" (fun () ->
                let inner (x: Expr) (y: Expr) =
                    let z = x * y
                    if number z > 5.0 then z * y else y

                let f (x: Expr) = Differential.Grad(inner x).Invoke x
                // x y² has the derivative 2 x y in y: 2 x² at y = x.
                Expect.equal (number (Differential.Grad(f).Invoke(scalar 3.0))) 12.0 "second order")

            testCase "an observed value keeps its derivative" (fun () ->
                let f (x: Expr) =
                    let y = x * x
                    y.Value() |> ignore
                    y * x

                Expect.equal (number (Differential.Grad(f).Invoke(scalar 2.0))) 12.0 "3 x²")

            testTheory
                "where a value stands for many, looking is an error that names the ways out"
                [
                    "vmap", (fun (f: Expr -> Expr) -> Differential.Vmap(f).Invoke(Expr.Of [| 1.0 |]) |> ignore)
                    "compile", (fun f -> Differential.Compile(f).Invoke(scalar 1.0) |> ignore)
                    "while", (fun f -> Flow.While((fun (x: Expr) -> x.Less 3.0), f, scalar 1.0) |> ignore)
                    "scan", (fun f -> Flow.Map(f, Expr.Of [| 1.0 |]) |> ignore)
                    "cond", (fun f -> Flow.Cond(Expr.Scalar true, f, f, scalar 1.0) |> ignore)
                ]
                (fun (name, run) ->
                    let look (x: Expr) = if number x > 0.0 then x else x + 1.0

                    Expect.throwsC (fun () -> run look) (fun error ->
                        for word in [ name; "cond"; "while"; "where"; "scan"; "FrontTraceTests.fs" ] do
                            Expect.stringContains error.Message word "the message"))

            testCase "a concrete value can be looked at anywhere" (fun () ->
                let w = scalar 2.0 + 1.0
                let f (x: Expr) = if number w > 2.5 then x * w else x
                Expect.equal (array (Differential.Vmap(f).Invoke(Expr.Of [| 1.0; 2.0 |]))) [| 3.0; 6.0 |] "in vmap")

            testCase "a number that was never computed can be looked at" (fun () ->
                Expect.equal (number (Tensors.Full(DType.F64, Shape.Scalar, 0.5))) 0.5 "full"
                let loss = Differential.Grad(fun (x: Expr) -> x * number (Tensors.Ones DType.F64))
                Expect.equal (number (loss.Invoke(scalar 2.0))) 1.0 "inside grad")

            testCase "text shows the value where there is one" (fun () ->
                Expect.equal ((scalar 1.0 + 1.0).ToString()) "f64[] 2" "concrete"
                let mutable text = ""

                Differential
                    .Vmap(fun (x: Expr) ->
                        text <- x.ToString()
                        x)
                    .Invoke(Expr.Of [| 1.0 |])
                |> ignore

                Expect.equal text "f64[] (traced)" "traced")
        ]

let private work =
    testSequenced (
        testList
            "pending work"
            [
                testCase "a chain past 10,000 nodes runs by itself" (fun () ->
                    let mutable x = scalar 0.0
                    let before = TraceCache.Hits + TraceCache.Misses

                    for _ in 1..10_500 do
                        x <- x + 1.0

                    Expect.isGreaterThan (TraceCache.Hits + TraceCache.Misses) before "it has run"
                    Expect.equal (number x) 10_500.0 "value")

                testCase "a million additions in a loop" (fun () ->
                    let one = Expr.Of [| 1.0; 2.0 |]
                    let mutable x = one

                    for _ in 1..1_000_000 do
                        x <- x + one

                    Expect.equal (array x) [| 1_000_001.0; 2_000_002.0 |] "value")

                testCase "other numbers are the same program, other structure is not" (fun () ->
                    let run (a: float) (n: int) =
                        let x = Expr.Of(Array.create n a)
                        number ((x * (a + 0.5)).Tanh().Sum() + a * 3.25)

                    let missesOf action =
                        let before = TraceCache.Misses
                        action () |> ignore
                        TraceCache.Misses - before

                    TraceCache.Clear()
                    Expect.equal (missesOf (fun () -> run 1.5 3)) 1L "first"
                    Expect.equal (missesOf (fun () -> run 2.5 3)) 0L "other numbers"
                    Expect.equal (missesOf (fun () -> run 2.5 4)) 1L "another shape")

                testCase "the cache is bounded" (fun () ->
                    let capacity = TraceCache.Capacity

                    try
                        TraceCache.Capacity <- 3

                        for n in 1..6 do
                            (Expr.Of(Array.create n 1.0) + 1.5).Value() |> ignore

                        Expect.isLessThanOrEqual TraceCache.Count 3 "count"
                    finally
                        TraceCache.Capacity <- capacity)

                testCase "a line that keeps missing is reported" (fun () ->
                    let lines =
                        listening (fun () ->
                            for n in 1..70 do
                                (Expr.Of(Array.create n 1.0) * 7.5).Value() |> ignore)

                    Expect.exists lines (fun line -> line.Contains "FrontTraceTests.fs" && line.Contains "64 programs") "reported")

                testCase "what one step leaves pending does not pile up" (fun () ->
                    let loss (x: Expr) = (x * x).Sum()
                    let mutable p, m = Expr.Of [| 1.0; 2.0 |], Expr.Of [| 0.0; 0.0 |]

                    let step () =
                        let struct (_, slope) = Differential.ValueAndGrad(loss).Invoke p
                        m <- 0.9 * m + 0.1 * slope
                        p <- p - 0.1 * m

                    for _ in 1..5 do
                        step ()

                    let before = TraceCache.Misses

                    for _ in 1..20 do
                        step ()

                    Expect.equal TraceCache.Misses before "every later step is a program that ran before")

                testCase "an argument that can't matter is reported, with the place where it is lost" (fun () ->
                    let gradient (f: Expr[] -> Expr[]) =
                        listening (fun () ->
                            Differential.GradAt(f, [| scalar 1.0; scalar 2.0 |], [| "Model.W"; "Model.B" |])
                            |> ignore)

                    let unused = gradient (fun x -> [| x[0] * x[0] |])
                    Expect.exists unused (fun line -> line.Contains "Model.B" && line.Contains "doesn't depend") "unused"
                    let lost = gradient (fun x -> [| x[0] + x[1].Floor() |])
                    Expect.exists lost (fun line -> line.Contains "Model.B" && line.Contains "floor") "lost"
                    Expect.isEmpty (gradient (fun x -> [| x[0] + x[1].StopGradient() |])) "stopped"
                    Expect.isEmpty (gradient (fun x -> [| x[0] * x[1] |])) "used")
            ]
    )

let private threads =
    testList
        "threads"
        [
            testCase "a compiled function is traced once and called from many threads" (fun () ->
                let mutable traces = 0

                let f =
                    Differential.Compile(fun (x: Expr) ->
                        traces <- traces + 1
                        (x * x).Sum())

                f.Invoke(Expr.Of [| 1.0; 2.0 |]) |> ignore
                let results = Array.zeroCreate 64

                Parallel.For(0, 64, fun i -> results[i] <- number (f.Invoke(Expr.Of [| float i; 1.0 |])))
                |> ignore

                Expect.equal results (Array.init 64 (fun i -> float (i * i) + 1.0)) "results"
                Expect.equal traces 1 "traces")

            testCase "gradients and shared pending values on many threads" (fun () ->
                let shared = Expr.Of [| 1.0; 2.0 |] * 3.0
                let results = Array.zeroCreate 64

                Parallel.For(
                    0,
                    64,
                    fun i ->
                        let f (x: Expr) = (x * x * shared).Sum()
                        results[i] <- array (Differential.Grad(f).Invoke(Expr.Of [| float i; 1.0 |]))
                )
                |> ignore

                Expect.equal results (Array.init 64 (fun i -> [| 6.0 * float i; 12.0 |])) "gradients")
        ]

[<Tests>]
let tests = testList "front traces" [ frames; observation; work; threads ]
