/// Choices element by element, and casts by name.
module Adjoint.LibraryTests.Arrays.ChoosingTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Arrays.Cases

let private vector (items: float list) : Tensor<float> = Tensor.vector items
let private ints (x: Tensor<int>) = List.ofArray (Tensor.toArray x)
let private bools (x: Tensor<bool>) = List.ofArray (Tensor.toArray x)

let private choices =
    testList
        "choices"
        [
            testCase "where with numbers" (fun () ->
                let x = vector [ -1.0; 2.0; nan ]
                holds 0.0 [ 3 ] [ 0.0; 2.0; 0.0 ] (x |> Tensor.keepWhere (x .> 0.0) 0.0) "keepWhere"
                holds 0.0 [ 3 ] [ -1.0; 2.0; 7.0 ] (x |> Tensor.fillWhere (Tensor.isNan x) 7.0) "fillWhere"
                holds 0.0 [ 3 ] [ 0.0; 2.0; nan ] (Tensor.atLeast 0.0 x) "atLeast"
                holds 0.0 [ 3 ] [ -1.0; 0.0; nan ] (Tensor.atMost 0.0 x) "atMost"
                holds 0.0 [ 3 ] [ 0.0; 1.0; 0.0 ] (Tensor.whereNumbers (x .> 0.0) 1.0 0.0) "whereNumbers"
                holds 0.0 [ 3 ] [ 0.0; 1.0; 0.0 ] (grad (fun x -> Tensor.sum (Tensor.keepWhere (x .> 0.0) 0.0 x)) x) "derivative")

            // NumPy's documentation of select: https://numpy.org/doc/stable/reference/generated/numpy.select.html
            testCase "select takes the first condition that holds" (fun () ->
                let x = Tensor.arange 6
                let result = Tensor.select [ x .< 3, -x; x .> 3, x * x ] 42
                Expect.equal (ints result) [ 0; -1; -2; 42; 16; 25 ] "NumPy's example"
                refuses<ShapeException> [ "select" ] (fun () -> Tensor.select ([]: (Tensor<bool> * Tensor<int>) list) 0 |> ignore))

            // https://numpy.org/doc/stable/reference/generated/numpy.choose.html
            testCase "choose" (fun () ->
                let rows = [ for r in 0..3 -> Tensor.vector [ for c in 0..3 -> 10 * r + c ] ]
                Expect.equal (ints (Tensor.choose rows (Tensor.vector [ 2; 3; 1; 0 ]))) [ 20; 31; 12; 3 ] "NumPy's example"
                Expect.equal (ints (Tensor.choose rows (Tensor.vector [ 2; 4; 1; 0 ]))) [ 20; 31; 12; 3 ] "clamped")

            testCase "casts by name" (fun () ->
                Expect.equal (Tensor.toArray (Tensor.toInt (vector [ 1.9; -1.9 ]))) [| 1; -1 |] "int"
                Expect.equal (Tensor.toArray (Tensor.toInt64 (Tensor.vector [ 3 ]))) [| 3L |] "int64"
                Expect.equal (Tensor.toArray (Tensor.toFloat (Tensor.vector [ 3 ]))) [| 3.0 |] "float"
                Expect.equal (Tensor.toArray (Tensor.toFloat32 (vector [ 0.5 ]))) [| 0.5f |] "float32"
                Expect.equal (bools (Tensor.toBool (Tensor.vector [ 0; 2 ]))) [ false; true ] "bool")
        ]

let cases =
    [
        case "keepWhere" -1.0 1.0 [ 4 ] (fun x -> x * x |> Tensor.keepWhere (x .> 0.0) 2.0)
        case "fillWhere" -1.0 1.0 [ 4 ] (fun x -> x * x |> Tensor.fillWhere (x .> 0.0) 2.0)
        case "select" -1.0 1.0 [ 4 ] (fun x -> Tensor.select [ x .< -0.5, x * x; x .> 0.5, sin x ] 1.0)
        case "choose" -1.0 1.0 [ 4 ] (fun x -> Tensor.choose [ x * x; sin x ] (Tensor.vector [ 1; 0; 1; 0 ]))
        case "atLeast" -1.0 1.0 [ 4 ] (fun x -> Tensor.atLeast 0.1 x * x)
    ]

[<Tests>]
let tests = testList "arrays: choices" [ choices; testList "laws" (List.map laws cases) ]
