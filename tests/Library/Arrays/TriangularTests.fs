/// Triangular systems: what substitution gives, put back into the equations, and its derivatives.
module Adjoint.LibraryTests.Arrays.TriangularTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Front
open Adjoint.LibraryTests.Checks

/// Two matrices of order 4 whose diagonals keep away from zero, so that substitution loses a few digits at most.
let private matrices =
    let noise = Random.key 3 |> Random.uniformIn -1.0 1.0 [ 2; 4; 4 ]
    noise + 2.0 * Tensor.eye 4

let private right = Random.key 4 |> Random.uniformIn -1.0 1.0 [ 2; 4; 3 ]

let private swap (x: Tensor<float>) =
    Tensor<float>(Tensors.SwapAxes(x.Expr, -1, -2))

let private triangle lower (x: Tensor<float>) =
    if lower then Tensor.tril 0 x else Tensor.triu 0 x

let private everyForm =
    [
        for lower in [ true; false ] do
            for left in [ true; false ] do
                for transpose in [ true; false ] do
                    for unit in [ true; false ] do
                        testCase $"lower {lower}, left {left}, transpose {transpose}, unit {unit}" (fun () ->
                            let b = if left then right else swap right

                            let x =
                                Tensor<float>(Tensors.TriangularSolve(matrices.Expr, b.Expr, lower, left, transpose, unitDiagonal = unit))

                            let part = triangle lower matrices

                            let part =
                                if unit then
                                    Tensor<float>(Tensors.FillDiagonal(part.Expr, 1.0))
                                else
                                    part

                            let a = if transpose then swap part else part
                            let back = if left then Tensor.matMul a x else Tensor.matMul x a
                            holds rounding b.Shape (Tensor.toArray b) back "the equations")
    ]

[<Tests>]
let tests =
    testList
        "triangular"
        [
            testList "solutions" everyForm

            testCase "complex matrices, conjugated" (fun () ->
                let turned = Tensors.Complex(matrices.Expr, Tensors.Flip(matrices.Expr, [| 0 |]))
                let b = Tensors.Complex(right.Expr, Expr.Negate right.Expr)
                let x = Tensors.TriangularSolve(turned, b, transpose = true, conjugate = true)
                let back = Tensors.MatMul(Tensors.ConjTranspose(Tensors.Tril turned), x)
                let error = Tensors.Max(Tensors.Abs(Expr.Subtract(back, b)))
                Expect.isLessThan (error.Value().At(0).AsDouble) 1e-13 "the equations")

            testCase "what lies outside the triangle is not read" (fun () ->
                let spoiled = Tensor.tril 0 matrices + Tensor.triu 1 (Tensor.fullLike nan matrices)
                let solution = Tensor.triangularSolve true matrices right
                holds 0.0 [ 2; 4; 3 ] (Tensor.toArray solution) (Tensor.triangularSolve true spoiled right) "the solution")

            testCase "derivatives" (fun () ->
                let inMatrix a =
                    Tensor.triangularSolve true a right |> Tensor.square |> Tensor.sum

                let inRight b =
                    Tensor.triangularSolve false matrices b |> Tensor.square |> Tensor.sum

                // Solutions of size 10 and their fifth derivatives leave about 1e-9 to differences.
                gradientAgrees 1e-8 inMatrix matrices "matrix"
                gradientAgrees 1e-8 inRight right "right-hand side"
                let above = Tensor.triu 1 (grad inMatrix matrices)
                Expect.all (Tensor.toArray above) ((=) 0.0) "no gradient outside the triangle")

            testCase "nothing to solve" (fun () ->
                let x = Tensor.triangularSolve true (Tensor.zeros<float> [ 0; 0 ]) (Tensor.zeros [ 0; 2 ])
                Expect.equal x.Shape [ 0; 2 ] "no equations")

            testCase "what doesn't fit" (fun () ->
                refuses<ShapeException> [ "triangular_solve"; "f64[2, 4, 4]"; "f64[4]" ] (fun () ->
                    Tensor.triangularSolve true matrices (Tensor.zeros [ 4 ]) |> ignore)

                refuses<DTypeException> [ "triangular_solve"; "i32[2, 2]" ] (fun () ->
                    Tensor.triangularSolve true (Tensor.zeros<int> [ 2; 2 ]) (Tensor.zeros [ 2; 1 ])
                    |> ignore))
        ]
