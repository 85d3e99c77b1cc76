/// Reductions, shaping, windows, activations and random numbers: named values and plain loops.
module Adjoint.LibraryTests.FrontFunctionTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Front

let private array (x: Expr) = x.ToArray<float>()
let private shape (x: Expr) = x.Shape.ToArray()
let private vector = Expr.Of [| 1.0; 2.0; 3.0 |]
let private matrix = Expr.Of(array2D [ [ 1.0; 2.0; 3.0 ]; [ 4.0; 5.0; 6.0 ] ])
let private grad (f: Expr -> Expr) (x: Expr) = array (Differential.Grad(f).Invoke x)

let private close (actual: Expr) (expected: float list) message =
    Expect.equal actual.Size expected.Length $"{message}: size"
    List.iter2 (fun a e -> Expect.floatClose Accuracy.high a e message) (List.ofArray (array actual)) expected

let private reductions =
    testList
        "reductions"
        [
            testCase "sums and what follows from them" (fun () ->
                close (matrix.Sum 0) [ 5.0; 7.0; 9.0 ] "sum"
                Expect.equal (shape (matrix.Mean(-1, true))) [| 2; 1 |] "kept"
                close (matrix.Mean -1) [ 2.0; 5.0 ] "mean"
                close (matrix.Variance([| 1 |], 1)) [ 1.0; 1.0 ] "variance"
                close (matrix.StandardDeviation()) [ sqrt (35.0 / 12.0) ] "deviation"
                close (matrix.Prod 1) [ 6.0; 120.0 ] "product"
                close (matrix.Norm [| 0 |]) [ sqrt 17.0; sqrt 29.0; sqrt 45.0 ] "norm")

            testCase "extremes and their places" (fun () ->
                close (matrix.Max 0) [ 4.0; 5.0; 6.0 ] "max"
                close (matrix.Min()) [ 1.0 ] "min"
                Expect.equal (matrix.ArgMax(1).ToArray<int64>()) [| 2L; 2L |] "argmax"
                Expect.equal (shape (matrix.ArgMin(0, true))) [| 1; 3 |] "argmin"
                Expect.equal (grad (fun x -> x.Max()) (Expr.Of [| 2.0; 2.0; 1.0 |])) [| 0.5; 0.5; 0.0 |] "ties split"
                let struct (values, places) = vector.TopK 2
                close values [ 3.0; 2.0 ] "topk"
                Expect.equal (places.ToArray<int>()) [| 2; 1 |] "places")

            testCase "softmax and logsumexp do not overflow" (fun () ->
                let large = Expr.Of [| 1000.0; 1000.0; Double.NegativeInfinity |]
                close (large.LogSumExp()) [ 1000.0 + log 2.0 ] "large"
                close (large.Softmax()) [ 0.5; 0.5; 0.0 ] "softmax"
                close ((vector + 1000.0).LogSoftmax().Exp().Sum()) [ 1.0 ] "logsoftmax"
                Expect.equal (array (Expr.Of([| Double.NegativeInfinity |]).LogSumExp())) [| Double.NegativeInfinity |] "nothing"
                let weights = array (vector.Softmax())
                Array.iter2 (fun a e -> Expect.floatClose Accuracy.high a e "gradient") (grad (fun x -> x.LogSumExp()) vector) weights)

            testCase "running reductions and order" (fun () ->
                close (matrix.CumSum 1) [ 1.0; 3.0; 6.0; 4.0; 9.0; 15.0 ] "cumsum"
                close (vector.CumProd(0, true)) [ 6.0; 6.0; 3.0 ] "cumprod"
                close (Expr.Of([| 3.0; 1.0; 2.0 |]).Sort()) [ 1.0; 2.0; 3.0 ] "sort"
                Expect.equal (Expr.Of([| 3.0; 1.0; 2.0 |]).ArgSort(-1, true).ToArray<int64>()) [| 0L; 2L; 1L |] "argsort")
        ]

