/// Groups never wait for each other: what is heavy stands once in the graph, before fusion and after it.
module Adjoint.Properties.Compile.Products.CircleTests

open System
open Expecto
open Adjoint.Compile
open Adjoint.Compile.Fusion
open Adjoint.Core
open Adjoint.Front
open Adjoint.Ir
open Adjoint.Properties.Compile.Passing

let private type' (extents: int list) =
    TensorType.Of(DType.F32, Array.ofList extents)

/// The end of a residual network: a norm over the batch, a sum with what came before, a mean of planes; with gradients.
let private ending =
    let value (x: Expr[]) =
        let struct (y, _, _) = Nn.BatchNorm(Nn.Conv(x[0], x[1], padding = Padding.Same), x[2], x[3])
        Nn.GlobalAvgPool((y + x[0]).Relu()).Square().Sum()

    GraphBuilder.Build(
        [ type' [ 32; 64; 8; 8 ]; type' [ 64; 64; 3; 3 ]; type' [ 64 ]; type' [ 64 ] ],
        fun x ->
            let struct (loss, slopes) = Differential.ValueAndGrad(Func<Expr[], Expr> value).Invoke x
            Array.append [| loss |] slopes
    )

let private count (name: string) (text: string) =
    text.Split([| ' '; '['; ']' |]) |> Seq.filter ((=) name) |> Seq.length

[<Tests>]
let tests =
    testCase "a network's end is computed once after fusion" (fun () ->
        let plain = Pipeline.Unfused.Run ending
        let fused = FuseLarge.Apply plain

        for name in [ "conv_general"; "rsqrt" ] do
            Expect.equal (count name (names fused)) (count name (names plain)) $"{name} in\n{fused}")
