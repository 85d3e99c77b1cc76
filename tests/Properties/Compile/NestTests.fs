/// Nests of loops give what the fused body means, whatever the shapes.
module Adjoint.Properties.Compile.NestTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Nests
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Loops
open Adjoint.Primitives
open Adjoint.Properties
open Adjoint.Properties.Building
open Adjoint.Properties.Laws

/// A value of fewer axes, repeated along the others.
let private along (axes: int list) (like: Value) (x: Value) =
    Ops.Broadcast(x, like.Tensor.Shape, Axes axes)

let private sum (axes: int list) x = Ops.ReduceSum(x, Axes axes)

let private others rank (axes: int list) =
    [ 0 .. rank - 1 ] |> List.filter (fun axis -> not (List.contains axis axes))

/// exp(x − max) / Σ exp(x − max) over some axes.
let private softmax (axes: int list) (x: Value) =
    let kept = others x.Tensor.Rank axes
    let e = Ops.Exp(Ops.Sub(x, along kept x (Ops.ReduceMax(x, Axes axes))))
    Ops.Div(e, along kept x (sum axes e))

/// (x − mean)² summed over some axes, and the mean.
let private spread (axes: int list) (x: Value) =
    let kept = others x.Tensor.Rank axes
    let count = axes |> List.fold (fun n axis -> n * x.Tensor.Shape[axis].Value) 1
    let mean = Ops.Scale(sum axes x, 1.0 / float (max count 1))
    let centred = Ops.Sub(x, along kept x mean)
    [ sum axes (Ops.Mul(centred, centred)); mean ]

let private wave seed (shape: int list) (dtype: DType) =
    let size = List.fold (*) 1 shape
    let random = Random(seed: int)
    let array = NDArray.New(dtype, Shape.Of(Array.ofList shape))

    for i in 0 .. size - 1 do
        array.Set(i, Scalar.Of(dtype, random.NextDouble() * 4.0 - 2.0))

    array :> HostValue

/// Runs a body of one operand's shape as a nest, against plain evaluation.
let private nested dtype operands (body: Value list -> Value list) =
    let types =
        [
            for s in operands -> TensorType(dtype, Shape.Of(Array.ofList s)) :> ValueType
        ]

    let graph = Graph.Of(types, (fun x -> ImmutableArray.CreateRange(body (List.ofSeq x))))
    let program = Nest.Lower(graph, "nest")
    Expect.isNotNull program $"a nest for {graph}"
    let arguments = operands |> List.mapi (fun i s -> wave (i + 7) s dtype)
    let case = Case.make graph [ arguments ] [ for _ in arguments -> false ]
    let kernel = LoopKernel(program, PlainEngine.instance, ImmutableArray.Empty)
    ElementLaw.holds case (fun () -> ElementLaw.run kernel graph arguments)

let private shapes =
    [
        [ 1; 1 ]
        [ 3; 40 ]
        [ 17; 33 ]
        [ 5; 129 ]
        [ 0; 20 ]
        [ 20; 0 ]
        [ 40; 3 ]
        [ 2; 5000 ]
        [ 300; 20 ]
        [ 3; 30000 ]
        [ 2000; 40 ]
    ]

let private over name (body: int list -> (int list list) * (Value list -> Value list)) =
    testList
        name
        [
            for shape in shapes do
                for dtype in [ DType.F64; DType.F32 ] do
                    testCase $"{dtype.Name()}{shape}" (fun () ->
                        let operands, body = body shape
                        nested dtype operands body)
        ]

/// How many loops lie inside each other, but for those of one step.
let private deepest (program: LoopProgram) =
    let rec depth (block: LoopBlock) =
        block.Items
        |> Seq.map (function
            | :? ForItem as loop when loop.Count.IsConstant -> 1 + depth loop.Body
            | :? ForItem as loop -> depth loop.Body
            | _ -> 0)
        |> Seq.append [ 0 ]
        |> Seq.max

    program.Phases |> Seq.map (fun phase -> depth phase.Body) |> Seq.max

