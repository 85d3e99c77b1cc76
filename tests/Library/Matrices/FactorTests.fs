/// Factorizations put together again, what is made of them, and their derivatives.
module Adjoint.LibraryTests.Matrices.FactorTests

open System.Numerics
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Front
open Adjoint.LibraryTests.Checks

let private noise shape seed : Tensor<float> =
    Random.key seed |> Random.uniformIn -1.0 1.0 shape

let private swap (x: Tensor<float>) = Tensor.swapAxes -1 -2 x

/// Eigenvalues between about 1 and 3.
let private positive (n: int) =
    let a = noise [ n; n ] n
    2.0 * Tensor.eye n + (a + swap a) / (2.0 * float n)

let private symmetric (n: int) =
    let a = noise [ n; n ] n
    (a + swap a) / 2.0

let private size (x: Tensor<float>) = value (Tensor.max (Tensor.abs x))

/// Numbers of order 1, sums of n of them: 20 n eps leaves room for the constants of Higham 2002, theorems 9.3, 10.3 and 19.4.
let private allowed (n: int) = 20.0 * 2.2e-16 * float (n + 1)

let private agree n (expected: Tensor<float>) (actual: Tensor<float>) message =
    Expect.equal actual.Shape expected.Shape $"{message}: shape"
    Expect.isLessThanOrEqual (size (expected - actual)) (allowed n) message

/// Orders around those at which an algorithm or a library takes over.
let private orders = [ 1; 2; 3; 8; 9; 31; 33; 65; 130 ]

let private shapes = [ for n in orders -> n, n ] @ [ 5, 3; 3, 5; 70, 20; 20, 70; 1, 6; 6, 1 ]

let private put =
    testList
        "put together again"
        [
            for n in orders do
                testCase $"of order {n}" (fun () ->
                    let a = positive n
                    let l = Tensor.cholesky a
                    agree n a (Tensor.matMul l (swap l)) "l lᵀ"
                    agree n l (Tensor.tril 0 l) "zeros above the diagonal"
                    let w, v = Tensor.eigh (symmetric n)
                    agree n (symmetric n) (Tensor.matMul (v * w) (swap v)) "v w vᵀ"
                    agree n (Tensor.eye n) (Tensor.matMul (swap v) v) "orthonormal vectors"
                    let b = noise [ n; 3 ] 5
                    agree n b (Tensor.matMul a (Tensor.solve a b)) "solve"
                    agree n b (Tensor.matMul a (Tensor.choleskySolve l b)) "choleskySolve"
                    agree n (Tensor.eye n) (Tensor.matMul a (Tensor.inv a)) "inv"
                    near (allowed n) (value (snd (Tensor.slogDet a))) (value (Tensor.sum (Tensor.log (Tensor.eigValsH a)))) "slogDet")

            for m, n in shapes do
                testCase $"of {m} rows and {n} columns" (fun () ->
                    let a = noise [ m; n ] (m + n)
                    let k = min m n
                    let q, r = Tensor.qr a
                    agree (m + n) a (Tensor.matMul q r) "q r"
                    agree (m + n) (Tensor.eye k) (Tensor.matMul (swap q) q) "orthonormal q"
                    Expect.isTrue (value (Tensor.all (Tensor.diagonal r .>= Tensor.zeros [ k ]))) "the diagonal of r"
                    let u, s, vt = Tensor.svd a
                    agree (m + n) a (Tensor.matMul (u * s) vt) "u s vᵀ"
                    agree (m + n) (Tensor.eye k) (Tensor.matMul (swap u) u) "orthonormal u"
                    agree (m + n) (Tensor.eye k) (Tensor.matMul vt (swap vt)) "orthonormal v"
                    let factors, order = Tensor.lu a
                    let lower = Tensor.tril -1 factors[*, 0 .. k - 1] + Tensor.eyeOf m k 0
                    agree (m + n) (Tensor.take order a) (Tensor.matMul lower (Tensor.triu 0 factors[0 .. k - 1, *])) "l u")
        ]

