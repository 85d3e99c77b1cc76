/// Who may overwrite what: random programs full of sharing and updates in place give what copying everything gives.
module Adjoint.Properties.OwnershipTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.TestPrimitives

let private vector = TensorType.Of(DType.F64, 3)

/// A step: which operation, and on which earlier values.
type Step = byte * byte * byte

/// Mostly one of the last few, so that nearly every value reaches a result.
let private pick (items: ResizeArray<'T>) (number: byte) =
    if number < 200uy then
        items[items.Count - 1 - int number % 4 % items.Count]
    else
        items[int number % items.Count]

/// Programs of a good length from the start; a byte is drawn evenly.
let private config =
    { FsCheckConfig.defaultConfig with
        maxTest = 300
        startSize = 10
        endSize = 60
    }

let private stacked (x: Value) (y: Value) k =
    let put (stack: Value) (k: int) entry =
        Ops.StackPut(stack, Ops.Constant(Scalar.Of(DType.I64, int64 k)), entry)

    let stack = put (put (Ops.Zeros(StackType vector)) 0 x) 1 y
    let entry = Ops.StackGet(stack, Ops.Constant(Scalar.Of(DType.I64, int64 (k % 3))))

    [
        entry
        Ops.StackGet(put stack 0 (apply bump [ entry ]), Ops.Constant(Scalar.Of(DType.I64, 0L)))
    ]

/// The values of a program over some parameters; bodies of its own are the same steps, a few of them.
let rec private values depth (steps: Step list) (parameters: Value seq) =
    let known = ResizeArray parameters

    for operation, a, b in steps do
        let x, y = pick known a, pick known b

        let made: Value seq =
            match int operation % (if depth = 0 then 12 else 10) with
            | 0 -> [ apply kernelAdd [ x; y ] ]
            | 1 -> [ apply kernelFlip [ x ] ]
            | 2 -> [ apply kernelApart [ x; y ] ]
            | 3 -> [ apply bump [ x ] ]
            | 4 -> [ apply share [ x ] ]
            | 5 -> [ apply same [ x ] ]
            | 6 -> (nodeOf twins [ x ]).Results
            | 7 -> [ Ops.Add(x, y) ]
            | 8 -> stacked x y (int a)
            | 9 -> (nodeOf kernelBoth [ x; y ]).Results
            | 10 -> Ops.Call(body depth steps 0, [ x; y ])
            | _ ->
                let count = Ops.Constant(Scalar.Of(DType.I64, 3L))
                (nodeOf (Repeat(body depth steps 1, 0, false)) [ count; x; y ]).Results

        known.AddRange made

    known

and private body depth steps counters =
    let types: ValueType list =
        List.replicate counters (TensorType.Of DType.I64 :> ValueType)
        @ [ vector; vector ]

    Graph.Of(
        types,
        fun inputs ->
            let known = values (depth + 1) (List.truncate 4 steps) (Seq.skip counters inputs)
            [ known[known.Count - 1]; known[known.Count / 2] ]
    )

let private program steps results =
    Graph.Of(
        List.replicate 3 (vector :> ValueType),
        fun inputs ->
            let known = values 0 steps inputs

            [ for result in 0uy :: results -> pick known result ]
            @ [ known[known.Count - 1] ]
    )

let private arguments () =
    [| for i in 1..3 -> NDArray.Vector(float i, 10.0 * float i, -0.5) |]

let private bits (array: NDArray) =
    array.ToArray<float>() |> Array.map BitConverter.DoubleToInt64Bits

let private wanted (graph: Graph) =
    let held = [| for argument in arguments () -> Held(argument, false) |]

    CopyingContext().Run(graph, ReadOnlySpan held)
    |> Array.map (fun held -> bits held.Array)

/// Both ways of running, with freed memory spoilt: twice each on one interpreter, so that its memory is used again.
let private runs (graph: Graph) useKernels =
    let options = RunOptions(UseKernels = useKernels, SpoilFreed = true)
    let interpreter = Interpreter(PlanTable())

    [
        for _ in 1..2 do
            let given = arguments ()
            let values = [| for argument in given -> argument :> HostValue |]
            let results = interpreter.RunWhole(graph, ReadOnlySpan values, options)
            given, [| for result in results -> result :?> NDArray |]

            let given = arguments ()
            let targets = [| for result in graph.Results -> NDArray.New(DType.F64, result.Tensor.Shape) |]
            interpreter.RunInto(graph, ReadOnlySpan given, ReadOnlySpan targets, options)
            given, targets
    ]

let private apart (arrays: NDArray seq) =
    let memory = [ for array in arrays -> array.Storage ]
    (List.distinctBy Runtime.CompilerServices.RuntimeHelpers.GetHashCode memory).Length = memory.Length

let private run (graph: Graph) (arguments: NDArray list) =
    let values = [| for argument in arguments -> argument :> HostValue |]
    [ for value in Interpreter.Run(graph, values) -> value :?> NDArray ]

/// Whether a primitive found its operands owned, each time it ran.
let private watching () =
    let seen = ResizeArray<bool list>()

    let primitive =
        TestPrimitive(
            "watch",
            1,
            null,
            fun operands _ ->
                seen.Add [ for operand in operands -> operand.Owned ]
                [| Held.New(operands[0].Array.Copy()) |]
        )

    seen, primitive

let private graph count (body: Value list -> Value list) =
    Graph.Of(List.replicate count (vector :> ValueType), fun inputs -> Seq.ofList (body (List.ofSeq inputs)))

[<Tests>]
let tests =
    testList
        "ownership"
        [
            testPropertyWithConfig config "programs that share and overwrite give what copying gives" (fun (steps: Step list) results ->
                let graph = program steps (List.truncate 4 results)
                let expected = wanted graph

                for useKernels in [ true; false ] do
                    for given, found in runs graph useKernels do
                        Expect.equal (Array.map bits found) expected $"kernels {useKernels}: {graph}"
                        Expect.equal (Array.map bits given) (Array.map bits (arguments ())) "arguments are only read"
                        Expect.isTrue (apart (Seq.append given found)) "results share no memory")

            testCase "an operand is owned at its last use, if it stands once" (fun () ->
                let seen, watch = watching ()

                graph 1 (fun inputs ->
                    let x = inputs[0]
                    let y = apply watch [ x ]
                    let z = apply watch [ y; y ]
                    let u = apply watch [ y; z ]
                    [ apply watch [ u ]; u ])
                |> fun graph -> run graph (List.truncate 1 (List.ofArray (arguments ()))) |> ignore

                let expected = [ [ false ]; [ false; false ]; [ true; true ]; [ false ] ]
                Expect.equal (List.ofSeq seen) expected "argument, twice, last use, result")

            testCase "what shares memory is owned by nobody" (fun () ->
                let seen, watch = watching ()

                graph 1 (fun inputs ->
                    let x = apply kernelFlip inputs
                    let y = apply share [ x ]
                    [ apply watch [ y ]; apply watch [ x ] ])
                |> fun graph -> run graph (List.truncate 1 (List.ofArray (arguments ()))) |> ignore

                Expect.equal (List.ofSeq seen) [ [ false ]; [ false ] ] "both ends")

            testCase "results that are arguments or stand twice are copies" (fun () ->
                let x = NDArray.Vector(1.0, 2.0, 3.0)

                let found =
                    run (graph 1 (fun inputs -> let y = apply bump inputs in [ inputs[0]; inputs[0]; y; y ])) [ x ]

                Expect.isTrue (apart (x :: found)) "memory"
                Expect.equal [ for y in found -> y.At(0).AsDouble ] [ 1.0; 1.0; 2.0; 2.0 ] "elements")

            testCase "a carry is updated in place" (fun () ->
                let step =
                    Graph.Of([ TensorType.Of DType.I64 :> ValueType; vector ], fun inputs -> [ apply bump [ inputs[1] ] ])

                let seen = ResizeArray<bool>()

                let watch =
                    TestPrimitive(
                        "watch",
                        1,
                        null,
                        fun operands _ ->
                            seen.Add operands[0].Owned
                            [| Held.New(operands[0].Writable()) |]
                    )

                let counted =
                    Graph.Of(step.ParameterTypes, fun inputs -> [ apply watch (List.ofSeq (Substitution.Inline(step, inputs))) ])

                let loop =
                    graph 1 (fun inputs ->
                        let count = Ops.Constant(Scalar.Of(DType.I64, 5L))
                        [ (nodeOf (Repeat(counted, 0, false)) [ count; inputs[0] ]).Result ])

                let found = run loop [ NDArray.Vector(0.0, 0.0, 0.0) ]
                Expect.equal (List.ofSeq seen) (List.replicate 5 true) "owned each time"
                Expect.equal (found[0].ToArray<float>()) [| 5.0; 5.0; 5.0 |] "five steps")

            testCase "reading and updating an element in a loop costs what it touches" (fun () ->
                let wide = TensorType.Of(DType.F64, 1000)

                let step =
                    Graph.Of(
                        [ TensorType.Of DType.I64 :> ValueType; wide ],
                        fun inputs ->
                            let element = Ops.DynamicSlice(inputs[1], [ inputs[0] ], Ints 1)
                            [ Ops.DynamicUpdate(inputs[1], Ops.Add(element, element), [ inputs[0] ]) ]
                    )

                let loop =
                    Graph.Of(
                        [ TensorType.Of DType.I64 :> ValueType; wide ],
                        fun inputs -> (nodeOf (Repeat(step, 0, false)) (List.ofSeq inputs)).Results
                    )

                let elements count =
                    let counter = ElementCounter()
                    let x = NDArray.Full(Shape.Of 1000, Scalar.Of(DType.F64, 1.0))

                    Interpreter.Run(loop, [| NDArray.Scalar(int64 count); x |], RunOptions(CountElements = counter))
                    |> ignore

                    counter.Total

                Expect.equal (elements 900 - elements 100) (800L * 3L) "a read, a sum and an update each time"
                Expect.isLessThan (elements 100) 2000L "one copy of the argument")

            testCase "results may be written over arguments" (fun () ->
                let swap = graph 2 (fun inputs -> [ inputs[1]; apply kernelAdd inputs; inputs[0] ])
                let x, y = NDArray.Vector(1.0, 2.0, 3.0), NDArray.Vector(5.0, 5.0, 5.0)
                let z = NDArray.Vector(0.0, 0.0, 0.0)
                Executable.Compile(swap, Adjoint.Compile.Pipeline()).Run([| x; y |], Span [| x; y; z |])

                Expect.equal
                    [ for array in [ x; y; z ] -> array.ToArray<float>() |> List.ofArray ]
                    [ [ 5.0; 5.0; 5.0 ]; [ 6.0; 7.0; 8.0 ]; [ 1.0; 2.0; 3.0 ] ]
                    "all read before any is written")
        ]
