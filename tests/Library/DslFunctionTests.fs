/// The Tensor module's functions beyond operators, random numbers, and F# Interactive.
module Adjoint.LibraryTests.DslFunctionTests

open System
open System.Diagnostics
open System.IO
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

let private matrix: Tensor<float> = Tensor.matrix [ [ 1.0; 5.0; 3.0 ]; [ 4.0; 2.0; 6.0 ] ]

let private functions =
    testList
        "functions"
        [
            testCase "reductions of all, along one axis, over several" (fun () ->
                same [ 21.0 ] (Tensor.sum matrix) "sum"
                same [ 9.0; 12.0 ] (Tensor.sumAlong 1 matrix) "sumAlong"
                same [ 5.0; 6.0 ] (Tensor.maxAlong -1 matrix) "maxAlong"
                same [ 3.5 ] (Tensor.meanOver [ 0; 1 ] matrix) "meanOver"
                same [ log (exp 1.0 + exp 5.0 + exp 3.0) ] (Tensor.logSumExp (matrix[0])) "logSumExp"
                same [ 35.0 / 12.0 ] (Tensor.variance matrix) "variance"
                Expect.isTrue (value (Tensor.all (matrix .> 0.0))) "all"
                Expect.sequenceEqual (Tensor.toArray (Tensor.argMax 1 matrix)) [ 1L; 2L ] "argMax"

                messageOf<ShapeException>(fun () -> Tensor.sumAlong 2 matrix |> ignore)
                |> tells [ "sum"; "axis 2"; "rank 2" ])

            testCase "order and running reductions" (fun () ->
                same [ 1.0; 3.0; 5.0; 2.0; 4.0; 6.0 ] (Tensor.sort 1 matrix) "sort"
                same [ 1.0; 6.0; 9.0; 4.0; 6.0; 12.0 ] (Tensor.cumSum 1 matrix) "cumSum"
                let values, indices = Tensor.topK 1 matrix
                same [ 5.0; 6.0 ] values "topK"
                Expect.sequenceEqual (Tensor.toArray indices) [ 1; 2 ] "its indices")

            testCase "shapes" (fun () ->
                Expect.equal (Tensor.reshape [ 3; -1 ] matrix).Shape [ 3; 2 ] "reshape"
                same [ 1.0; 4.0; 5.0; 2.0; 3.0; 6.0 ] (Tensor.transpose matrix) "transpose"
                Expect.equal (matrix |> Tensor.expandDims 0 |> Tensor.squeeze).Shape [ 2; 3 ] "expandDims, squeeze"
                Expect.equal (Tensor.broadcastTo [ 4; 2; 3 ] matrix).Shape [ 4; 2; 3 ] "broadcastTo")

            testCase "joining and splitting" (fun () ->
                let rows = Tensor.unstack 0 matrix
                same (List.ofArray (Tensor.toArray matrix)) (Tensor.stack 0 rows) "stack"
                same [ 1.0; 5.0; 3.0; 4.0; 2.0; 6.0 ] (Tensor.concat 0 rows) "concat"
                Expect.equal [ for part in Tensor.splitSizes 1 [ 1; 2 ] matrix -> part.Shape ] [ [ 2; 1 ]; [ 2; 2 ] ] "split"
                same [ 0.0; 1.0; 2.0; 9.0 ] (vector [ 1.0; 2.0 ] |> Tensor.pad [ 1, 0 ] 0.0 |> Tensor.pad [ 0, 1 ] 9.0) "pad"
                same [ 3.0; 1.0; 2.0 ] (vector [ 1.0; 2.0; 3.0 ] |> Tensor.roll 0 1) "roll")

            testCase "products" (fun () ->
                same [ 35.0; 32.0; 32.0; 56.0 ] (Tensor.matMul matrix (Tensor.transpose matrix)) "matMul"
                same [ 91.0 ] (Tensor.einsum "ij,ij->" [ matrix; matrix ]) "einsum"
                same [ 91.0 ] (Tensor.tensorDot [ 0, 0; 1, 1 ] matrix matrix) "tensorDot"

                messageOf<ShapeException>(fun () -> Tensor.matMul matrix matrix |> ignore)
                |> tells [ "matmul"; "f64[2, 3]" ])

            testCase "updates at indices, and their derivative" (fun () ->
                let counts =
                    Tensor.zeros [ 3 ]
                    |> Tensor.scatterAdd (Tensor.vector [ 0; 2; 0 ]) (vector [ 1.0; 2.0; 3.0 ])

                same [ 4.0; 0.0; 2.0 ] counts "scatterAdd"
                same [ 4.0; 0.0; 2.0 ] (Tensor.segmentSum 3 (Tensor.vector [ 0; 2; 0 ]) (vector [ 1.0; 2.0; 3.0 ])) "segmentSum"
                same [ 0.0; 1.0; 0.0 ] (Tensor.oneHot 3 (Tensor.scalar 1)) "oneHot"
                let table = vector [ 1.0; 2.0; 3.0 ]

                let picked table =
                    Tensor.take (Tensor.vector [ 2; 2; 0 ]) table |> Tensor.square |> Tensor.sum

                same [ 2.0; 0.0; 12.0 ] (grad picked table) "gradient of take")

            testCase "convolution and pools" (fun () ->
                let image: Tensor<float> = Tensor.ofSeq [ 1; 1; 4; 4 ] (Seq.init 16 float)
                let filter = Tensor.ones [ 2; 1; 3; 3 ]
                Expect.equal (Tensor.conv2d Padding.Valid filter image).Shape [ 1; 2; 2; 2 ] "valid"
                Expect.equal (Tensor.conv2d Padding.Same filter image).Shape [ 1; 2; 4; 4 ] "same"

                let strided =
                    { Convolution.Plain with
                        Strides = [ 2; 2 ]
                        Padding = Padding.Both(1, 2)
                    }

                Expect.equal (Tensor.conv strided filter image).Shape [ 1; 2; 2; 2 ] "strided"
                same [ 45.0; 54.0; 81.0; 90.0 ] (Tensor.conv2d Padding.Valid (filter[0..0]) image) "values"
                same [ 5.0; 7.0; 13.0; 15.0 ] (Tensor.maxPool2d 2 image) "maxPool2d"
                same [ 2.5; 4.5; 10.5; 12.5 ] (Tensor.avgPool2d 2 image) "avgPool2d"

                messageOf<ShapeException>(fun () -> Tensor.conv2d Padding.Valid filter matrix |> ignore)
                |> tells [ "conv2d"; "f64[2, 3]" ])

            testCase "jacobian takes the mode with fewer directions, newtonRoot solves systems" (fun () ->
                let f (x: Tensor<float>) =
                    Tensor.stack 0 [ x[0] * x[1]; x[1] * x[2] ]

                let point = vector [ 1.0; 2.0; 3.0 ]
                close (numbers (jacfwd f point)) (numbers (jacobian f point)) "wide"
                close (numbers (jacrev f point)) (numbers (jacobian f point)) "both modes"

                let circle (r: Tensor<float>) =
                    newtonRoot (fun x -> Tensor.stack 0 [ x[0] * x[0] + x[1] * x[1] - r * r; x[0] - x[1] ]) (vector [ 1.0; 0.5 ])

                same [ sqrt 2.0; sqrt 2.0 ] (circle (number 2.0)) "root"
                same [ sqrt 0.5; sqrt 0.5 ] (diff circle (number 2.0)) "its derivative")

            testCase "random numbers come from keys" (fun () ->
                let draw (seed: int) : float[] =
                    Random.key seed |> Random.normal [ 1000 ] |> Tensor.toArray

                Expect.equal (draw 1) (draw 1) "repeatable"
                Expect.notEqual (draw 1) (draw 2) "by seed"
                Expect.floatClose { absolute = 0.1; relative = 0.0 } (Array.average (draw 3)) 0.0 "mean"
                let left, right = Random.key 1 |> Random.split
                Expect.notEqual (Tensor.toArray left) (Tensor.toArray right) "split"
                Expect.sequenceEqual (Random.key 5 |> Random.permutation 6 |> Tensor.toArray |> Array.sort) [ 0L .. 5L ] "permutation"
                Expect.all (Random.key 5 |> Random.integers 3 7 [ 100 ] |> Tensor.toArray) (fun n -> n >= 3 && n < 7) "integers"

                let dropped = vmap (fun key -> Random.bernoulli 0.5 [ 4 ] key) (Random.key 1 |> Random.splitMany 3)
                Expect.equal dropped.Shape [ 3; 4 ] "a key for each lane")
        ]

