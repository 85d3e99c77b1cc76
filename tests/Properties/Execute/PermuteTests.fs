/// Few rows become columns and the other way round, at every small width and with nothing written beside them.
module Adjoint.Properties.Execute.PermuteTests

open System
open System.Collections.Immutable
open Expecto
open Adjoint.Core
open Adjoint.Execute
open Adjoint.Ir
open Adjoint.Kernels
open Adjoint.Primitives

let private turned (x: float32[]) images rows columns =
    [|
        for image in 0 .. images - 1 do
            for column in 0 .. columns - 1 do
                for row in 0 .. rows - 1 -> x[(image * rows + row) * columns + column]
    |]

let private permuted (x: float32[]) images rows columns =
    let kind: ValueType = TensorType.Of(DType.F32, images, rows, columns)
    let graph = Graph.Of([ kind ], (fun values -> Seq.singleton (Ops.Permute(values[0], Axes(0, 2, 1)))))
    let given: HostValue = NDArray.Of(Shape.Of(images, rows, columns), ReadOnlySpan x)

    (Interpreter.Run(graph, ImmutableArray.Create given, RunOptions(Parallel = Serial.Instance))[0] :?> NDArray).ToArray<float32>()

[<Tests>]
let tests =
    testList
        "permutations of few rows"
        [
            testCase "images of few channels turn" (fun () ->
                for rows in 1..9 do
                    for columns in [ 1; 2; 7; 8; 9; 15; 16; 17; 40; 63; 64; 65; 784 ] do
                        let x = Array.init (3 * rows * columns) float32
                        Expect.equal (permuted x 3 rows columns) (turned x 3 rows columns) $"{rows} rows of {columns}"
                        let back = permuted (turned x 3 rows columns) 3 columns rows
                        Expect.equal back x $"{columns} rows of {rows}")
        ]
