/// Reductions, windows and orders by functions of one's own, and what is told by bits.
module Adjoint.LibraryTests.Core.FunctionTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Front
open Adjoint.LibraryTests.Checks

let private numbers (x: Expr) = x.ToArray<float>()

let private add (x: Expr) (y: Expr) = x + y

[<Tests>]
let tests =
    testList
        "functions of one's own"
        [
            testCase "reduce joins neighbours in order, and the start from the left"
            <| fun () ->
                // Composition of affine maps is associative, not commutative: (a, b) after (c, d).
                let a, b = [| 1.0; 2.0; 3.0; 4.0; 5.0 |], [| 0.5; -1.0; 2.0; 0.0; 1.0 |]

                let after (f: Expr[]) (g: Expr[]) = [| f[0] * g[0]; f[0] * g[1] + f[1] |]

                let joined = Tensors.Reduce([ Expr.Of a; Expr.Of b ], [ Expr.Scalar 2.0; Expr.Scalar 3.0 ], after)

                let fold = Array.zip a b |> Array.fold (fun (p, q) (r, s) -> p * r, p * s + q) (2.0, 3.0)

                Expect.equal (joined[0].Item<float>(), joined[1].Item<float>()) fold "the left fold, exact in small integers"

            testCase "reduce of nothing is the start"
            <| fun () ->
                let sum = Tensors.Zeros(DType.F64, 0, 3).Reduce(Expr.Scalar 7.0, add, [ 0 ])
                Expect.equal (numbers sum) [| 7.0; 7.0; 7.0 |] "three sums of nothing"

            testCase "reduce has the derivative of its function, in lanes too"
            <| fun () ->
                let product (x: Expr) (y: Expr) = x * y

                let f (x: Tensor<float>) =
                    let own = (x.Expr: Expr).Reduce(Expr.Scalar 1.0, product, [ 1 ])
                    Tensor<float>(own) |> Tensor.square |> Tensor.sum

                gradientAgrees 1e-8 f (Tensor.ofSeq [ 2; 3 ] [ 1.5; -0.5; 2.0; 0.3; 1.1; -2.0 ]) "product of rows"

            testCase "reduceWindow puts the start around and between"
            <| fun () ->
                let x = Expr.Of [| 1.0; 2.0; 3.0 |]

                let windows =
                    x.ReduceWindow(Expr.Scalar 10.0, add, [ 2 ], [ 1 ], Padding.Of(struct (1, 0)), [ 2 ], [ 2 ])

                // 10, 1, 10, 2, 10, 3 with windows of every other element, and the start once more for each.
                Expect.equal (numbers windows) [| 30.0; 13.0; 30.0; 15.0 |] "sums"

            testCase "sortByKeys decides by the second key where the first is equal"
            <| fun () ->
                let sorted =
                    Tensors.SortByKeys(
                        [
                            Expr.Of [| 2; 1; 2; 1 |]
                            Expr.Of [| 3.0; 5.0; 1.0; 4.0 |]
                            Expr.Of [| 0; 1; 2; 3 |]
                        ],
                        2
                    )

                Expect.equal (sorted[2].ToArray<int>()) [| 3; 1; 2; 0 |] "payload"

            testCase "sortBy is stable and takes any order"
            <| fun () ->
                let x = Expr.Of [| 3.0; -1.0; 1.0; -3.0; 2.0 |]
                let byMagnitude (a: Expr[]) (b: Expr[]) = a[0].Abs().Less(b[0].Abs())
                Expect.equal (numbers (Tensors.SortBy([ x ], byMagnitude)[0])) [| -1.0; 1.0; 2.0; 3.0; -3.0 |] "order"

            testCase "sortBy gives derivatives through its order"
            <| fun () ->
                let f (x: Tensor<float>) =
                    let sorted = Tensors.SortBy([ x.Expr ], (fun a b -> a[0].Greater b[0]))[0]
                    Tensor<float>(sorted * Expr.Of [| 1.0; 10.0; 100.0 |]) |> Tensor.sum

                Expect.equal (grad f (Tensor.ofSeq [ 3 ] [ 2.0; 3.0; 1.0 ]) |> Tensor.toArray) [| 10.0; 1.0; 100.0 |] "weights"

            testCase "nextAfter steps over zero and to infinity"
            <| fun () ->
                let x = Expr.Of [| 0.0; 1.0; 1.0; Double.MaxValue; -0.0; Double.NaN; Double.Epsilon |]
                let y = Expr.Of [| -1.0; 2.0; 1.0; infinity; 1.0; 0.0; -1.0 |]

                Expect.equal
                    (numbers (x.NextAfter y) |> Array.map string)
                    ([|
                        -Double.Epsilon
                        Math.BitIncrement 1.0
                        1.0
                        infinity
                        Double.Epsilon
                        nan
                        0.0
                     |]
                     |> Array.map string)
                    "neighbours"

            testCase "leadingZeros counts to the width of the dtype"
            <| fun () ->
                Expect.equal ((Expr.Of [| 0uy; 1uy; 255uy; 16uy |]).LeadingZeros().ToArray<byte>()) [| 8uy; 7uy; 0uy; 3uy |] "u8"
                Expect.equal ((Expr.Of [| -1L; 0L; 1L |]).LeadingZeros().ToArray<int64>()) [| 0L; 64L; 63L |] "i64"

            testCase "bitcast between widths keeps the bits, lowest first"
            <| fun () ->
                let x: Expr = Expr.Of [| 0x0807060504030201L |]
                Expect.equal (x.Bitcast(DType.U8).ToArray<byte>()) [| 1uy .. 8uy |] "bytes"
                Expect.equal (x.Bitcast(DType.U16).Bitcast(DType.I64).ToArray<int64>()) (x.ToArray<int64>()) "and back"
                let bits = (Expr.Of [| 5uy |]).Bitcast DType.Bool
                Expect.equal (bits.ToArray<bool>()) [| true; false; true; false; false; false; false; false |] "single bits"

            testCase "roundHalfAway takes halves away from zero, and no other number"
            <| fun () ->
                let x = Expr.Of [| 0.5; -0.5; 2.5; -1.4; Math.BitDecrement 0.5; 4503599627370497.0 |]
                Expect.equal (numbers (x.RoundHalfAway())) [| 1.0; -1.0; 3.0; -1.0; 0.0; 4503599627370497.0 |] "rounded"

            testCase "reducePrecision rounds to even, overflows, flushes, and lets the tangent pass"
            <| fun () ->
                let x = Expr.Of [| 1.0 + 0.00048828125; 70000.0; 1e-6; -1e-6; Double.NaN |]

                Expect.equal
                    (numbers (x.ReducePrecision(5, 10)) |> Array.map string)
                    ([| 1.0; infinity; 0.0; -0.0; nan |] |> Array.map string)
                    "as f16, without subnormals"

                let f (x: Tensor<float>) =
                    Tensor<float>(x.Expr.ReducePrecision(5, 2)) |> Tensor.sum

                Expect.equal (grad f (Tensor.ofSeq [ 1 ] [ 1.3 ]) |> Tensor.toArray) [| 1.0 |] "slope"

            testCase "topK counts NaN as the largest, and so its first is the maximum"
            <| fun () ->
                let x = Expr.Of [| 1.0; Double.NaN; infinity; Double.NaN |]
                let struct (values, indices) = x.TopK 3
                Expect.equal (indices.ToArray<int>()) [| 1; 3; 2 |] "indices"
                Expect.equal (values.ToArray<float>() |> Array.head |> string) (x.Max().Item<float>() |> string) "the maximum"

            testCase "a function of other types is refused"
            <| fun () ->
                refuses<ShapeException> [ "reduce: the function gives"; "f64[1]" ] (fun () ->
                    (Expr.Of [| 1.0; 2.0 |]).Reduce(Expr.Scalar 0.0, (fun x _ -> x.ExpandDims 0))
                    |> ignore)

            testCase "F#: reduce, windows and orders of typed tensors"
            <| fun () ->
                let x = Tensor.ofSeq [ 2; 3 ] [ 1.0; 5.0; 2.0; 4.0; 3.0; 6.0 ]
                let product a b : Tensor<float> = a * b
                holds 0.0 [ 2 ] [ 10.0; 72.0 ] (Tensor.reduceAlong 1 product (Tensor.scalar 1.0) x) "products of rows"
                holds 0.0 [] [ 720.0 ] (Tensor.reduce product (Tensor.scalar 1.0) x) "the product of all"

                holds
                    0.0
                    [ 2; 2 ]
                    [ 5.0; 10.0; 12.0; 18.0 ]
                    (Tensor.reduceWindow [ 1; 2 ] [ 1; 1 ] Padding.Valid product (Tensor.scalar 1.0) x)
                    "products of neighbours"

                let descending (a: Tensor<float>) (b: Tensor<float>) = a .> b
                holds 0.0 [ 2; 3 ] [ 5.0; 2.0; 1.0; 6.0; 4.0; 3.0 ] (Tensor.sortBy 1 descending x) "sorted"
                holds 0.0 [ 2; 1 ] [ 1.0; 3.0 ] (Tensor.minPool [ 3 ] [ 3 ] Padding.Valid x) "least of rows"

            testCase "minPool of integers reaches the least and the largest"
            <| fun () ->
                let x = Expr.Of [| 3L; System.Int64.MinValue; System.Int64.MaxValue; 7L |]
                Expect.equal (x.MinPool([ 2 ], [ 2 ]).ToArray<int64>()) [| System.Int64.MinValue; 7L |] "least of pairs"
        ]
