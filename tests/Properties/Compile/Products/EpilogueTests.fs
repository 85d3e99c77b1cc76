/// Products in loops whose elements go through more operations before they are written: formed once, whatever reads them.
module Adjoint.Properties.Compile.Products.EpilogueTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Compile.Passing

let private steps = 3

let private times (left: Value) (right: Value) =
    Ops.Dot(left, right, Axes.None, Axes.None, Axes(left.Tensor.Rank - 1), Axes 0)

/// Functions of two matrices, something that stays and the state: what becomes of two products A X and B X.
let private functions: (string * (Value -> Value -> Value -> Value -> Value)) list =
    [
        "a sum", (fun a _ c x -> Ops.Add(times a x, c))
        "a chain", (fun a _ c x -> Ops.Mul(Ops.Tanh(Ops.Add(times a x, c)), x))
        "two products", (fun a b c x -> Ops.Add(Ops.Tanh(times a x), Ops.Mul(times b x, c)))
        "a product of a product", (fun a b c x -> Ops.Add(times a (Ops.Add(times b x, c)), x))
        "a product read twice",
        (fun a _ c x ->
            let y = times a x
            Ops.Add(Ops.Mul(y, c), y))
        "a sum read twice",
        (fun a _ c x ->
            let y = Ops.Add(times a x, c)
            Ops.Mul(y, Ops.Tanh y))
        "a choice", (fun a b c x -> Ops.Select(Ops.Greater(times a x, c), times b x, x))
        "a product backwards", (fun a _ c x -> Ops.Add(Ops.Apply(Reverse(Axes 0), Ops.Add(times a x, c)), x))
    ]

let private loop kind rows columns (step: Value -> Value -> Value -> Value -> Value) =
    let tensor (extents: int list) =
        TensorType(kind, Shape.Of(Array.ofList extents)) :> Adjoint.Ir.ValueType

    let state = if columns = 0 then [ rows ] else [ rows; columns ]
    let extents = [ [ rows; rows ]; [ rows; rows ]; state; state ]
    let types = List.map tensor extents

    let body =
        Graph.Of(types, (fun x -> ImmutableArray.Create<Value>(step x[0] x[1] x[2] x[3], times x[1] x[3])))

    let scan = Scan(Body body, 3, 1, steps, false)
    Graph.Of(types, (fun x -> Node.Make(scan, ImmutableArray.CreateRange<Value> x).Results)), extents

let private held (random: Random) kind (extents: int list) : HostValue =
    let shape = Shape.Of(Array.ofList extents)
    let size = List.fold (*) 1 extents

    // Below 1/n in size, so that the state neither grows nor dies.
    let number () =
        (2.0 * random.NextDouble() - 1.0) / float extents[0]

    if kind = DType.F32 then
        NDArray.Own(shape, Array.init size (fun _ -> float32 (number ())))
    else
        NDArray.Own(shape, Array.init size (fun _ -> number ()))

let private agrees kind rows columns name step =
    let graph, extents = loop kind rows columns step
    let random = Random(rows + 7 * columns)
    let arguments = extents |> List.map (held random kind)
    let plain = Interpreter.Run(graph, ImmutableArray.CreateRange arguments, RunOptions(UseKernels = false))
    let compiled = (Executable.Compile graph).Run [| for x in arguments -> x :?> NDArray |]

    // Three steps of sums of n products below 1 in size, each rounded at most n times, twice.
    let unit = if kind = DType.F64 then 2.0 ** -53.0 else 2.0 ** -24.0
    let most = 40.0 * float steps * float rows * unit

    for wanted, found in Seq.zip plain compiled do
        for x, y in Seq.zip ((wanted :?> NDArray).ToDoubles()) (found.ToDoubles()) do
            Expect.isTrue (abs (x - y) <= most) $"{name}, {kind} {rows} by {columns}: {y:R} for {x:R}"

[<Tests>]
let tests =
    testList
        "operations on products in loops"
        [
            for name, step in functions ->
                testCase name (fun () ->
                    for kind in [ DType.F32; DType.F64 ] do
                        for rows, columns in [ 9, 0; 16, 0; 33, 0; 5, 3; 8, 8; 9, 17; 4, 4 ] do
                            agrees kind rows columns name step)
        ]
