/// Attention over blocks of keys against its formula, written out in tensors with all scores at once.
module Adjoint.LibraryTests.Learn.AttentionTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Learn.LayerTests

/// Rows of a few hundred products of numbers near 1, weighted by numbers that add to 1.
let private sums = 1e-12

/// A row is seen by what mask and order leave of it.
let private seen (mask: Tensor<bool> option) causal queries keys =
    let past =
        Tensor.ofSeq
            [ queries; keys ]
            [
                for t in 0 .. queries - 1 do
                    for s in 0 .. keys - 1 -> not causal || s <= t + keys - queries
            ]

    match mask with
    | Some mask -> Tensor.where past mask (Tensor.full [] false)
    | None -> past

/// softmax(q k' / √d + bias) v with zero weights where nothing is seen.
let private biased (bias: Tensor<float>) shown (q: Tensor<float>) (k: Tensor<float>) (v: Tensor<float>) =
    let scores = Tensor.matMul q (Tensor.transpose k) / sqrt (float q.Shape[q.Rank - 1]) + bias
    let weights = Tensor.where shown (exp scores) (Tensor.full [] 0.0)
    let total = Tensor.matMul weights (Tensor.full [ k.Shape[k.Rank - 2]; 1 ] 1.0)
    Tensor.matMul weights v / Tensor.where (total .= 0.0) (Tensor.full [] 1.0) total

let private formula shown = biased (Tensor.full [] 0.0) shown

let private agrees tolerance (expected: Tensor<float>) actual message =
    holds tolerance expected.Shape (Tensor.toArray expected) actual message

/// Numbers whose scores stay small, so that the formula needs no shift.
let private operands lead queries keys width values =
    draw 51 (lead @ [ queries; width ]), draw 52 (lead @ [ keys; width ]), draw 53 (lead @ [ keys; values ])

let private bools seed shape : Tensor<bool> =
    (Random.key seed |> Random.uniform shape: Tensor<float>) .< 0.6

let private kind mask causal =
    match mask, causal with
    | None, false -> Mask.All
    | None, true -> Mask.Causal
    | Some shown, false -> Mask.Where shown
    | Some shown, true -> Mask.CausalWhere shown

/// Lengths beside blocks of 128 keys and panels of 16 or 32 queries, widths that are no multiple of a vector.
let private shapes =
    [
        [], 70, 90, 5, 3
        [ 2 ], 33, 257, 16, 24
        [ 2; 3 ], 96, 64, 8, 40
        [], 16, 300, 1, 1
        [], 130, 129, 64, 32
    ]

let private loss attend (q: Tensor<float>, k: Tensor<float>, v: Tensor<float>) = attend q k v |> sin |> Tensor.sum