let private derivatives =
    testList
        "derivatives"
        [
            testCase "the gradient of ln det is the inverse, transposed" (fun () ->
                for n in [ 1; 4; 20 ] do
                    let a = positive n + noise [ n; n ] 3 / (4.0 * float n)
                    agree (20 * n) (swap (Tensor.inv a)) (grad (Tensor.slogDet >> snd) a) $"order {n}"

                    let byFactor a =
                        2.0 * Tensor.sum (Tensor.log (Tensor.diagonal (Tensor.cholesky a)))

                    agree (20 * n) (Tensor.inv (positive n)) (grad byFactor (positive n)) $"by Cholesky, order {n}")

            testCase "the gradient of det is the adjugate, singular or not" (fun () ->
                let a = Tensor.matrix [ [ 1.0; 2.0; 3.0 ]; [ 4.0; 5.0; 6.0 ]; [ 7.0; 8.0; 9.0 ] ]
                holds rounding [ 3; 3 ] [ -3.0; 6.0; -3.0; 6.0; -12.0; 6.0; -3.0; 6.0; -3.0 ] (grad Tensor.det a) "cofactors"
                gradientAgrees 1e-9 Tensor.det (positive 5) "order 5")

            testCase "what does not depend on the choice of vectors, against differences" (fun () ->
                let squares x = Tensor.sum (Tensor.square x)
                gradientAgrees 1e-8 (Tensor.cholesky >> Tensor.sin >> squares) (positive 4) "cholesky"
                gradientAgrees 1e-8 (fun a -> let q, r = Tensor.qr a in Tensor.sum (Tensor.sin q) + squares r) (noise [ 5; 3 ] 2) "qr"
                gradientAgrees 1e-8 (fun a -> let q, r = Tensor.qr a in Tensor.sum (Tensor.sin q) + squares r) (noise [ 3; 5 ] 2) "wide qr"

                let square (a: Tensor<float>) =
                    let w, v = Tensor.eigh a
                    squares (Tensor.sin (Tensor.matMul (v * Tensor.exp w) (swap v)))

                gradientAgrees 1e-8 square (symmetric 4) "eigh"
                // The exponential function of a matrix with equal eigenvalues is as smooth as any.
                gradientAgrees 1e-8 square (Tensor.eye 3) "eigh, equal eigenvalues"

                let polar (a: Tensor<float>) =
                    let u, s, vt = Tensor.svd a
                    squares (Tensor.matMul (u * Tensor.sin s) vt)

                gradientAgrees 1e-8 polar (noise [ 4; 3 ] 6) "svd"
                gradientAgrees 1e-8 polar (noise [ 3; 4 ] 7) "wide svd"
                gradientAgrees 1e-8 (Tensor.pinv >> Tensor.sin >> squares) (noise [ 4; 3 ] 8) "pinv"
                gradientAgrees 1e-8 (fun a -> squares (Tensor.lstsq a (noise [ 5 ] 9))) (noise [ 5; 3 ] 10) "lstsq")

            testCase "second derivatives of the sum of logarithms of eigenvalues" (fun () ->
                let f (t: Tensor<float>) =
                    let a = positive 4 + t * symmetric 4 / 4.0
                    Tensor.sum (Tensor.log (Tensor.eigValsH a))

                let g (t: Tensor<float>) =
                    2.0
                    * Tensor.sum (Tensor.log (Tensor.diagonal (Tensor.cholesky (positive 4 + t * symmetric 4 / 4.0))))

                let at = Tensor.scalar 0.3
                near 1e-11 (value (diff (diff g) at)) (value (diff (diff f) at)) "by eigh and by cholesky")
        ]

