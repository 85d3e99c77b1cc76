/// Models in files, by the paths of their leaves.
module Adjoint.LibraryTests.StructureFileTests

open System.IO
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.FileChecks

type Layer =
    {
        Weight: Tensor<float32>
        Bias: Tensor<float32>
    }

type Model =
    {
        Name: string
        Layers: Layer list
        Table: Map<string, Tensor<int>>
        Extra: Tensor<bool> option
    }

let private layer rows columns start =
    {
        Weight = Tensor.ofSeq [ rows; columns ] (Seq.init (rows * columns) (fun i -> start + float32 i))
        Bias = Tensor.zeros [ columns ]
    }

let private model =
    {
        Name = "small"
        Layers = [ layer 2 3 1.0f; layer 3 1 0.5f ]
        Table = Map [ "a b", Tensor.vector [ 1; 2 ]; "ä", Tensor.scalar 3 ]
        Extra = Some(Tensor.vector [ true; false ])
    }

let private blank = Structure.zerosLike { model with Name = "blank" }

let private sameLeaves (expected: 'P) (actual: 'P) =
    (Structure.leaves expected, Structure.leaves actual)
    ||> List.iter2 (fun x y -> sameArray (x.Value()) (y.Value()) "leaf")

[<Tests>]
let tests =
    testList
        "files structures"
        [
            for ending in [ "npz"; "safetensors" ] do
                testCase $"a model comes back from .{ending}" (fun () ->
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, $"model.{ending}")
                        Files.save path model
                        let back = Files.load path blank
                        sameLeaves model back
                        Expect.equal back.Name "blank" "other data is the given one's"
                        Expect.containsAll (Files.names path) [ "Layers[1].Weight"; "Extra.Value" ] "paths"
                        let weight: Tensor<float32> = Files.loadNamed "Layers[1].Weight" path
                        sameArray (Tensor.toNDArray model.Layers[1].Weight) (Tensor.toNDArray weight) "one leaf"

                        Checks.refuses<DTypeException> [ "f32[3, 1]" ] (fun () ->
                            (Files.loadNamed "Layers[1].Weight" path: Tensor<float>) |> ignore)))

                testCase $"what doesn't fit is named, .{ending}" (fun () ->
                    inFolder (fun folder ->
                        let path = Path.Combine(folder, $"model.{ending}")
                        Files.save path model

                        broken
                            [
                                $"model.{ending}"
                                "Layers[1].Weight is f32[3, 1] in the file, f32[3, 2] in the structure"
                            ]
                            (fun () ->
                                Files.load
                                    path
                                    { blank with
                                        Layers = [ layer 2 3 0.0f; layer 3 2 0.0f ]
                                    })

                        broken [ "The file has no Layers[2].Weight, which is f32[1, 1] in the structure." ] (fun () ->
                            Files.load
                                path
                                { blank with
                                    Layers = blank.Layers @ [ layer 1 1 0.0f ]
                                })

                        broken [ "The file has Layers[1].Weight, which the structure has not." ] (fun () ->
                            Files.load
                                path
                                { blank with
                                    Layers = [ blank.Layers[0] ]
                                })

                        broken [ "And 1 more." ] (fun () ->
                            Files.load
                                path
                                { blank with
                                    Layers = []
                                    Table = Map.empty
                                })))

            testCase "a tensor alone, a tuple, and an empty structure" (fun () ->
                inFolder (fun folder ->
                    let path = Path.Combine(folder, "x.npz")
                    let x = Tensor.vector [ 1.0; nan ]
                    Files.save path x
                    Expect.equal (Files.names path) [ "value" ] "a name for the whole"
                    sameLeaves x (Files.load path (Tensor.zerosLike x))
                    Files.save path (x, 2.0 * x)
                    Expect.equal (Files.names path) [ "Item1"; "Item2" ] "paths"
                    sameLeaves (x, 2.0 * x) (Files.load path (x, x))
                    Files.save path ([]: Tensor<float> list)
                    Expect.isEmpty (Files.load path ([]: Tensor<float> list)) "nothing"
                    Files.saveNpy (Path.Combine(folder, "x.npy")) x
                    sameLeaves x (Files.loadNpy (Path.Combine(folder, "x.npy")))))

            testCase "a name that tells no format" (fun () ->
                broken [ "model.bin"; ".npz and .safetensors" ] (fun () -> Files.save "model.bin" model)
                broken [ "model"; ".npz and .safetensors" ] (fun () -> Files.load "model" model))
        ]
