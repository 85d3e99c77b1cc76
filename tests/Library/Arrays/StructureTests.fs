/// Grids, diagonals and stacking against plain loops and NumPy's documentation.
module Adjoint.LibraryTests.Arrays.StructureTests

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

let private rows (x: Tensor<'T>) =
    [ for i in 0 .. x.Shape[0] - 1 -> List.ofArray (Tensor.toArray x[i]) ]

/// 1, 2, 3 ... in a shape.
let private counting (shape: int list) : Tensor<float> =
    Tensor.reshape shape (Tensor.arange (List.fold (*) 1 shape) + 1.0)

let private isMatrix (count: int * int) f (x: Tensor<float>) message =
    holds
        0.0
        [ fst count; snd count ]
        [
            for i in 0 .. fst count - 1 do
                for j in 0 .. snd count - 1 -> f i j
        ]
        x
        message

let private small low high = Gen.choose (low, high) |> Arb.fromGen

let private grids =
    testList
        "grids"
        [
            testCase "ranges" (fun () ->
                holds 1e-15 [ 4 ] [ 1.0; 1.5; 2.0; 2.5 ] (Tensor.arangeBy 1.0 3.0 0.5) "arangeBy"
                Expect.equal (ints (Tensor.arangeBy 5 -2 -3)) [ 5; 2; -1 ] "downwards"
                Expect.equal (ints (Tensor.arangeBy 5 5 1)) [] "empty"
                refuses<ShapeException> [ "arange"; "no end" ] (fun () -> Tensor.arangeBy 0.0 1.0 0.0 |> ignore)
                // https://numpy.org/doc/stable/reference/generated/numpy.linspace.html
                holds 1e-15 [ 5 ] [ 2.0; 2.2; 2.4; 2.6; 2.8 ] (Tensor.linspaceOpen 2.0 3.0 5) "linspace without the end"

                holds
                    1e-15
                    [ 2; 2 ]
                    [ 0.0; 1.0; 2.0; 5.0 ]
                    (Tensor.linspaceBetween (vector [ 0.0; 1.0 ]) (vector [ 2.0; 5.0 ]) 2)
                    "between tensors"

                holds 1e-14 [ 4 ] [ 100.0; 215.443469003188; 464.158883361278; 1000.0 ] (Tensor.logspace 2.0 3.0 4) "logspace"
                holds 1e-14 [ 4 ] [ 1.0; 10.0; 100.0; 1000.0 ] (Tensor.geomspace 1.0 1000.0 4) "geomspace"
                holds 1e-14 [ 3 ] [ -1.0; -8.0; -64.0 ] (Tensor.geomspace -1.0 -64.0 3) "of negative numbers"
                refuses<DomainException> [ "geomspace"; "sign" ] (fun () -> Tensor.geomspace<float> -1.0 1.0 3 |> ignore))

            testCase "matrices of a rule" (fun () ->
                isMatrix (3, 4) (fun i j -> if j = i + 1 then 1.0 else 0.0) (Tensor.eyeOf 3 4 1) "eye"
                isMatrix (3, 5) (fun i j -> if j <= i + 2 then 1.0 else 0.0) (Tensor.tri 3 5 2) "tri"
                isMatrix (2, 3) (fun i j -> if i = j then 1.0 else 0.0) (Tensor.identityLike (counting [ 2; 3 ])) "identityLike"
                isMatrix (3, 3) (fun i j -> Math.Pow(float (i + 1), float (2 - j))) (Tensor.vander 3 (counting [ 3 ])) "vander"
                Expect.equal (Tensor.vander 0 (counting [ 3 ])).Shape [ 3; 0 ] "vander of no columns"

                holds
                    0.0
                    [ 3; 3 ]
                    [ 1.0; 0.0; 0.0; 1.0; 2.0; 4.0; 1.0; 3.0; 9.0 ]
                    (Tensor.flip [ 1 ] (Tensor.vander 3 (vector [ 0.0; 2.0; 3.0 ])))
                    "increasing")

            testCase "meshgrid and indices" (fun () ->
                let x, y = vector [ 1.0; 2.0; 3.0 ], vector [ 5.0; 6.0 ]
                let parts = Tensor.meshgrid [ x; y ]
                isMatrix (3, 2) (fun i _ -> float (i + 1)) parts[0] "ij, first"
                isMatrix (3, 2) (fun _ j -> float (j + 5)) parts[1] "ij, second"
                let parts = Tensor.meshgridXY [ x; y ]
                isMatrix (2, 3) (fun _ j -> float (j + 1)) parts[0] "xy, first"
                isMatrix (2, 3) (fun i _ -> float (i + 5)) parts[1] "xy, second"
                Expect.equal [ for part in Tensor.meshgridXY [ x; y; x ] -> part.Shape ] [ [ 2; 3; 3 ]; [ 2; 3; 3 ]; [ 2; 3; 3 ] ] "three"
                Expect.equal (ints (Tensor.indices [ 2; 2 ])) [ 0; 0; 1; 1; 0; 1; 0; 1 ] "indices"
                let places = Tensor.vector [ 22; 41; 37 ]
                let found = Tensor.unravelIndex [ 7; 6 ] places
                let r, c = found[0], found[1]
                // https://numpy.org/doc/stable/reference/generated/numpy.unravel_index.html
                Expect.equal (ints r, ints c) ([ 3; 6; 6 ], [ 4; 5; 1 ]) "unravelIndex"
                Expect.equal (ints (Tensor.ravelIndex [ 7; 6 ] [ r; c ])) [ 22; 41; 37 ] "ravelIndex")
        ]

let private diagonals =
    testList
        "diagonals"
        [
            testProperty "a diagonal is read, written and made as loops do"
            <| Prop.forAll (small 0 4) (fun r ->
                Prop.forAll (small 0 4) (fun c ->
                    Prop.forAll (small -5 5) (fun offset ->
                        let x = counting [ r; c ]

                        let places =
                            [
                                for i in 0 .. r - 1 do
                                    for j in 0 .. c - 1 do
                                        if j - i = offset then
                                            i, j
                            ]

                        let number i j = float (i * c + j + 1)
                        holds 0.0 [ places.Length ] [ for i, j in places -> number i j ] (Tensor.diagonalAt offset x) "read"
                        let line = Tensor.arange places.Length * -1.0 - 1.0

                        let written i j =
                            match List.tryFindIndex ((=) (i, j)) places with
                            | Some k -> -(float k) - 1.0
                            | None -> number i j

                        isMatrix (r, c) written (Tensor.setDiagonalAt offset line x) "written"

                        let made i j =
                            if j - i = offset then float (min i j + 1) else 0.0

                        isMatrix (r + abs offset, r + abs offset) made (Tensor.diagAt offset (counting [ r ])) "made")))

            testCase "batches" (fun () ->
                let x = counting [ 2; 3; 3 ]
                holds 0.0 [ 2; 3 ] [ 1.0; 5.0; 9.0; 10.0; 14.0; 18.0 ] (Tensor.diagonal x) "diagonal"
                Expect.equal (Tensor.diagEmbed (counting [ 2; 3 ])).Shape [ 2; 3; 3 ] "diagEmbed"
                holds 0.0 [ 2; 3 ] [ 1.0 .. 6.0 ] (Tensor.diagonal (Tensor.diagEmbed (counting [ 2; 3 ]))) "there and back"
                holds 0.0 [ 2; 3 ] (Seq.replicate 6 7.0) (Tensor.diagonal (Tensor.fillDiagonal 7.0 x)) "fillDiagonal"
                refuses<ShapeException> [ "diag"; "f64[2, 3, 3]"; "DiagEmbed" ] (fun () -> Tensor.diag x |> ignore)
                refuses<ShapeException> [ "set_diagonal"; "f64[2]"; "3" ] (fun () -> Tensor.setDiagonal (vector [ 1.0; 2.0 ]) x |> ignore))

            testCase "NaN beside a diagonal stays there" (fun () ->
                let x = Tensor.matrix [ [ 1.0; nan ]; [ nan; 2.0 ] ]
                holds 0.0 [ 2 ] [ 1.0; 2.0 ] (Tensor.diagonal x) "value"
                holds 0.0 [ 2; 2 ] [ 1.0; 0.0; 0.0; 1.0 ] (grad (fun x -> Tensor.trace x) x) "derivative")

            testProperty "bands"
            <| Prop.forAll (small -1 3) (fun below ->
                Prop.forAll (small -1 3) (fun above ->
                    let kept i j =
                        (below < 0 || i - j <= below) && (above < 0 || j - i <= above)

                    isMatrix
                        (4, 3)
                        (fun i j -> if kept i j then float (3 * i + j + 1) else 0.0)
                        (Tensor.bandPart below above (counting [ 4; 3 ]))
                        "bandPart"))

            testCase "matrices of a vector" (fun () ->
                let column, row = vector [ 1.0; 2.0; 3.0 ], vector [ 9.0; 4.0; 5.0; 6.0 ]
                // https://docs.scipy.org/doc/scipy/reference/generated/scipy.linalg.toeplitz.html
                holds 0.0 [ 3; 4 ] [ 1.0; 4.0; 5.0; 6.0; 2.0; 1.0; 4.0; 5.0; 3.0; 2.0; 1.0; 4.0 ] (Tensor.toeplitz column row) "toeplitz"
                holds 0.0 [ 3; 4 ] [ 1.0; 2.0; 3.0; 4.0; 2.0; 3.0; 4.0; 5.0; 3.0; 4.0; 5.0; 6.0 ] (Tensor.hankel column row) "hankel"
                holds 0.0 [ 3; 3 ] [ 1.0; 3.0; 2.0; 2.0; 1.0; 3.0; 3.0; 2.0; 1.0 ] (Tensor.circulant column) "circulant"
                let blocks = Tensor.blockDiagonal [ counting [ 1; 2 ]; counting [ 2; 1 ]; Tensor.zeros [ 0; 1 ] ]
                holds 0.0 [ 3; 4 ] [ 1.0; 2.0; 0.0; 0.0; 0.0; 0.0; 1.0; 0.0; 0.0; 0.0; 2.0; 0.0 ] blocks "blockDiagonal"
                refuses<ShapeException> [ "toeplitz"; "f64[2, 2]" ] (fun () -> Tensor.toeplitz (counting [ 2; 2 ]) row |> ignore))
        ]

let private stacking =
    testList
        "stacking"
        [
            testCase "stacks by NumPy's names" (fun () ->
                let a, b = vector [ 1.0; 2.0 ], vector [ 3.0; 4.0 ]
                holds 0.0 [ 2; 2 ] [ 1.0; 2.0; 3.0; 4.0 ] (Tensor.vstack [ a; b ]) "vstack"
                holds 0.0 [ 4 ] [ 1.0; 2.0; 3.0; 4.0 ] (Tensor.hstack [ a; b ]) "hstack"
                holds 0.0 [ 1; 2; 2 ] [ 1.0; 3.0; 2.0; 4.0 ] (Tensor.dstack [ a; b ]) "dstack"
                holds 0.0 [ 2; 2 ] [ 1.0; 3.0; 2.0; 4.0 ] (Tensor.columnStack [ a; b ]) "columnStack"
                Expect.equal (Tensor.hstack [ counting [ 2; 1 ]; counting [ 2; 3 ] ]).Shape [ 2; 4 ] "matrices beside each other"
                Expect.equal (Tensor.dstack [ counting [ 2; 3 ]; counting [ 2; 3 ] ]).Shape [ 2; 3; 2 ] "matrices behind each other"
                refuses<ShapeException> [ "concat"; "no parts" ] (fun () -> Tensor.vstack ([]: Tensor<float> list) |> ignore))

            testProperty "uneven splits join to the whole"
            <| Prop.forAll (small 0 9) (fun n ->
                Prop.forAll (small 1 5) (fun parts ->
                    let pieces = Tensor.arraySplit 0 parts (counting [ n ])
                    let sizes = [ for piece in pieces -> piece.Size ]
                    Expect.equal (List.sortDescending sizes) sizes "the first are longer"
                    Expect.isTrue (List.max sizes - List.min sizes <= 1) "by one"
                    holds 0.0 [ n ] [ for i in 1..n -> float i ] (Tensor.concat 0 pieces) "whole"))

            testCase "splits at places" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.split.html
                let pieces = Tensor.splitAt 0 [ 3; 5; 6; 10 ] (Tensor.arange 8: Tensor<int>)
                Expect.equal [ for piece in pieces -> ints piece ] [ [ 0; 1; 2 ]; [ 3; 4 ]; [ 5 ]; [ 6; 7 ]; [] ] "NumPy's example")

            testCase "repeats" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.repeat.html
                let x = Tensor.matrix [ [ 1; 2 ]; [ 3; 4 ] ]
                Expect.equal (rows (Tensor.repeat 1 3 x)) [ [ 1; 1; 1; 2; 2; 2 ]; [ 3; 3; 3; 4; 4; 4 ] ] "a count"
                Expect.equal (rows (Tensor.repeatEach 0 [ 1; 2 ] x)) [ [ 1; 2 ]; [ 3; 4 ]; [ 3; 4 ] ] "counts"
                Expect.equal (Tensor.repeat -1 0 x).Shape [ 2; 0 ] "none"
                refuses<ShapeException> [ "repeat"; "[1]"; "i32[2, 2]" ] (fun () -> Tensor.repeatEach 0 [ 1 ] x |> ignore))

            testCase "rolls and turns" (fun () ->
                // https://numpy.org/doc/stable/reference/generated/numpy.roll.html
                let x: Tensor<int> = Tensor.reshape [ 2; 5 ] (Tensor.arange 10)
                Expect.equal (rows (Tensor.rollOver [ 1, 1; 0, 1 ] x)) [ [ 9; 5; 6; 7; 8 ]; [ 4; 0; 1; 2; 3 ] ] "roll"
                let m = Tensor.matrix [ [ 1; 2 ]; [ 3; 4 ] ]
                Expect.equal (rows (Tensor.rot90 1 m)) [ [ 2; 4 ]; [ 1; 3 ] ] "a turn"
                Expect.equal (rows (Tensor.rot90 2 m)) [ [ 4; 3 ]; [ 2; 1 ] ] "two"
                Expect.equal (rows (Tensor.rot90 -1 m)) (rows (Tensor.rot90 3 m)) "back"
                Expect.equal (rows (Tensor.rot90 4 m)) (rows m) "four")

            testCase "delete and insert" (fun () ->
                let x = counting [ 2; 3 ]
                holds 0.0 [ 2; 2 ] [ 1.0; 3.0; 4.0; 6.0 ] (Tensor.delete 1 [ -2 ] x) "delete"
                holds 0.0 [ 2; 4 ] [ 1.0; 9.0; 2.0; 3.0; 4.0; 9.0; 5.0; 6.0 ] (Tensor.insert 1 1 (Tensor.full [ 2; 1 ] 9.0) x) "insert"
                refuses<ShapeException> [ "delete"; "index 3"; "f64[2, 3]" ] (fun () -> Tensor.delete 1 [ 3 ] x |> ignore))
        ]