let private script =
    """
#r "Adjoint.Runtime.dll"
#r "Adjoint.dll"
open Adjoint
type Layer = { Weight: Tensor<float>; Bias: Tensor<float> };;
let x = Tensor.vector [ 1.0; 2.5 ];;
let layer = { Weight = Tensor.eye 2; Bias = x };;
let slope = grad (fun l -> Tensor.sum (Tensor.matMul x l.Weight * l.Bias)) layer;;
let wrong = x + Tensor.vector [ 1.0; 2.0; 3.0 ];;
#quit;;
"""

let private interactive =
    testCase "F# Interactive prints tensors, structures and errors" (fun () ->
        let info =
            ProcessStartInfo(
                "dotnet",
                [ "fsi"; "--nologo"; "--readline-"; $"--lib:{AppContext.BaseDirectory}" ],
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = Path.GetTempPath()
            )

        use job = Process.Start info
        let errors = job.StandardError.ReadToEndAsync()
        job.StandardInput.Write script
        job.StandardInput.Close()
        let printed = job.StandardOutput.ReadToEnd() + errors.Result
        job.WaitForExit()

        printed
        |> tells
            [
                "val x: Tensor<float> = f64[2] [1 2.5]"
                "{ Weight = f64[2, 2] [[1 0]; [0 1]]"
                "{ Weight = f64[2, 2] [[1 2.5]; [2.5 6.25]]"
                "Bias = f64[2] [1 2.5]"
                "ShapeException: add: shapes [2] and [3] do not broadcast"
            ])

[<Tests>]
let tests = testList "dsl functions" [ functions; interactive ]
