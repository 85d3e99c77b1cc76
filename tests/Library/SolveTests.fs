/// Systems of linear equations, and their derivatives.
module Adjoint.LibraryTests.SolveTests

open System.Numerics
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks

/// Of moderate condition: a random matrix with its diagonal raised by its size. Errors of elimination stay near n roundings.
let private matrix n =
    Random.normal<float> [ n; n ] (Random.key n) + float n * Tensor.eye n

/// Elimination on n = 12 loses a few digits of the 16.
let private tolerance = 1e-12

[<Tests>]
let tests =
    testList
        "linear systems"
        [
            testCase "a system that is worked out by hand, whose first pivot is 0" (fun () ->
                let a = Tensor.matrix [ [ 0.0; 2.0; 1.0 ]; [ 1.0; 1.0; 0.0 ]; [ 3.0; 0.0; 1.0 ] ]
                // 2y + z = 7, x + y = 3, 3x + z = 6 has the solution 1, 2, 3.
                holds rounding [ 3 ] [ 1.0; 2.0; 3.0 ] (Tensor.solve a (Tensor.vector [ 7.0; 3.0; 6.0 ])) "solution")

            testCase "a times the solution is the right-hand side, of vectors and of columns" (fun () ->
                let a = matrix 12

                for shape in [ [ 12 ]; [ 12; 5 ] ] do
                    let b = Random.normal<float> shape (Random.key 3)
                    let x = Tensor.solve a b
                    holds tolerance shape (Tensor.toArray b) (Tensor.matMul a x) "product")

            testCase "derivatives in the matrix and the right-hand side are those of differences" (fun () ->
                let b = Random.normal<float> [ 4 ] (Random.key 5)
                let loss x = Tensor.sum (Tensor.square x)
                gradientAgrees 1e-9 (fun a -> loss (Tensor.solve a b)) (matrix 4) "matrix"
                gradientAgrees 1e-9 (fun b -> loss (Tensor.solve (matrix 4) b)) b "right-hand side")

            testCase "second derivatives of 1 / a" (fun () ->
                let f (a: Tensor<float>) =
                    Tensor.solve (Tensor.reshape [ 1; 1 ] a) (Tensor.ones [ 1 ]) |> Tensor.sum

                near rounding (2.0 / 27.0) (value (diff (diff f) (Tensor.scalar 3.0))) "2 / a³")

            testCase "many systems by vmap, and complex ones" (fun () ->
                let matrices = Tensor.stack 0 [ matrix 3; 2.0 * matrix 3 ]
                let b = Tensor.vector [ 1.0; 2.0; 3.0 ]
                let each = vmap (fun a -> Tensor.solve a b) matrices
                holds tolerance [ 3 ] (Tensor.toArray (2.0 * each[1])) each[0] "half of it"
                let i = Tensor.matrix [ [ Complex.ImaginaryOne ] ]
                let x = Tensor.solve i (Tensor.vector [ Complex.One ])
                Expect.equal (Tensor.toArray x) [| -Complex.ImaginaryOne |] "1 / i")

            testCase "a singular matrix has no finite solution" (fun () ->
                let x = Tensor.solve (Tensor.ones [ 2; 2 ]) (Tensor.vector [ 1.0; 2.0 ])
                Expect.isFalse (value (Tensor.all (Tensor.isFinite x))) "finite")

            testCase "what doesn't fit is refused" (fun () ->
                refuses<ShapeException> [ "solve"; "f64[2, 3]"; "square" ] (fun () ->
                    Tensor.solve (Tensor.ones<float> [ 2; 3 ]) (Tensor.ones [ 2 ]) |> ignore)

                refuses<ShapeException> [ "solve"; "f64[3]"; "2 rows" ] (fun () ->
                    Tensor.solve (Tensor.eye<float> 2) (Tensor.ones [ 3 ]) |> ignore)

                refuses<DTypeException> [ "solve"; "i32[2, 2]" ] (fun () -> Tensor.solve (Tensor.eye<int> 2) (Tensor.ones [ 2 ]) |> ignore))
        ]
