/// Products, einsum and its order against plain loops over labels.
module Adjoint.LibraryTests.Arrays.ProductTests

open System
open System.Numerics
open Expecto
open FsCheck
open FsCheck.FSharp
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)

/// An einsum as one loop over all labels: the sum over those that are not in the result.
let private loops (formula: string) (operands: Tensor<float> list) =
    let sides = formula.Split "->"
    let inputs = sides[0].Split ',' |> List.ofArray

    let extents =
        List.zip inputs operands
        |> List.collect (fun (labels, x) -> List.zip (List.ofSeq labels) x.Shape)
        |> Map.ofList

    let labels = Map.toList extents |> List.map fst
    let arrays = operands |> List.map (fun x -> x.Shape, Tensor.toArray x)
    let output = List.ofSeq sides[1]
    let shape = [ for label in output -> extents[label] ]
    let sums = Array.zeroCreate (List.fold (*) 1 shape)

    let rec visit place (left: char list) =
        match left with
        | label :: rest ->
            for i in 0 .. extents[label] - 1 do
                visit (Map.add label i place) rest
        | [] ->
            let offset (all: seq<char>) (shape: int list) =
                Seq.fold2 (fun total label extent -> total * extent + Map.find label place) 0 all shape

            let product =
                List.fold2 (fun product (input: string) (shape, items: float[]) -> product * items[offset input shape]) 1.0 inputs arrays

            let at = offset output shape
            sums[at] <- sums[at] + product

    visit Map.empty labels
    shape, sums

/// A formula without ellipsis, and operands for it: labels may repeat within an operand, stand in many, or in one alone.
let private formulas =
    gen {
        let! count = Gen.choose (1, 5)
        let! extents = Gen.arrayOfLength 5 (Gen.choose (1, 3))

        let! inputs =
            Gen.listOfLength
                count
                (Gen.choose (0, 3)
                 |> Gen.bind (fun rank -> Gen.listOfLength rank (Gen.choose (0, 4))))

        let used = inputs |> List.concat |> List.distinct
        let! kept = Gen.listOfLength used.Length (Gen.elements [ true; false ])
        let! shuffled = Gen.shuffle used
        let output = Seq.zip shuffled kept |> Seq.filter snd |> Seq.map fst |> List.ofSeq

        let name (labels: int list) =
            String(Array.ofList [ for label in labels -> char (int 'a' + label) ])

        let formula = String.Join(",", List.map name inputs) + "->" + name output
        return formula, [ for labels in inputs -> [ for label in labels -> extents[label] ] ]
    }

