/// Structures: what they may be made of, what belongs to them, and how they complain.
module Adjoint.LibraryTests.DslStructureTests

open System.Collections.Generic
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.DslModels

type Cyclic =
    {
        Value: Tensor<float>
        mutable Next: Cyclic option
    }

type Holder(weight: Tensor<float>) =
    member _.Weight = weight

type WithClass = { Inner: Holder }

type WithDictionary =
    {
        Weights: Dictionary<string, Tensor<float>>
    }

type WithObject = { Anything: obj }

[<Struct>]
type Point = { X: Tensor<float>; Y: Tensor<float> }

type Tree =
    | Leaf of Tensor<float>
    | Branch of left: Tree * right: Tree

let private x = number 1.0
let private y = number 2.0

let private shapes =
    testList
        "shapes of data"
        [
            testCase "leaves and their paths, in order" (fun () ->
                Expect.sequenceEqual
                    (Structure.paths model)
                    [
                        "Layers[0].Weight"
                        "Layers[0].Bias"
                        "Layers[1].Weight"
                        "Layers[1].Bias"
                        "Activation.factor"
                        "Gains[a]"
                        "Gains[b]"
                        "Extra.Value"
                        "Pair.Item1"
                        "Pair.Item2"
                        "Steps"
                        "Table[0]"
                        "Table[1]"
                    ]
                    "paths")

            testCase "map gives a structure of the same type, with other data unchanged" (fun () ->
                let doubled = model |> Structure.map (fun leaf -> leaf + leaf)
                Expect.equal doubled.Name "model" "text"
                Expect.isTrue (obj.ReferenceEquals(doubled.Apply, model.Apply)) "function"
                Expect.sequenceEqual (Tensor.toArray doubled.Steps) [ 2; 4; 6 ] "integers"
                close (numbers model |> List.map ((*) 2.0)) (numbers doubled) "numbers")

            testCase "tuples, struct records, anonymous records, recursive unions and bare tensors" (fun () ->
                let triple = Structure.map (fun leaf -> leaf * 3.0)
                let a, b = triple (x, [ y ])
                same [ 3.0 ] a "tuple"
                same [ 6.0 ] b.Head "list in tuple"
                same [ 6.0 ] (Structure.map (fun leaf -> leaf * 3.0) { X = x; Y = y }).Y "struct record"
                same [ 3.0 ] (Structure.map (fun leaf -> leaf * 3.0) {| A = x |}).A "anonymous record"
                same [ 3.0 ] (Structure.map (fun leaf -> leaf * 3.0) x) "tensor"
                let tree = Branch(Leaf x, Branch(Leaf y, Leaf x))
                Expect.sequenceEqual (Structure.paths tree) [ "left.Item"; "right.left.Item"; "right.right.Item" ] "tree"
                close [ 3.0; 6.0; 3.0 ] (numbers (Structure.map (fun leaf -> leaf * 3.0) tree)) "tree")

            testCase "no leaves at all" (fun () ->
                Expect.isEmpty (Structure.leaves (1, "text", [ 2.0 ])) "constants"
                Expect.isEmpty (Structure.leaves ()) "unit"
                Expect.isEmpty (Structure.leaves (None: Tensor<float> option)) "none"
                Expect.equal (Structure.map id (Some 3)) (Some 3) "constant option")

            testCase "map2, map3, fold, zerosLike, size" (fun () ->
                let sum = Structure.map2 (fun a b -> a + b) model model
                close (numbers model |> List.map ((*) 2.0)) (numbers sum) "map2"
                close (numbers model) (numbers (Structure.map3 (fun a b c -> a + b - c) model model model)) "map3"
                Expect.equal (Structure.fold (fun n _ -> n + 1) 0 model) 13 "fold"
                Expect.allEqual (numbers (Structure.zerosLike model)) 0.0 "zerosLike"
                Expect.equal (Structure.size model) 26 "size")
        ]

let private complaints =
    testList
        "complaints"
        [
            testCase "a structure that differs is told with the path and both sides" (fun () ->
                let mismatch a b =
                    messageOf<StructureException>(fun () -> Structure.map2 (fun p _ -> p) a b |> ignore)

                mismatch model { model with Activation = Tanh }
                |> tells [ "Activation"; "Scaled"; "Tanh" ]

                mismatch model { model with Layers = [ layer 1.0 ] }
                |> tells [ "Layers"; "2 elements"; "1 element " ]

                mismatch model { model with Gains = Map [ "a", x ] }
                |> tells [ "Gains"; "\"b\"" ]

                mismatch model { model with Extra = None } |> tells [ "Extra"; "Some"; "None" ])

            testCase "types through which tensors can't be reached" (fun () ->
                let complaint structure =
                    messageOf<StructureException>(fun () -> Structure.leaves structure |> ignore)

                complaint { Inner = Holder x } |> tells [ "Inner"; "Holder" ]

                complaint { Weights = Dictionary() }
                |> tells [ "Weights"; "Dictionary<string, Tensor<float>>" ]

                complaint { Anything = x } |> tells [ "Anything"; "obj" ]
                complaint (Seq.singleton x) |> tells [ "IEnumerable<Tensor<float>>" ])

            testCase "a cyclic structure is an error, not an endless walk" (fun () ->
                let first = { Value = x; Next = None }
                first.Next <- Some first

                messageOf<StructureException>(fun () -> Structure.leaves first |> ignore)
                |> tells [ "Next"; "cyclic" ])

            testCase "null where a part should be" (fun () ->
                let broken =
                    { layer 1.0 with
                        Bias = Unchecked.defaultof<_>
                    }

                messageOf<StructureException>(fun () -> Structure.leaves [ broken ] |> ignore)
                |> tells [ "[0].Bias"; "null" ])

            testCase "leaves that don't fit" (fun () ->
                let leaves = Structure.leaves (layer 1.0)

                messageOf<StructureException>(fun () -> Structure.withLeaves leaves.Tail (layer 1.0) |> ignore)
                |> tells [ "1"; "2" ]

                messageOf<DTypeException>(fun () ->
                    Structure.map (fun leaf -> Front.Tensors.Cast(leaf, DType.F32)) (layer 1.0)
                    |> ignore)
                |> tells [ "Tensor<float>"; "f32[2, 2]" ])
        ]

[<Tests>]
let tests = testList "dsl structures" [ shapes; complaints ]