let private shaping =
    testList
        "shaping"
        [
            testCase "joining and splitting" (fun () ->
                Expect.equal (shape (Tensors.Stack([| vector; vector |], -1))) [| 3; 2 |] "stack"
                close (Tensors.Concat([| vector; Expr.Of [| 4.0 |] |])) [ 1.0; 2.0; 3.0; 4.0 ] "concat"
                close (matrix.Split(3, 1)[1]) [ 2.0; 5.0 ] "split"
                close (matrix.Split([| 1; 2 |], 1)[1]) [ 2.0; 3.0; 5.0; 6.0 ] "uneven"
                close (vector.Pad([| struct (1, -1) |], 9.0)) [ 9.0; 1.0; 2.0 ] "pad")

            testCase "repeating and moving" (fun () ->
                close (vector.Tile 2) [ 1.0; 2.0; 3.0; 1.0; 2.0; 3.0 ] "tile"
                Expect.equal (shape (matrix.Tile(2, 1, 3))) [| 2; 2; 9 |] "tile with a new axis"
                close (vector.Roll 1) [ 3.0; 1.0; 2.0 ] "roll"
                close (vector.Roll -4) [ 2.0; 3.0; 1.0 ] "roll back"
                close (matrix.Flip 0) [ 4.0; 5.0; 6.0; 1.0; 2.0; 3.0 ] "flip"
                close (matrix.Transpose()) [ 1.0; 4.0; 2.0; 5.0; 3.0; 6.0 ] "transpose"
                Expect.equal (shape (matrix.ExpandDims(1).Squeeze())) [| 2; 3 |] "squeeze"
                Expect.equal (shape (matrix.Reshape(3, -1))) [| 3; 2 |] "reshape"
                Expect.equal (shape (Tensors.Zeros(DType.F64, 2, 3, 4).Flatten 1)) [| 2; 12 |] "flatten")

            testCase "making" (fun () ->
                close (Tensors.Arange(DType.F64, 1.0, 2.0, 0.25)) [ 1.0; 1.25; 1.5; 1.75 ] "arange"
                close (Tensors.Linspace(DType.F64, -1.0, 1.0, 5)) [ -1.0; -0.5; 0.0; 0.5; 1.0 ] "linspace"
                close (Tensors.Eye(DType.F64, 2, Nullable 3, 1)) [ 0.0; 1.0; 0.0; 0.0; 0.0; 1.0 ] "eye"
                close (matrix.Tril()) [ 1.0; 0.0; 0.0; 4.0; 5.0; 0.0 ] "tril"
                close (matrix.Triu 1) [ 0.0; 2.0; 3.0; 0.0; 0.0; 6.0 ] "triu"
                close (matrix.Diagonal()) [ 1.0; 5.0 ] "diagonal"
                close (vector.Outer(Expr.Of [| 1.0; 10.0 |])) [ 1.0; 10.0; 2.0; 20.0; 3.0; 30.0 ] "outer")

            testCase "powers are products where the exponent is whole" (fun () ->
                close (vector.Pow 3.0) [ 1.0; 8.0; 27.0 ] "cube"
                close (vector.Pow -0.5) [ 1.0; sqrt 0.5; sqrt (1.0 / 3.0) ] "inverse root"
                close (vector.Pow 2.5) [ 1.0; 2.0 ** 2.5; 3.0 ** 2.5 ] "any"
                Expect.equal (grad (fun x -> x.Pow(2.0).Sum()) (Expr.Of [| -3.0; 0.0 |])) [| -6.0; 0.0 |] "of negative numbers")
        ]

let private windows =
    testList
        "windows"
        [
            testCase "a convolution is the loop" (fun () ->
                let x =
                    Expr.Of(NDArray.Of<float>(Shape.Of(1, 1, 4, 4), ReadOnlySpan [| for i in 0..15 -> float (i * i % 7) |]))

                let f =
                    Expr.Of(NDArray.Of<float>(Shape.Of(1, 1, 2, 3), ReadOnlySpan [| 1.0; -1.0; 2.0; 0.5; 3.0; -2.0 |]))

                let image, filter = array x, array f

                let at i j =
                    if i < 0 || j < 0 || i > 3 || j > 3 then
                        0.0
                    else
                        image[4 * i + j]

                let loop rows columns stride low =
                    [
                        for i in 0 .. rows - 1 do
                            for j in 0 .. columns - 1 ->
                                List.sum
                                    [
                                        for a in 0..1 do
                                            for b in 0..2 -> at (stride * i + a - fst low) (stride * j + b - snd low) * filter[3 * a + b]
                                    ]
                    ]

                close (x.Conv f) (loop 3 2 1 (0, 0)) "valid"
                close (x.Conv(f, null, Padding.Same)) (loop 4 4 1 (0, 1)) "same"
                close (x.Conv(f, [| 2; 2 |], Padding.Of([| struct (1, 1); struct (0, 1) |]))) (loop 3 2 2 (1, 0)) "explicit")

            testCase "pools" (fun () ->
                let x = Tensors.Arange(DType.F64, 0.0, 16.0).Reshape(1, 1, 4, 4)
                close (x.MaxPool [| 2; 2 |]) [ 5.0; 7.0; 13.0; 15.0 ] "max"
                close (x.AvgPool [| 2; 2 |]) [ 2.5; 4.5; 10.5; 12.5 ] "mean"
                let padded = Padding.Of([| struct (1, 1) |])
                close (vector.AvgPool([| 3 |], [| 1 |], padded)) [ 1.5; 2.0; 2.5 ] "padding does not count"
                close (vector.AvgPool([| 3 |], [| 1 |], padded, true)) [ 1.0; 2.0; 5.0 / 3.0 ] "padding counts")
        ]

