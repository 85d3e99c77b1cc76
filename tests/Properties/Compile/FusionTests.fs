/// What fusion puts together.
module Adjoint.Properties.Compile.FusionTests

open System.Collections.Immutable
open Expecto
open Adjoint.Compile.Fusion
open Adjoint.Core
open Adjoint.Ir
open Adjoint.Primitives
open Adjoint.Properties.Compile.Passing

let private graph (shapes: int list list) (body: Value list -> Value list) =
    let types =
        [
            for s in shapes -> TensorType(DType.F32, Shape.Of(Array.ofList s)) :> ValueType
        ]

    Graph.Of(types, (fun x -> ImmutableArray.CreateRange(body (List.ofSeq x))))

let private rows (like: Value) x =
    Ops.Broadcast(x, like.Tensor.Shape, Axes 0)

let private columns (like: Value) x =
    Ops.Broadcast(x, like.Tensor.Shape, Axes 1)

let private mean (x: Value) =
    Ops.Scale(Ops.ReduceSum(x, Axes 1), 1.0 / float x.Tensor.Shape[1].Value)

let private softmax (x: Value) =
    let e = Ops.Exp(Ops.Sub(x, rows x (Ops.ReduceMax(x, Axes 1))))
    Ops.Div(e, rows x (Ops.ReduceSum(e, Axes 1)))

let private normalised (x: Value) =
    let centred = Ops.Sub(x, rows x (mean x))
    let deviation = Ops.Rsqrt(mean (Ops.Mul(centred, centred)))
    Ops.Mul(centred, rows x deviation)

/// Six numbers of two for each row.
let private parts (x: Value) (y: Value) =
    [
        Ops.Mul(x, y)
        Ops.Add(x, y)
        Ops.Sub(x, y)
        Ops.Neg x
        Ops.Add(y, y)
        Ops.Mul(x, x)
    ]

let private sideBySide (parts: Value list) =
    Ops.Concatenate(
        1,
        [|
            for part in parts -> Ops.Reshape(part, Shape.Of(part.Tensor.Shape[0].Value, 1))
        |]
    )

/// The names of the nodes that are left; those in groups stand in brackets.
let private fused graph = names (FuseLarge.Apply graph)

let private large = [ 512; 256 ]

let private becomes name graph (expected: string) =
    testCase name (fun () -> Expect.equal (fused graph) expected (string (FuseLarge.Apply graph)))

let private isOne name graph =
    testCase name (fun () ->
        let after = FuseLarge.Apply graph
        Expect.equal after.Nodes.Length 1 (string after))

[<Tests>]
let tests =
    testList
        "fusion of large operations"
        [
            becomes "a chain" (graph [ large ] (fun x -> [ Ops.Exp(Ops.Neg(Ops.Mul(x[0], x[0]))) ])) "fused[mul neg exp]"
            becomes "small operations stay" (graph [ [ 8 ] ] (fun x -> [ Ops.Exp(Ops.Neg x[0]) ])) "neg exp"
            becomes "one operation stays" (graph [ large ] (fun x -> [ Ops.Exp x[0] ])) "exp"
            isOne "softmax" (graph [ large ] (fun x -> [ softmax x[0] ]))
            isOne
                "layer norm with scale and shift"
                (graph [ large; [ 256 ]; [ 256 ] ] (fun x -> [ Ops.Add(Ops.Mul(normalised x[0], columns x[0] x[1]), columns x[0] x[2]) ]))
            isOne
                "several reductions of one array"
                (graph [ large ] (fun x -> [ Ops.ReduceSum(x[0], Axes 1); Ops.ReduceMax(x[0], Axes 1) ]))
            isOne
                "reductions to one row of products"
                (graph [ large; large ] (fun x -> [ Ops.ReduceSum(Ops.Mul(x[0], x[1]), Axes 0); Ops.ReduceSum(x[0], Axes 0) ]))
            isOne
                "softmax that keeps the reduced axis"
                (graph [ large ] (fun x ->
                    let kept y = Ops.Reshape(y, Shape.Of(512, 1))

                    let spread y =
                        rows x[0] (Ops.Reshape(y, Shape.Of 512))

                    let shift = kept (Ops.ReduceMax(x[0], Axes 1))
                    let e = Ops.Exp(Ops.Sub(x[0], spread shift))
                    let total = Ops.Neg(kept (Ops.ReduceSum(e, Axes 1)))
                    [ Ops.Div(e, spread total); total ]))
            isOne "many parts side by side" (graph [ [ 4096 ]; [ 4096 ] ] (fun x -> [ sideBySide (parts x[0] x[1]) ]))
            isOne
                "parts side by side and what they are made of"
                (graph [ [ 4096 ]; [ 4096 ] ] (fun x ->
                    let e = Ops.Exp x[0]
                    [ Ops.Neg e; sideBySide (parts e x[1]) ]))
            becomes
                "parts side by side are stored before they are reduced"
                (graph [ [ 4096 ]; [ 4096 ] ] (fun x -> [ Ops.ReduceSum(Ops.Exp(sideBySide (parts x[0] x[1])), Axes 1) ]))
                "fused[mul reshape add reshape sub reshape neg reshape add reshape mul reshape concatenate] fused[exp reduce_sum]"
            becomes
                "what is read elsewhere is stored once"
                (graph [ large ] (fun x ->
                    let e = Ops.Exp(Ops.Neg x[0])
                    [ Ops.Add(e, x[0]); Ops.MatMul(e, Ops.Permute(e, Axes [ 1; 0 ])) ]))
                "fused[neg exp add] permute dot_general"
            becomes
                "nothing is put in a circle"
                (graph [ large ] (fun x ->
                    let e = Ops.Neg(Ops.Exp x[0])
                    let product = Ops.MatMul(e, Ops.Permute(x[0], Axes [ 1; 0 ]))
                    let sums = Ops.ReduceSum(product, Axes 1)
                    [ Ops.Abs(Ops.Mul(e, rows e sums)) ]))
                "fused[exp neg] permute dot_general fused[reduce_sum] fused[broadcast mul abs]"
            testCase "small bodies are one nest where all of it runs over one array" (fun () ->
                let valueAndSlope size =
                    graph [ [ size ] ] (fun x ->
                        let y = Ops.Exp(Ops.Neg x[0])
                        [ Ops.ReduceSum(Ops.Mul(x[0], y), Axes 0); Ops.Sub(y, Ops.Mul(x[0], y)) ])

                let apart = graph [ [ 100 ]; [ 50 ] ] (fun x -> [ Ops.Exp(Ops.Neg x[0]); Ops.Exp(Ops.Neg x[1]) ])

                Expect.equal
                    (List.map FuseLarge.IsOne [ valueAndSlope 1000; valueAndSlope 300; valueAndSlope 8; apart ])
                    [ true; true; false; false ]
                    "one nest")
        ]