[<Tests>]
let tests =
    testList
        "nests"
        [
            testCase "one row is cut into parts where there is work for two threads" (fun () ->
                let tiles size =
                    let graph =
                        Graph.Of([ TensorType.Of(DType.F32, 1, size) ], (fun x -> ImmutableArray.Create(sum [ 0; 1 ] x[0])))

                    let program = Nest.Lower(graph, "nest")
                    [ for phase in program.Phases -> int phase.Tiles ]

                Expect.equal (tiles 1000) [ 1 ] "a short row"
                Expect.equal (tiles 32768) [ 2; 1 ] "a row for two")

            over "elementwise with rows and columns" (fun shape ->
                [ shape; [ shape[0] ]; [ shape[1] ] ],
                function
                | [ x; row; column ] -> [ Ops.Mul(Ops.Add(x, along [ 0 ] x row), along [ 1 ] x column) ]
                | _ -> [])
            over "transposed" (fun shape ->
                [ shape; List.rev shape ],
                function
                | [ x; y ] -> [ Ops.Add(x, Ops.Permute(y, Axes [ 1; 0 ])) ]
                | _ -> [])
            over "transposed in a longer chain, beside itself" (fun shape ->
                let side = min shape[0] 130
                let square = [ side; side ]

                [ square ],
                (fun x ->
                    let turned = Ops.Permute(x[0], Axes [ 1; 0 ])

                    [
                        Ops.Mul(Ops.Exp(Ops.Neg turned), Ops.Add(x[0], turned))
                        Ops.Sub(x[0], turned)
                    ]))
            over "channels moved last" (fun shape ->
                let channels, width = min shape[0] 70, min shape[1] 40

                [ [ 2; channels; 1; width ]; [ channels ] ],
                (fun x ->
                    let moved = Ops.Permute(x[0], Axes [ 0; 2; 3; 1 ])
                    [ Ops.Add(Ops.Mul(moved, moved), along [ 3 ] moved x[1]) ]))
            over "channels moved first, of a part" (fun shape ->
                let depth = min shape[0] 70
                let full = [ depth + 3; min shape[1] 40; 9 ]

                [ full ],
                (fun x ->
                    let part = Ops.SliceAxis(x[0], 0, 2, depth + 2)

                    [
                        Ops.Neg(Ops.Permute(part, Axes [ 2; 0; 1 ]))
                        Ops.Abs(Ops.Permute(part, Axes [ 2; 0; 1 ]))
                    ]))
            over "row sums" (fun shape -> [ shape ], (fun x -> [ sum [ 1 ] (Ops.Mul(x[0], x[0])) ]))
            over "column sums" (fun shape -> [ shape ], (fun x -> [ sum [ 0 ] (Ops.Mul(x[0], x[0])); Ops.Neg x[0] ]))
            over "sums of all" (fun shape -> [ shape ], (fun x -> [ Ops.Exp(sum [ 0; 1 ] x[0]) ]))
            over "spread of rows" (fun shape -> [ shape ], (fun x -> spread [ 1 ] x[0]))
            over "softmax of rows" (fun shape ->
                [ shape ],
                (fun x ->
                    if shape[1] = 0 then
                        [ x[0] ]
                    else
                        [ softmax [ 1 ] x[0]; Ops.ReduceMax(x[0], Axes 1) ]))
            over "spread of all" (fun shape -> [ shape ], (fun x -> spread [ 0; 1 ] x[0]))
            over "many parts side by side, and one of them" (fun shape ->
                let n = shape[0] * shape[1]

                [ [ n ]; [ n ] ],
                fun x ->
                    let parts =
                        [
                            Ops.Mul(x[0], x[1])
                            Ops.Add(x[0], x[1])
                            Ops.Neg x[1]
                            x[0]
                            Ops.Sub(x[0], x[1])
                            Ops.Mul(x[1], x[1])
                        ]

                    [
                        parts[0]
                        Ops.Concatenate(1, [| for part in parts -> Ops.Reshape(part, Shape.Of(n, 1)) |])
                    ])
            testCase "what is joined is joined outside of the loops that it does not depend on" (fun () ->
                let body (x: Value) =
                    let rows = sum [ 2 ] x
                    let greatest = along [ 0 ] rows (Ops.ReduceMax(rows, Axes 1))
                    [ sum [ 1 ] (Ops.Exp(Ops.Sub(rows, greatest))) ]

                let graph =
                    Graph.Of([ TensorType(DType.F64, Shape.Of(50, 10, 12)) :> ValueType ], fun x -> ImmutableArray.CreateRange(body x[0]))

                Expect.equal (deepest (Nest.Lower(graph, "nest"))) 3 "rows, then sums of sums; no maximum inside")
        ]