let private activations =
    testList
        "activations"
        [
            testCase "kinks and ends" (fun () ->
                let x = Expr.Of [| -1.0; 0.0; 2.0 |]
                Expect.equal (grad (fun x -> x.Relu().Sum()) x) [| 0.0; 0.0; 1.0 |] "relu"
                Expect.equal (grad (fun x -> x.LeakyRelu(0.1).Sum()) x) [| 0.1; 0.1; 1.0 |] "leaky relu"
                Expect.isTrue (Double.IsNaN(array(Expr.Of([| nan |]).Relu())[0])) "NaN stays"
                close (Expr.Of([| -1000.0; 0.0; 1000.0 |]).Softplus()) [ 0.0; log 2.0; 1000.0 ] "softplus"
                Expect.equal (grad (fun x -> x.Softplus().Sum()) (Expr.Of [| 0.0; 1000.0 |])) [| 0.5; 1.0 |] "its gradient"
                close (Expr.Of([| 0.0; 1.0 |]).Gelu()) [ 0.0; 0.8413447460685429 ] "gelu")
        ]

let private randomness =
    testList
        "random numbers"
        [
            testCase "keys and numbers are JAX's" (fun () ->
                let keys = Rng.SplitMany(Rng.Key 0L, 2)
                Expect.equal (keys.ToArray<uint32>()) [| 1797259609u; 2579123966u; 928981903u; 3453687069u |] "split"
                let normal = Rng.Normal(Rng.Key 42L, Shape.Scalar)
                Expect.floatClose Accuracy.medium (float (normal.Item<float32>())) -0.028304616 "normal")

            testCase "distributions have their moments" (fun () ->
                let key = Rng.Split(Rng.Key 7L, 5)
                let many = Shape.Of 20_000
                let mean (x: Expr) = x.Cast(DType.F64).Mean().Item<float>()

                let near expected x message =
                    Expect.isLessThan (abs (mean x - expected)) 0.03 message

                near 0.5 (Rng.Uniform(key[0], many, DType.F64)) "uniform"
                near 0.0 (Rng.Normal(key[1], many)) "normal"
                near 1.0 (Rng.Normal(key[1], many).Square()) "its variance"
                near 0.25 (Rng.Bernoulli(key[2], many, 0.25)) "bernoulli"
                let dice = Rng.Integers(key[3], many, 1L, 7L)
                near 3.5 dice "integers"
                Expect.equal (dice.Min().Item<int>(), dice.Max().Item<int>()) (1, 6) "range"
                let order = Rng.Permutation(key[4], 100).ToArray<int64>()
                Expect.equal (Array.sort order) [| 0L .. 99L |] "permutation"
                Expect.notEqual order [| 0L .. 99L |] "shuffled"
                let rare = Rng.Categorical(key[0], Expr.Of([| 0.0f; float32 (log 3.0) |]).BroadcastTo(20_000, 2))
                near 0.75 rare "categorical")

            testCase "keys batch" (fun () ->
                let keys = Rng.SplitMany(Rng.Key 3L, 4)
                let lanes = Differential.Vmap(fun (key: Expr) -> Rng.Uniform(key, Shape.Of 3)).Invoke keys
                let single = Rng.Uniform(keys[Slice.At 2], Shape.Of 3)
                Expect.equal (lanes[Slice.At 2].ToArray<float32>()) (single.ToArray<float32>()) "lane")
        ]

[<Tests>]
let tests = testList "front functions" [ reductions; shaping; windows; activations; randomness ]
