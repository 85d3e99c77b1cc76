/// Scatters as kernels against their plain evaluation: kinds of updates, windows, indices out of range, threads.
module Adjoint.Properties.ScatterKernelTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Laws

let private dtypes = [ DType.F32; DType.F64; DType.I32; DType.I64; DType.U32; DType.U64 ]

let private numbers (random: Random) (dtype: DType) (shape: Shape) =
    let edges = [| 0.0; -0.0; nan; infinity; -infinity |]

    let real () =
        if random.Next 30 = 0 then
            edges[random.Next edges.Length]
        else
            random.NextDouble() - 0.5

    let made (one: unit -> 'T) =
        NDArray.Of(shape, ReadOnlySpan(Array.init shape.Size (fun _ -> one ())))

    match dtype with
    | DType.F32 -> made (fun () -> float32 (real ()))
    | DType.F64 -> made real
    | DType.I32 -> made (fun () -> random.Next())
    | DType.I64 -> made random.NextInt64
    | DType.U32 -> made (fun () -> uint32 (random.Next()) * 2u)
    | _ -> made (fun () -> uint64 (random.NextInt64()) * 2UL)

/// Indices in range, now and then out of it, and far out of it.
let private indices (random: Random) (dtype: DType) count (shape: Shape) =
    let one () =
        match random.Next 20 with
        | 0 -> -1L
        | 1 -> int64 count
        | 2 ->
            if dtype = DType.I64 then
                Int64.MinValue
            else
                int64 Int32.MinValue
        | 3 -> int64 Int32.MaxValue
        | _ -> random.NextInt64(max 1L (int64 count))

    let all = Array.init shape.Size (fun _ -> one ())

    match dtype with
    | DType.I32 -> NDArray.Of(shape, ReadOnlySpan(all |> Array.map int32))
    | DType.U32 -> NDArray.Of(shape, ReadOnlySpan(all |> Array.map uint32))
    | _ -> NDArray.Of(shape, ReadOnlySpan all)

let private run (graph: Graph) (inputs: NDArray list) (runner: IParallel) =
    Executable.Compile(graph).Run(Array.ofList inputs, RunOptions(Parallel = runner))
    |> Seq.cast<HostValue>
    |> List.ofSeq

/// Whether a graph gives what its nodes give when they are evaluated plainly, on one thread and on several.
let private agrees what (inputs: NDArray list) (f: Expr[] -> Expr[]) =
    let graph = GraphBuilder.Build(inputs |> Seq.map (fun input -> TensorType.Of input), Func<_, _> f)

    let given: HostValue[] = [| for input in inputs -> input :> HostValue |]
    let expected = Interpreter.Run(graph, given, null) |> List.ofSeq
    let one = run graph inputs Serial.Instance
    use pool = WorkerPool.Create 3
    Expect.isTrue (List.forall2 Values.sameBits expected one) $"{what}: the same bits"
    Expect.isTrue (List.forall2 Values.sameBits one (run graph inputs pool)) $"{what}: the same bits on three threads"

let private updates: (string * (Expr -> Expr -> Expr -> int -> OutOfRange -> Expr)) list =
    [
        "set", (fun x i u axis mode -> x.ScatterSet(i, u, axis, mode))
        "add", (fun x i u axis mode -> x.ScatterAdd(i, u, axis, mode))
        "mul", (fun x i u axis mode -> x.ScatterMul(i, u, axis, mode))
        "max", (fun x i u axis mode -> x.ScatterMax(i, u, axis, mode))
        "min", (fun x i u axis mode -> x.ScatterMin(i, u, axis, mode))
    ]

[<Tests>]
let tests =
    testList
        "scatter kernels"
        [
            testCase "elements and rows, in and out of range, are updated in order" (fun () ->
                let random = Random 11

                for dtype in dtypes do
                    for name, update in updates do
                        for mode in [ OutOfRange.Drop; OutOfRange.Clamp ] do
                            for rows, width, count in [ 700, 1, 5000; 20, 100, 400 ] do
                                let shape n =
                                    if width = 1 then Shape.Of(n: int) else Shape.Of(n, width)

                                let index = List.item (random.Next 3) [ DType.I32; DType.I64; DType.U32 ]
                                let x = numbers random dtype (shape rows)
                                let i = indices random index rows (Shape.Of count)
                                let u = numbers random dtype (shape count)
                                let what = $"{name} {dtype} by {index}, {mode}, {count} x {width} to {rows}"
                                agrees what [ x; i; u ] (fun v -> [| update v[0] v[1] v[2] 0 mode |]))

            testCase "along an inner axis, and in lanes of a batch" (fun () ->
                let random = Random 12
                let x = numbers random DType.F32 (Shape.Of(30, 40, 7))
                let i = indices random DType.I64 40 (Shape.Of 90)
                let u = numbers random DType.F32 (Shape.Of(30, 90, 7))
                agrees "inner" [ x; i; u ] (fun v -> [| v[0].ScatterAdd(v[1], v[2], 1) |])

                let lanes = numbers random DType.F32 (Shape.Of(24, 300))
                let places = indices random DType.I64 300 (Shape.Of(24, 500))
                let more = numbers random DType.F32 (Shape.Of(24, 500))

                agrees "lanes" [ lanes; places; more ] (fun v ->
                    Differential.VmapAt((fun lane -> [| lane[0].ScatterAdd(lane[1], lane[2]) |]), v)))

            testCase "operands that are read later stay as they are" (fun () ->
                let random = Random 13
                let x = numbers random DType.F64 (Shape.Of 9000)
                let i = indices random DType.I64 9000 (Shape.Of 9000)
                let u = numbers random DType.F64 (Shape.Of 9000)

                agrees "read later" [ x; i; u ] (fun v ->
                    let made = v[0] * v[0]
                    let first = made.ScatterAdd(v[1], v[2])
                    let second = first.ScatterMax(v[1], made)
                    [| first; second; made |]))

            testCase "a tensor that nobody else reads is updated by itself" (fun () ->
                let random = Random 14
                let x = numbers random DType.F64 (Shape.Of 9000)
                let i = indices random DType.I64 9000 (Shape.Of 9000)

                agrees "by itself" [ x; i ] (fun v ->
                    let made = v[0] * v[0]
                    [| made.ScatterAdd(v[1], made) |]))

            testCase "nothing to update, and nothing to update in" (fun () ->
                let empty = NDArray.Of(Shape.Of 0, ReadOnlySpan(Array.empty<float32>))
                let none = NDArray.Of(Shape.Of 0, ReadOnlySpan(Array.empty<int64>))
                let some = NDArray.Of(Shape.Of 3, ReadOnlySpan [| 0L; 1L; -1L |])
                let three = NDArray.Of(Shape.Of 3, ReadOnlySpan [| 1f; 2f; 3f |])
                agrees "no updates" [ three; none; empty ] (fun v -> [| v[0].ScatterAdd(v[1], v[2]) |])
                agrees "no elements" [ empty; some; three ] (fun v -> [| v[0].ScatterAdd(v[1], v[2]) |]))
        ]