let private values =
    testList
        "values and gradients"
        [
            for lead, queries, keys, width, wide in shapes do
                for masked in [ ""; "row"; "all" ] do
                    for causal in [ false; true ] do
                        testCase $"{lead} {queries} by {keys}, {width} and {wide}, mask {masked}, causal {causal}" (fun () ->
                            let arguments = operands lead queries keys width wide
                            let q, k, v = arguments

                            let mask =
                                match masked with
                                | "" -> None
                                | "row" -> Some(bools 54 [ 1; keys ])
                                | _ -> Some(bools 55 (lead @ [ queries; keys ]))

                            let attend = Attention.scaled (kind mask causal)
                            let plainly = formula (seen mask causal queries keys)
                            agrees sums (plainly q k v) (attend q k v) "values"
                            let dq, dk, dv = grad (loss attend) arguments
                            let dq', dk', dv' = grad (loss plainly) arguments
                            agrees (100.0 * sums) dq' dq "queries"
                            agrees (100.0 * sums) dk' dk "keys"
                            agrees (100.0 * sums) dv' dv "values")
        ]

/// Numbers that are added to the scores: for each, along the keys, along the queries, or one.
let private biases =
    let arguments = operands [ 2 ] 40 150 5 3
    let q, k, v = arguments
    let mask = bools 55 [ 40; 150 ]

    testList
        "added to the scores"
        [
            for shape in [ [ 2; 40; 150 ]; [ 40; 150 ]; [ 1; 150 ]; [ 40; 1 ]; [ 2; 1; 1 ] ] do
                for causal, masked in [ false, false; true, false; true, true ] do
                    testCase $"%A{shape}, causal {causal}, masked {masked}" (fun () ->
                        let bias = draw 58 shape
                        let given = if masked then Some mask else None

                        let attend bias =
                            Attention.biased (kind given causal) bias

                        let plainly bias = biased bias (seen given causal 40 150)
                        agrees sums (plainly bias q k v) (attend bias q k v) "values"
                        let dq, dk, dv = grad (loss (attend bias)) arguments
                        let dq', dk', dv' = grad (loss (plainly bias)) arguments
                        agrees (100.0 * sums) dq' dq "queries"
                        agrees (100.0 * sums) dk' dk "keys"
                        agrees (100.0 * sums) dv' dv "values"

                        let slope attend =
                            grad (fun bias -> loss (attend bias) arguments) bias

                        agrees (1e3 * sums) (slope plainly) (slope attend) "bias")

            testCase "minus infinity hides as a mask does" (fun () ->
                let hiding = Tensor.where mask (Tensor.full [ 40; 150 ] 0.0) (Tensor.full [] Double.NegativeInfinity)
                agrees sums (Attention.scaled (Mask.Where mask) q k v) (Attention.biased Mask.All hiding q k v) "values")

            testCase "heads have numbers of their own" (fun () ->
                let x, y = draw 61 [ 40; 6 ], draw 62 [ 90; 6 ]
                let bias = draw 63 [ 3; 40; 90 ]

                let whole: Tensor<float> =
                    Adjoint.Front.Nn.MultiHeadAttention(x.Expr, y.Expr, y.Expr, 3, bias = bias.Expr)
                    |> Tensor.ofExpr

                let apart =
                    [
                        for head in 0..2 ->
                            let columns = 2 * head

                            biased
                                bias[head]
                                (seen None false 40 90)
                                x[*, columns .. columns + 1]
                                y[*, columns .. columns + 1]
                                y[*, columns .. columns + 1]
                    ]

                agrees sums (Tensor.concat 1 apart) whole "three heads")
        ]

let private derivatives =
    let q, k, v = operands [] 20 230 4 3
    let shown = seen None true 20 230

    testList
        "further derivatives"
        [
            testCase "forward mode" (fun () ->
                let dx = operands [] 20 230 4 3

                let along attend =
                    jvp (fun (q, k, v) -> attend q k v) (q, k, v) dx |> snd

                agrees (100.0 * sums) (along (formula shown)) (along (Attention.scaled Mask.Causal)) "tangent")

            testCase "second order" (fun () ->
                let curved attend =
                    grad (fun q -> loss (fun q k v -> grad (fun q -> loss attend (q, k, v)) q) (q, k, v)) q

                agrees (1e4 * sums) (curved (formula shown)) (curved (Attention.scaled Mask.Causal)) "gradient of a gradient")

            testCase "one by one and together" (fun () ->
                let several = draw 56 [ 3; 20; 4 ]

                let slope q =
                    grad (fun q -> loss (Attention.scaled Mask.Causal) (q, k, v)) q

                let together = vmap slope several

                for i in 0..2 do
                    agrees sums (slope several[i]) together[i] $"example {i}")
        ]

let private edges =
    let attend = Attention.scaled

    testList
        "edges"
        [
            testCase "who sees nothing gets zeros, and derivatives 0" (fun () ->
                let q, k, v = operands [] 40 200 6 5
                let open' = Tensor.arange<int64> 40 .>= Tensor.full [] 33L |> Tensor.expandDims 1
                let y = attend (Mask.Where open') q k v
                holds 0.0 [ 33; 5 ] (Array.zeroCreate 165) y[..32] "zeros"
                let slope = grad (fun q -> loss (attend (Mask.Where open')) (q, k, v)) q
                holds 0.0 [ 33; 6 ] (Array.zeroCreate 198) slope[..32] "derivative"
                Expect.all (Tensor.toArray slope) Double.IsFinite "finite")

            testCase "hidden places change nothing, whatever stands in them" (fun () ->
                let q, k, v = operands [ 2 ] 40 200 6 5
                let lengths = Tensor.vector [ 150L; 7L ]
                let mask = Mask.ofLengths 200 lengths
                let poisoned = Tensor.where (Tensor.transpose mask) k (Tensor.full [] nan)
                let y = attend (Mask.Where mask) q k v
                agrees 0.0 y (attend (Mask.Where mask) q poisoned v) "poisoned keys"
                agrees sums (attend Mask.All q[1..1] k[1..1, ..6] v[1..1, ..6]) y[1..1] "the second has seven places")

            testCase "scores of any size" (fun () ->
                let q, k, v = operands [] 40 200 6 5
                let y, slope = valueAndGrad (fun q -> attend Mask.Causal q (1e4 * k) v |> Tensor.sum) (1e4 * q)
                Expect.isTrue (Double.IsFinite(value y)) "value"
                Expect.all (Tensor.toArray slope) Double.IsFinite "gradient")

            testCase "NaN and infinities stay in their rows" (fun () ->
                let q, k, v = operands [] 40 200 6 5
                let spoilt = q |> Tensor.set [ Front.Slice.At 3 ] (Tensor.full [ 6 ] nan)
                let y = attend Mask.All spoilt k v
                Expect.all (Tensor.toArray y[3]) Double.IsNaN "the row"
                agrees 0.0 (attend Mask.All q k v).[4..] y[4..] "the others"
                // A weight of 0 times an infinite value is NaN, as in a product.
                let far = v |> Tensor.set [ Front.Slice.At 199 ] (Tensor.full [ 5 ] infinity)
                Expect.all (Tensor.toArray (attend Mask.Causal q k far).[0]) Double.IsNaN "hidden, but infinite")

            testCase "scores of minus infinity alone give zeros, over blocks and not" (fun () ->
                for queries in [ 2; 40 ] do
                    let q = Tensor.full [ queries; 1 ] 1.0
                    let k = Tensor.full [ 200; 1 ] -infinity
                    holds 0.0 [ queries; 1 ] (Array.zeroCreate queries) (attend Mask.All q k (Tensor.full [ 200; 1 ] 1.0)) $"{queries}")

            testCase "no keys, no queries, one of each" (fun () ->
                let q, k, v = operands [] 40 0 6 5
                holds 0.0 [ 40; 5 ] (Array.zeroCreate 200) (attend Mask.All q k v) "no keys"
                let slope = grad (fun q -> loss (attend Mask.All) (q, k, v)) q
                holds 0.0 [ 40; 6 ] (Array.zeroCreate 240) slope "derivative"
                let q, k, v = operands [] 0 200 6 5
                holds 0.0 [ 0; 5 ] [] (attend Mask.All q k v) "no queries"
                let q, k, v = operands [] 1 1 6 5
                agrees sums v (attend Mask.All q k v) "one of each")
        ]

let private heads =
    testList
        "heads"
        [
            testCase "side by side, over blocks" (fun () ->
                let layer: Attention<float> = Random.key 57 |> Attention.init 12
                let x = draw 58 [ 2; 80; 12 ]

                let split dense =
                    Dense.apply dense x |> Tensor.split -1 3

                let side =
                    List.zip3 (split layer.Query) (split layer.Key) (split layer.Value)
                    |> List.map (fun (q, k, v) -> formula (seen None true 80 80) q k v)
                    |> Tensor.concat -1

                agrees sums (Dense.apply layer.Output side) (Attention.apply 3 Mask.Causal layer x) "three heads")

            testCase "fewer heads of keys serve neighbours" (fun () ->
                for places in [ 20; 80 ] do
                    let layer: Attention<float> = Random.key 59 |> Attention.initGrouped 12 6 2
                    let x = draw 60 [ 2; places; 12 ]
                    let queries = Dense.apply layer.Query x |> Tensor.split -1 6

                    let twice dense =
                        Dense.apply dense x |> Tensor.split -1 2 |> List.collect (List.replicate 3)

                    let side =
                        List.zip3 queries (twice layer.Key) (twice layer.Value)
                        |> List.map (fun (q, k, v) -> formula (seen None false places places) q k v)
                        |> Tensor.concat -1

                    agrees sums (Dense.apply layer.Output side) (Attention.apply 6 Mask.All layer x) $"{places} places"

                    Expect.throwsT<ArgumentException>
                        (fun () -> (Attention.initGrouped 12 6 4 (Random.key 1): Attention<float>) |> ignore)
                        "four heads don't divide six")

            testCase "bf16 is computed with in f32" (fun () ->
                let q, k, v = operands [] 40 200 6 5
                let stored (x: Tensor<float>) : Tensor<BFloat16> = Tensor.cast x
                let exact (x: Tensor<BFloat16>) : Tensor<float> = Tensor.cast x
                let q, k, v = stored q, stored k, stored v
                let y = Attention.scaled Mask.Causal q k v
                let expected = formula (seen None true 40 200) (exact q) (exact k) (exact v)
                // One rounding to 8 bits of numbers up to 4, beside errors of f32.
                agrees (4.0 / 256.0) expected (exact y) "values")
        ]

[<Tests>]
let tests = testList "attention over blocks" [ values; biases; derivatives; edges; heads ]
