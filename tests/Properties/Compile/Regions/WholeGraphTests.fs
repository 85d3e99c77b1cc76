/// Whole graphs as one region, whatever their parts would rather be: what no piece of code can do runs in parts.
module Adjoint.Properties.Compile.Regions.WholeGraphTests

open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives
open Adjoint.Properties.Building
open Adjoint.Properties.Compile
open Adjoint.Properties.Laws

let private numbers (shape: int list) =
    let array = NDArray.New(DType.F64, Shape.Of(Array.ofList shape))

    for i in 0 .. array.Shape.Size - 1 do
        array.Set(i, Scalar.Of(DType.F64, float (i % 7 - 3)))

    array :> HostValue

/// The same bits as by plain evaluation: numbers are whole and small.
let private agrees name (shape: int list) body =
    testCase name (fun () ->
        let graph = graph [ f64 shape ] body
        let at = [ numbers shape ]

        let expected = Interpreter.Run(graph, ImmutableArray.CreateRange at, RunOptions(UseKernels = false))

        let found = (RegionLaw.inOne graph).RunValues(Array.ofList at, RunOptions(Parallel = Serial.Instance))

        for i in 0 .. expected.Length - 1 do
            Expect.isTrue (Values.sameBits found[i] expected[i]) $"result {i}")

let private swapped (first: int) second (x: Value) =
    let axes = [| 0 .. x.Tensor.Rank - 1 |]
    axes[first] <- second
    axes[second] <- first
    Ops.Permute(x, Axes axes)

[<Tests>]
let tests =
    testList
        "whole graphs as regions"
        [
            agrees "a turned operand beside itself" [ 3; 2; 4097 ] (fun x -> [ swapped 1 2 x[0]; x[0] ])

            // The sum's own index is none of the result's: what is read across at its first step is not what is read at the others.
            agrees "a product of what is read across" [ 3; 15; 15; 15 ] (fun x ->
                let y = Ops.Neg(swapped 1 3 x[0])
                let batch = Axes [| 0; 1 |]
                make (DotGeneral(batch, batch, Axes [| 3 |], Axes [| 2 |])) [ y; swapped 2 3 y ])

            agrees "sums of rows, gathered" [ 2; 4097 ] (fun x ->
                let sums = Ops.Neg(Ops.ReduceSum(x[0], Axes [| 1 |]))
                let places = Ops.Reshape(Ops.Convert(sums, DType.I64), Shape.Of(2, 1))

                make (Gather(Axes.None, Axes [| 0 |], Axes [| 0 |], Axes.None, Axes.None, Ints [| 1 |], OutOfRange.Clamp)) [ sums; places ])
        ]