let private einsum =
    testList
        "einsum"
        [
            testProperty "the sum over labels, whatever the order"
            <| Prop.forAll (Arb.fromGen formulas) (fun (formula, shapes) ->
                let operands = shapes |> List.mapi (fun i shape -> drawn i -1.0 1.0 shape)
                let shape, expected = loops formula operands
                holds 1e-13 shape expected (Tensor.einsum formula operands) formula)

            testCase "ellipsis, implicit result, repeated and shared labels" (fun () ->
                let x, y = drawn 1 -1.0 1.0 [ 2; 3; 4 ], drawn 2 -1.0 1.0 [ 2; 4; 5 ]
                let product = Tensor.matMul x y
                holds 1e-14 product.Shape (Tensor.toArray product) (Tensor.einsum "...ij,...jk" [ x; y ]) "batched product"
                let m = drawn 3 -1.0 1.0 [ 3; 3 ]
                holds 1e-14 [] (Tensor.toArray (Tensor.trace m)) (Tensor.einsum "ii" [ m ]) "trace"
                holds 0.0 [ 3 ] (Tensor.toArray (Tensor.diagonal m)) (Tensor.einsum "ii->i" [ m ]) "diagonal"
                holds 0.0 [ 3; 3 ] (Tensor.toArray (Tensor.transpose m)) (Tensor.einsum "ba" [ m ]) "alphabetical"
                let v = vector [ 1.0; 2.0; 3.0 ]
                holds 1e-14 [ 3 ] [ 1.0; 8.0; 27.0 ] (Tensor.einsum "i,i,i->i" [ v; v; v ]) "one label in three operands"

                refuses<ShapeException> [ "einsum"; "'j'" ] (fun () ->
                    Tensor.einsum "ij,jk->ik" [ drawn 1 0.0 1.0 [ 2; 3 ]; drawn 1 0.0 1.0 [ 4; 5 ] ]
                    |> ignore))

            // https://numpy.org/doc/stable/reference/generated/numpy.einsum_path.html
            testCase "the order is the cheapest" (fun () ->
                let a, b, c = drawn 1 0.0 1.0 [ 2; 2 ], drawn 2 0.0 1.0 [ 2; 5 ], drawn 3 0.0 1.0 [ 5; 2 ]
                let path = Tensor.einsumPath "ij,jk,kl->il" [ a; b; c ]
                Expect.equal (List.ofSeq path.Steps) [ struct (1, 2); struct (0, 1) ] "NumPy's example: (1, 2), (0, 1)"
                Expect.equal path.NaiveCost 120.0 "120 in one loop"
                Expect.equal path.Cost 56.0 "56 in this order"
                let i, c = drawn 4 0.0 1.0 [ 10; 10; 10; 10 ], drawn 5 0.0 1.0 [ 10; 10 ]
                let path = Tensor.einsumPath "ea,fb,abcd,gc,hd->efgh" [ c; c; i; c; c ]
                Expect.equal path.NaiveCost 5e8 "naive, as NumPy says"
                Expect.equal path.Cost 8e5 "optimised, as NumPy says"
                Expect.equal path.LargestIntermediate 1e4 "largest, as NumPy says"
                Expect.stringContains (string path) "cost 800000" "in words")

            testCase "many operands: greedy finds the chain" (fun () ->
                let labels = [ for i in 0..12 -> $"{char (int 'a' + i)}{char (int 'b' + i)}" ]
                let matrices = [ for i in 0..12 -> drawn i -1.0 1.0 [ 3; 3 ] ]
                let path = Tensor.einsumPath (String.Join(",", labels) + "->an") matrices
                Expect.equal path.Cost (12.0 * 54.0) "twelve products of 3 by 3"
                let chain = List.reduce Tensor.matMul matrices
                holds 1e-13 [ 3; 3 ] (Tensor.toArray chain) (Tensor.einsum (String.Join(",", labels) + "->an") matrices) "their product")
        ]

