/// Rows joined by segment, against plain loops.
module Adjoint.LibraryTests.Arrays.SegmentTests

open System
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)
let private few = Gen.listOf (Gen.choose (-3, 6)) |> Arb.fromGen

let private segments =
    testList
        "segments"
        [
            testProperty "joined by loops"
            <| Prop.forAll few (fun items ->
                let ids = items |> List.mapi (fun i v -> (abs v + i) % 5 - 1)
                let x = [ for v in items -> float v + 0.5 ]

                let rows k =
                    [
                        for id, v in List.zip ids x do
                            if id = k then
                                v
                    ]

                let each f = [ for k in 0..2 -> f (rows k) ]

                let orElse other f =
                    function
                    | [] -> other
                    | row -> f row

                let ids, x = Tensor.vector ids, vector x
                holds 1e-14 [ 3 ] (each List.sum) (Tensor.segmentSum 3 ids x) "sum"
                holds 0.0 [ 3 ] (each (orElse -infinity List.max)) (Tensor.segmentMax 3 ids x) "max"
                holds 0.0 [ 3 ] (each (orElse infinity List.min)) (Tensor.segmentMin 3 ids x) "min"
                holds 1e-14 [ 3 ] (each (List.fold (*) 1.0)) (Tensor.segmentProd 3 ids x) "prod"
                holds 1e-14 [ 3 ] (each (orElse nan List.average)) (Tensor.segmentMean 3 ids x) "mean")

            testCase "rows, integers, errors" (fun () ->
                let x: Tensor<float> = Tensor.reshape [ 3; 2 ] (Tensor.arange 6)
                let ids = Tensor.vector [ 1; 0; 1 ]
                holds 0.0 [ 2; 2 ] [ 2.0; 3.0; 4.0; 5.0 ] (Tensor.segmentMax 2 ids x) "rows"

                holds
                    1e-15
                    [ 3; 2 ]
                    [
                        1.0 / (1.0 + exp 4.0)
                        1.0 / (1.0 + exp 4.0)
                        1.0
                        1.0
                        1.0 / (1.0 + exp -4.0)
                        1.0 / (1.0 + exp -4.0)
                    ]
                    (Tensor.segmentSoftmax 2 ids x)
                    "softmax"

                Expect.equal (ints (Tensor.segmentMax 3 ids (Tensor.vector [ 5; 6; 7 ]))) [ 6; 7; Int32.MinValue ] "integers"

                Expect.equal
                    (ints (Tensor.scatterMul (Tensor.vector [ 0; 0; 7 ]) (Tensor.vector [ 2; 3; 4 ]) (Tensor.vector [ 5; 6 ])))
                    [ 30; 6 ]
                    "scatterMul"

                refuses<ShapeException> [ "segment_max"; "i32[3]"; "f64[2]" ] (fun () ->
                    Tensor.segmentMax 2 ids (vector [ 1.0; 2.0 ]) |> ignore))
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f
    let ids = Tensor.vector [ 1; 0; 1; 2; 0 ]

    [
        smooth "scatterMul" [ 5 ] (fun x -> Tensor.scatterMul ids (x * x) (x[..2]))
        smooth "segmentSum" [ 5; 2 ] (fun x -> Tensor.segmentSum 3 ids (x * x))
        smooth "segmentMax" [ 5; 2 ] (fun x -> Tensor.segmentMax 3 ids (x * x))
        smooth "segmentMin" [ 5; 2 ] (fun x -> Tensor.segmentMin 3 ids (x * x))
        smooth "segmentProd" [ 5; 2 ] (fun x -> Tensor.segmentProd 3 ids x)
        smooth "segmentMean" [ 5; 2 ] (fun x -> Tensor.segmentMean 3 ids (x * x))
        smooth "segmentSoftmax" [ 5; 2 ] (fun x -> Tensor.segmentSoftmax 3 ids x)
    ]

[<Tests>]
let tests = testList "arrays: segments" [ segments; testList "laws" (List.map laws cases) ]