let private edges =
    testList
        "edges"
        [
            testCase "what is not positive definite, or not finite, gives NaN" (fun () ->
                let a = Tensor.matrix [ [ 1.0; 2.0 ]; [ 2.0; 1.0 ] ]
                holds 0.0 [ 2; 2 ] [ nan; 0.0; nan; nan ] (Tensor.cholesky a) "cholesky"

                for n in [ 3; 40 ] do
                    let spoiled =
                        Tensor.eye<float> n
                        + Tensor.set [ Slice.At 1; Slice.At 0 ] (Tensor.scalar nan) (Tensor.zeros [ n; n ])

                    let every (x: Tensor<float>) =
                        Expect.isTrue (value (Tensor.all (Tensor.isNan x))) "NaN"

                    every (Tensor.qr spoiled |> fst)
                    every (Tensor.eigValsH spoiled)
                    every (Tensor.svdVals spoiled)
                    every (Tensor.lu spoiled |> fst))

            testCase "singular matrices" (fun () ->
                let a = Tensor.ones<float> [ 4; 4 ]
                near rounding 0.0 (value (Tensor.det a)) "det"
                let sign, logarithm = Tensor.slogDet a
                holds 0.0 [] [ 0.0 ] sign "sign"
                holds 0.0 [] [ -infinity ] logarithm "logarithm"
                Expect.equal (value (Tensor.matrixRank a)) 1L "rank"
                holds 1e-14 [ 4; 4 ] (Array.create 16 0.0625) (Tensor.pinv a) "pinv"
                let u, _, vt = Tensor.svd a
                agree 4 (Tensor.eye 4) (Tensor.matMul (swap u) u) "u is orthonormal all the same"
                agree 4 (Tensor.eye 4) (Tensor.matMul vt (swap vt)) "v is orthonormal all the same")

            testCase "nothing" (fun () ->
                let none = Tensor.zeros<float> [ 0; 0 ]
                Expect.equal (Tensor.cholesky none).Shape [ 0; 0 ] "cholesky"
                Expect.equal (Tensor.solve none (Tensor.zeros [ 0; 2 ])).Shape [ 0; 2 ] "solve"
                holds 0.0 [] [ 1.0 ] (Tensor.det none) "det"
                Expect.equal (Tensor.svdVals (Tensor.zeros<float> [ 0; 3 ])).Shape [ 0 ] "svd")

            testCase "batches are their matrices one by one" (fun () ->
                let a = Tensor.stack 0 [ for i in 1..5 -> positive 6 * float i ]
                let b = noise [ 6; 2 ] 3

                for i in 0..4 do
                    let same (f: Tensor<float> -> Tensor<float>) (all: Tensor<float>) = agree 30 (f a[i]) all[i] $"matrix {i}"

                    same Tensor.cholesky (Tensor.cholesky a)
                    same (fun a -> Tensor.solve a b) (Tensor.solve a b)
                    same Tensor.eigValsH (vmap Tensor.eigValsH a)
                    same Tensor.inv (Tensor.inv a))

            testCase "complex matrices" (fun () ->
                let part = noise [ 4; 4 ] 2

                let complex (x: Tensor<float>) (y: Tensor<float>) =
                    Tensor<Complex>(Tensors.Complex(x.Expr, y.Expr))

                let a = complex (2.0 * positive 4) ((part - swap part) / 4.0)
                let l = Tensor.cholesky a

                let far (x: Tensor<Complex>) (y: Tensor<Complex>) =
                    size (Tensor<float>(Tensors.Abs((x - y).Expr)))

                Expect.isLessThan (far a (Tensor.matMul l (Tensor.conjTranspose l))) 1e-14 "l lᴴ"
                let b = complex (noise [ 4; 2 ] 3) (noise [ 4; 2 ] 4)
                Expect.isLessThan (far b (Tensor.matMul a (Tensor.choleskySolve l b))) 1e-13 "choleskySolve"
                refuses<DTypeException> [ "svd"; "c128[4, 4]"; "real" ] (fun () -> Tensor.svd a |> ignore))

            testCase "16 bits are computed in f32" (fun () ->
                let a: Tensor<System.Half> = Tensor.cast (positive 5)
                let x = Tensor.solve a (Tensor.ones [ 5 ])
                let inWide: Tensor<float32> = Tensor.solve (Tensor.cast a) (Tensor.ones [ 5 ])
                let rounded: Tensor<System.Half> = Tensor.cast inWide
                Expect.equal (Tensor.toArray x) (Tensor.toArray rounded) "rounded once")

            testCase "what doesn't fit is refused" (fun () ->
                refuses<ShapeException> [ "cholesky"; "f64[2, 3]"; "square" ] (fun () ->
                    Tensor.cholesky (Tensor.ones<float> [ 2; 3 ]) |> ignore)

                refuses<ShapeException> [ "qr"; "f64[3]" ] (fun () -> Tensor.qr (Tensor.ones<float> [ 3 ]) |> ignore)
                refuses<DTypeException> [ "eigh"; "i32[2, 2]" ] (fun () -> Tensor.eigh (Tensor.eye<int> 2) |> ignore))
        ]

[<Tests>]
let tests = testList "matrices" [ put; derivatives; edges ]