let cases =
    let smooth name shape f =
        case name -1.0 1.0 shape (fun x -> f (x * x + x))

    [
        smooth "linspaceBetween" [ 2; 2 ] (fun x -> Tensor.linspaceBetween x[0] x[1] 4)
        smooth "vander" [ 3 ] (Tensor.vander 4)
        smooth "meshgrid" [ 3 ] (fun x -> Tensor.meshgrid [ x; x ] |> List.head)
        smooth "diag of a vector" [ 3 ] (Tensor.diagAt 1)
        smooth "diag of a matrix" [ 3; 2 ] (Tensor.diagAt -1)
        smooth "diagEmbed" [ 2; 3 ] Tensor.diagEmbed
        smooth "setDiagonal" [ 3; 3 ] (fun x -> Tensor.setDiagonal (Tensor.square x[0]) x)
        smooth "fillDiagonal" [ 3; 3 ] (Tensor.fillDiagonal 2.0)
        smooth "bandPart" [ 4; 3 ] (Tensor.bandPart 1 0)
        smooth "blockDiagonal" [ 2; 2 ] (fun x -> Tensor.blockDiagonal [ x; Tensor.square x ])
        smooth "toeplitz" [ 2; 4 ] (fun x -> Tensor.toeplitz x[0] x[1])
        smooth "hankel" [ 2; 4 ] (fun x -> Tensor.hankel x[0] x[1])
        smooth "circulant" [ 4 ] Tensor.circulant
        smooth "vstack" [ 2; 3 ] (fun x -> Tensor.vstack [ x[0]; x[1] * x[0] ])
        smooth "dstack" [ 2; 3 ] (fun x -> Tensor.dstack [ x; x * x ])
        smooth "arraySplit" [ 5 ] (fun x -> Tensor.arraySplit 0 2 x |> List.item 1)
        smooth "repeat" [ 2; 3 ] (Tensor.repeat 1 2)
        smooth "repeatEach" [ 2; 3 ] (Tensor.repeatEach 1 [ 2; 0; 1 ])
        smooth "rollOver" [ 3; 2 ] (Tensor.rollOver [ 0, 1; 1, -1 ])
        smooth "rot90" [ 3; 2 ] (Tensor.rot90 1)
        smooth "delete" [ 3; 2 ] (Tensor.delete 0 [ 1 ])
        smooth "insert" [ 2; 2 ] (fun x -> Tensor.insert 0 1 (x[0..0] * x[1..1]) x)
    ]

[<Tests>]
let tests =
    testList "arrays: structure" [ grids; diagonals; stacking; testList "laws" (List.map laws cases) ]
