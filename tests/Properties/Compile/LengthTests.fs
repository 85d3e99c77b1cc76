/// Code grows with the operations of a program, not with the ways in which elements ask for each other.
module Adjoint.Properties.Compile.LengthTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Regions
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Transforms

let private vector (length: int) =
    TensorType(DType.F64, Shape.Of length) :> ValueType

let private rows (length: int) =
    TensorType(DType.F64, Shape.Of(64, length)) :> ValueType

let private graph types (body: Value -> Value) =
    Graph.Of(types, (fun x -> ImmutableArray.Create(body x[0])))

/// Joins the halves along the last axis, until one element is left: an element asks for two of the level before.
let rec private halved (x: Value) =
    let axis = x.Tensor.Rank - 1
    let length = x.Tensor.Shape[axis].Value

    if length = 1 then
        x
    else
        let half = length / 2
        let both = Ops.Mul(Ops.SliceAxis(x, axis, 0, half), Ops.SliceAxis(x, axis, half, 2 * half))
        halved (Ops.Concatenate(axis, both, Ops.SliceAxis(x, axis, 2 * half, length)))

/// Each inner element becomes a mean of three; so many times.
let private smoothed times (x: Value) =
    let axis = x.Tensor.Rank - 1
    let length = x.Tensor.Shape[axis].Value

    let once (x: Value) =
        let part first limit = Ops.SliceAxis(x, axis, first, limit)
        let inner = Ops.Add(Ops.Add(part 0 (length - 2), part 1 (length - 1)), part 2 length)
        Ops.Concatenate(axis, part 0 1, Ops.Scale(inner, 1.0 / 3.0), part (length - 1) length)

    Seq.fold (fun x _ -> once x) x (seq { 1..times })

let private total (x: Value) =
    Ops.ReduceSum(x, Axes.All x.Tensor.Rank)

let private gradient graph =
    Backward.Apply(graph, ParameterMask.All 1).Graph

let private numbers (kind: ValueType) =
    let kind = kind :?> TensorType
    let array = NDArray.New(kind.DType, kind.Shape)

    for i in 0 .. array.Size - 1 do
        array.Set(i, Scalar.Of(kind.DType, 1.0 + 1e-6 * sin (float i)))

    array :> HostValue

let private cases =
    [
        "halves of 1000", graph [ vector 1000 ] halved
        "halves of 100,000", graph [ vector 100_000 ] halved
        "halves in rows of 16", graph [ rows 16 ] halved
        "halves in rows of 100", graph [ rows 100 ] halved
        "gradient of halves of 5000", gradient (graph [ vector 5000 ] (halved >> total))
        "smoothed", graph [ vector 10_000 ] (smoothed 20)
        "gradient of smoothed", gradient (graph [ vector 10_000 ] (smoothed 20 >> total))
        "smoothed in rows of 16, summed", graph [ rows 16 ] (smoothed 12 >> (fun x -> Ops.ReduceSum(x, Axes 1)))
    ]

/// Sums of a hundred thousand numbers round some dozens of times, products as often as there are levels.
let private tolerance = 1e-12

let private near (expected: HostValue[]) (found: HostValue[]) =
    for x, y in Array.zip expected found do
        for e, f in Array.zip ((x :?> NDArray).ToDoubles()) ((y :?> NDArray).ToDoubles()) do
            Expect.isLessThanOrEqual (abs (e - f)) (tolerance * (1.0 + abs e)) "as plainly"

/// Elements of a region that ask for each other in far more ways than a program may have values: it runs in parts.
let private wholly (graph: Graph) =
    let region = Fused(Body graph)
    Expect.isNull (RegionKernels.Program region) "no program"
    let node = Node.Make(region, graph.Parameters)
    let arguments = ImmutableArray.CreateRange(Seq.map numbers graph.ParameterTypes)
    let expected = Interpreter.Run(graph, arguments, RunOptions(UseKernels = false))
    let executable = Executable.Compile(Graph(graph.Parameters, node.Results), Adjoint.Compile.Pipeline())
    near expected (executable.RunValues(arguments, RunOptions(Parallel = Serial.Instance)))

[<Tests>]
let tests =
    testList
        "length of programs"
        [
            for name, graph in cases do
                testCase name (fun () ->
                    let executable = Executable.Compile graph
                    let arguments = [| for kind in graph.ParameterTypes -> numbers kind |]
                    near (Interpreter.Run(graph, arguments, RunOptions(UseKernels = false))) (executable.RunValues arguments)
                    let lines = executable.Explain().Split('\n').Length
                    // About a dozen instructions for each operation, which loops, lanes and tiles need a few of each.
                    Expect.isLessThan lines (1000 + 40 * graph.Nodes.Length) "lines of code")

            testCase "what a region cannot be is run in parts" (fun () ->
                wholly (graph [ vector 5000 ] (fun x -> Ops.Add(smoothed 30 x, x))))

            testCase "a region that is a chain too deep for the stack" (fun () ->
                wholly (graph [ vector 5000 ] (fun x -> Seq.fold (fun y _ -> Ops.Add(Ops.Neg y, x)) x (seq { 1..50_000 }))))
        ]