let private products =
    testList
        "products"
        [
            testCase "inner, vdot, vecDot" (fun () ->
                let x: Tensor<float> = Tensor.reshape [ 2; 3 ] (Tensor.arange 6)
                holds 0.0 [ 2; 2 ] [ 5.0; 14.0; 14.0; 50.0 ] (Tensor.inner x x) "inner"
                holds 0.0 [ 2 ] [ 5.0; 50.0 ] (Tensor.vecDot 1 x x) "vecDot"
                // https://numpy.org/doc/stable/reference/generated/numpy.vdot.html
                let a, b =
                    Tensor.vector [ Complex(1, 2); Complex(3, 4) ], Tensor.vector [ Complex(5, 6); Complex(7, 8) ]

                Expect.equal (value (Tensor.vdot a b)) (Complex(70, -8)) "vdot"
                refuses<ShapeException> [ "vdot"; "f64[2, 3]"; "f64[2]" ] (fun () -> Tensor.vdot x (vector [ 1.0; 2.0 ]) |> ignore))

            testProperty "kron by loops"
            <| Prop.forAll (Gen.arrayOfLength 4 (Gen.choose (1, 3)) |> Arb.fromGen) (fun e ->
                let x, y = drawn 1 -1.0 1.0 [ e[0]; e[1] ], drawn 2 -1.0 1.0 [ e[2]; e[3] ]
                let a, b = Tensor.toArray2D x, Tensor.toArray2D y

                let expected =
                    [
                        for i in 0 .. e[0] * e[2] - 1 do
                            for j in 0 .. e[1] * e[3] - 1 -> a[i / e[2], j / e[3]] * b[i % e[2], j % e[3]]
                    ]

                holds 0.0 [ e[0] * e[2]; e[1] * e[3] ] expected (Tensor.kron x y) "kron")

            testCase "kron of other ranks" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.kron.html
                Expect.equal
                    (ints (Tensor.kron (Tensor.vector [ 1; 10; 100 ]) (Tensor.vector [ 5; 6; 7 ])))
                    [ 5; 6; 7; 50; 60; 70; 500; 600; 700 ]
                    "vectors"

                Expect.equal (Tensor.kron (drawn 1 0.0 1.0 [ 2 ]) (drawn 2 0.0 1.0 [ 3; 4 ])).Shape [ 3; 8 ] "a vector and a matrix")

            // https://numpy.org/doc/stable/reference/generated/numpy.cross.html
            testCase "cross" (fun () ->
                Expect.equal (ints (Tensor.cross (Tensor.vector [ 1; 2; 3 ]) (Tensor.vector [ 4; 5; 6 ]))) [ -3; 6; -3 ] "NumPy's example"
                Expect.equal (ints (Tensor.cross (Tensor.vector [ 1; 2 ]) (Tensor.vector [ 4; 5 ]))) [ -3 ] "of the plane"
                let rows = Tensor.matrix [ [ 1; 2; 3 ]; [ 4; 5; 6 ] ]
                Expect.equal (ints (Tensor.cross rows (Tensor.vector [ 4; 5; 6 ]))) [ -3; 6; -3; 0; 0; 0 ] "broadcast"

                refuses<ShapeException> [ "cross"; "i32[2]"; "i32[3]" ] (fun () ->
                    Tensor.cross (Tensor.vector [ 1; 2 ]) (Tensor.vector [ 1; 2; 3 ]) |> ignore))

            testCase "powers and chains of matrices" (fun () ->
                let i = Tensor.matrix [ [ 0; 1 ]; [ -1; 0 ] ]
                Expect.equal (ints (Tensor.matrixPower 3 i)) [ 0; -1; 1; 0 ] "third"
                Expect.equal (ints (Tensor.matrixPower 0 i)) [ 1; 0; 0; 1 ] "none"
                let x = drawn 1 -1.0 1.0 [ 2; 3; 3 ]
                let fifth = List.reduce Tensor.matMul (List.replicate 5 x)
                holds 1e-13 [ 2; 3; 3 ] (Tensor.toArray fifth) (Tensor.matrixPower 5 x) "batched"

                refuses<ShapeException> [ "matrix_power"; "f64[2, 3]" ] (fun () ->
                    Tensor.matrixPower 2 (drawn 1 0.0 1.0 [ 2; 3 ]) |> ignore)

                let parts =
                    [
                        drawn 1 -1.0 1.0 [ 4 ]
                        drawn 2 -1.0 1.0 [ 4; 2 ]
                        drawn 3 -1.0 1.0 [ 2; 5 ]
                        drawn 4 -1.0 1.0 [ 5 ]
                    ]

                holds 1e-14 [] (Tensor.toArray (List.reduce Tensor.matMul parts)) (Tensor.multiDot parts) "vectors at the ends"
                holds 1e-14 [ 4; 5 ] (Tensor.toArray (Tensor.matMul parts[1] parts[2])) (Tensor.multiDot parts[1..2]) "two"

                refuses<ShapeException> [ "multi_dot"; "operand 1"; "f64[4]" ] (fun () ->
                    Tensor.multiDot [ parts[0]; parts[0]; parts[0] ] |> ignore))
        ]

let cases =
    let smooth name shape f = case name -1.0 1.0 shape f

    [
        smooth "einsum of three" [ 3; 2; 2 ] (fun x -> Tensor.einsum "ij,jk,ik->k" [ x[0]; x[1]; x[2] ])
        smooth "einsum of a shared label" [ 3; 2; 2 ] (fun x -> Tensor.einsum "ii,ij,ij->i" [ x[0]; x[1]; x[2] ])
        smooth "inner" [ 2; 3 ] (fun x -> Tensor.inner x (x * x))
        smooth "vdot" [ 2; 3 ] (fun x -> Tensor.vdot x (x * x))
        smooth "vecDot" [ 2; 3 ] (fun x -> Tensor.vecDot 0 x (x * x))
        smooth "kron" [ 2; 3 ] (fun x -> Tensor.kron x (x * x))
        smooth "cross" [ 2; 3 ] (fun x -> Tensor.cross x[0] (x * x))
        smooth "matrixPower" [ 3; 3 ] (Tensor.matrixPower 3)
        smooth "multiDot" [ 2; 2; 2 ] (fun x -> Tensor.multiDot [ x[0]; x[1]; x[0] ])
    ]

[<Tests>]
let tests = testList "arrays: products" [ einsum; products; testList "laws" (List.map laws cases) ]
