/// Attention and recurrent layers against loops over plain numbers.
module Adjoint.LibraryTests.Learn.SequenceTests

open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Learn.LayerTests

let private sums = 1e-12

let private rows (x: Tensor<float>) =
    Tensor.toArray x |> Array.chunkBySize x.Shape[x.Rank - 1]

let private dot (x: float[]) (y: float[]) =
    Array.fold2 (fun sum a b -> sum + a * b) 0.0 x y

/// Attention by its formula: seen says which key a query may look at.
let private mixed seen (q: float[][]) (k: float[][]) (v: float[][]) =
    q
    |> Array.mapi (fun t query ->
        let weights =
            k
            |> Array.mapi (fun s key ->
                if seen t s then
                    exp (dot query key / sqrt (float query.Length))
                else
                    0.0)

        let total = max (Array.sum weights) 1e-300

        v[0]
        |> Array.mapi (fun e _ -> Array.sum (Array.mapi (fun s w -> w / total * v[s][e]) weights)))
    |> Array.concat

let private q, private k, private v = draw 31 [ 4; 3 ], draw 32 [ 5; 3 ], draw 33 [ 5; 2 ]

let private attention =
    let byLoops seen = mixed seen (rows q) (rows k) (rows v)

    testList
        "attention"
        [
            testCase "softmax(q k' / √d) v" (fun () ->
                holds sums [ 4; 2 ] (byLoops (fun _ _ -> true)) (Attention.scaled Mask.All q k v) "everywhere"
                // Four queries are the last of five places.
                holds sums [ 4; 2 ] (byLoops (fun t s -> s <= t + 1)) (Attention.scaled Mask.Causal q k v) "causal"

                let seen =
                    Tensor.ofSeq
                        [ 4; 5 ]
                        [
                            for t in 0..3 do
                                for s in 0..4 -> (t + s) % 3 = 0
                        ]

                holds sums [ 4; 2 ] (byLoops (fun t s -> (t + s) % 3 = 0)) (Attention.scaled (Mask.Where seen) q k v) "masked"
                let both = byLoops (fun t s -> (t + s) % 3 = 0 && s <= t + 1)
                holds sums [ 4; 2 ] both (Attention.scaled (Mask.CausalWhere seen) q k v) "both")

            testCase "nothing of the future leaks, not even into derivatives" (fun () ->
                let x = draw 34 [ 5; 3 ]

                // What place t gives depends on places up to t alone: the derivative in later ones is 0 to the bit.
                let slopes = jacobian (fun x -> Attention.scaled Mask.Causal x x x) x
                Expect.equal slopes.Shape [ 5; 3; 5; 3 ] "shape"

                for t in 0..4 do
                    for s in 0..4 do
                        let part = Tensor.toArray slopes[t, *, s, *]

                        if s > t then
                            Expect.all part ((=) 0.0) $"{t} from {s}"

                        if s <= t && t > 0 then
                            Expect.exists part ((<>) 0.0) $"{t} from {s}"

                // A later place that is infinite or NaN changes nothing either.
                let poisoned = x |> Tensor.set [ Front.Slice.At 4 ] (Tensor.full [ 3 ] nan)
                let y, y' = Attention.scaled Mask.Causal x x x, Attention.scaled Mask.Causal poisoned poisoned x
                holds 0.0 [ 4; 3 ] (Tensor.toArray y[..3]) y'[..3] "poisoned keys")

            testCase "a place that may look nowhere gets zeros, and derivatives 0" (fun () ->
                let seen =
                    Tensor.ofSeq
                        [ 2; 5 ]
                        [
                            for t in 0..1 do
                                for _ in 0..4 -> t = 1
                        ]

                let run q =
                    Attention.scaled (Mask.Where seen) q k v

                holds 0.0 [ 2 ] [ 0.0; 0.0 ] (run q[..1]).[0] "zeros"
                let slope = grad (run >> Tensor.sum) q[..1]
                holds 0.0 [ 3 ] [ 0.0; 0.0; 0.0 ] slope[0] "derivative"
                Expect.all (Tensor.toArray slope) System.Double.IsFinite "finite")

            testCase "scores of any size" (fun () ->
                let large = 1e4 * q
                let y, slope = valueAndGrad (fun q -> Attention.scaled Mask.Causal q (1e4 * k) v |> Tensor.sum) large
                Expect.isTrue (System.Double.IsFinite(value y)) "value"
                Expect.all (Tensor.toArray slope) System.Double.IsFinite "gradient")

            testCase "gradients" (fun () ->
                let seen =
                    Tensor.ofSeq
                        [ 4; 5 ]
                        [
                            for t in 0..3 do
                                for s in 0..4 -> (t + s) % 3 = 0
                        ]

                let loss q k v =
                    Attention.scaled (Mask.Where seen) q k v |> Tensor.sin |> Tensor.sum

                gradientAgrees 1e-8 (fun q -> loss q k v) q "query"
                gradientAgrees 1e-8 (fun k -> loss q k v) k "key"
                gradientAgrees 1e-8 (fun v -> loss q k v) v "value")

            testCase "several heads are attention side by side" (fun () ->
                let layer: Attention<float> = Random.key 35 |> Attention.init 6
                let x = draw 36 [ 2; 4; 6 ]

                let heads dense =
                    Dense.apply dense x |> Tensor.split -1 3

                let parts = List.zip3 (heads layer.Query) (heads layer.Key) (heads layer.Value)

                let side =
                    parts
                    |> List.map (fun (q, k, v) -> Attention.scaled Mask.Causal q k v)
                    |> Tensor.concat -1

                let expected = Dense.apply layer.Output side
                holds sums [ 2; 4; 6 ] (Tensor.toArray expected) (Attention.apply 3 Mask.Causal layer x) "causal"
                // A mask for each example is for all heads of it.
                let own = Tensor.ofSeq [ 2; 1; 4 ] [ true; true; false; false; true; true; true; false ]
                let padded = Attention.apply 3 (Mask.Where own) layer x
                let first = Attention.across 3 Mask.All layer x[0..0, ..1] x[0..0]
                holds sums [ 4; 6 ] (Tensor.toArray first) padded[0] "of two places")

            testCase "what doesn't fit is told with the layer's name" (fun () ->
                let layer: Attention<float> = Random.key 35 |> Attention.init 6

                refuses<ShapeException> [ "multi_head_attention"; "4 heads" ] (fun () ->
                    Attention.apply 4 Mask.All layer (draw 1 [ 2; 6 ]) |> ignore)

                refuses<ShapeException> [ "attention"; "f64[4, 3]"; "f64[5, 2]" ] (fun () -> Attention.scaled Mask.All q v v |> ignore))
        ]

let private sigmoid x = 1.0 / (1.0 + exp -x)

/// x W + b for a row x and a matrix given as rows.
let private times (x: float[]) (matrix: float[][]) (bias: float[]) =
    bias
    |> Array.mapi (fun j b -> b + Array.sum (Array.mapi (fun i a -> a * matrix[i][j]) x))

let private recurrent =
    // Sequences of 5 places for 2 examples of 3 numbers; 4 hidden ones.
    let xs = draw 41 [ 5; 2; 3 ]
    let h, c = draw 42 [ 2; 4 ], draw 43 [ 2; 4 ]
    let zeros n = Array.zeroCreate<float> n

    /// The states of one example by a rule on plain numbers, place by place.
    let along example (rule: 'S -> float[] -> 'S) (start: 'S) =
        List.scan rule start [ for t in 0..4 -> Tensor.toArray (xs[t, example]) ]
        |> List.tail

    let checkAll (states: Tensor<float>) example (expected: float[] list) =
        expected
        |> List.iteri (fun t h -> holds sums [ 4 ] h states[t, example] $"place {t} of example {example}")

    testList
        "recurrent"
        [
            testCase "plain" (fun () ->
                let layer =
                    {
                        Rnn.Input = draw 44 [ 3; 4 ]
                        State = draw 45 [ 4; 4 ]
                        Bias = draw 46 [ 4 ]
                    }

                let last, states = Rnn.apply layer h xs
                let input, state, bias = rows layer.Input, rows layer.State, Tensor.toArray layer.Bias

                let rule h x =
                    Array.map2 (+) (times x input bias) (times h state (zeros 4)) |> Array.map tanh

                for example in 0..1 do
                    checkAll states example (along example rule ((rows h)[example]))

                holds 0.0 [ 2; 4 ] (Tensor.toArray states[4]) last "last"
                holds sums [ 2; 4 ] (Tensor.toArray states[0]) (Rnn.cell layer h xs[0]) "cell")

            testCase "lstm, gates i, f, g, o" (fun () ->
                let layer =
                    {
                        Lstm.Input = draw 44 [ 3; 16 ]
                        State = draw 45 [ 4; 16 ]
                        Bias = draw 46 [ 16 ]
                    }

                let (lastH, lastC), states = Lstm.apply layer (h, c) xs
                let input, state, bias = rows layer.Input, rows layer.State, Tensor.toArray layer.Bias

                let rule (h, c) x =
                    let gates = Array.map2 (+) (times x input bias) (times h state (zeros 16))
                    let gate n i = gates[4 * n + i]

                    let c =
                        Array.init 4 (fun i -> sigmoid (gate 1 i) * Array.get c i + sigmoid (gate 0 i) * tanh (gate 2 i))

                    Array.init 4 (fun i -> sigmoid (gate 3 i) * tanh c[i]), c

                for example in 0..1 do
                    let expected = along example rule ((rows h)[example], (rows c)[example])
                    checkAll states example (List.map fst expected)
                    holds sums [ 4 ] (snd (List.last expected)) lastC[example] "memory"

                holds 0.0 [ 2; 4 ] (Tensor.toArray states[4]) lastH "last"
                let cellH, _ = Lstm.cell layer (h, c) xs[0]
                holds sums [ 2; 4 ] (Tensor.toArray states[0]) cellH "cell")

            testCase "gru, gates r, z, n" (fun () ->
                let layer =
                    {
                        Gru.Input = draw 44 [ 3; 12 ]
                        State = draw 45 [ 4; 12 ]
                        Bias = draw 46 [ 12 ]
                        StateBias = draw 47 [ 12 ]
                    }

                let last, states = Gru.apply layer h xs
                let input, state = rows layer.Input, rows layer.State

                let rule h x =
                    let own, held =
                        times x input (Tensor.toArray layer.Bias), times h state (Tensor.toArray layer.StateBias)

                    Array.init 4 (fun i ->
                        let reset, update = sigmoid (own[i] + held[i]), sigmoid (own[4 + i] + held[4 + i])
                        let candidate = tanh (own[8 + i] + reset * held[8 + i])
                        (1.0 - update) * candidate + update * Array.get h i)

                for example in 0..1 do
                    checkAll states example (along example rule ((rows h)[example]))

                holds 0.0 [ 2; 4 ] (Tensor.toArray states[4]) last "last"
                holds sums [ 2; 4 ] (Tensor.toArray states[0]) (Gru.cell layer h xs[0]) "cell")

            testCase "gradients through time" (fun () ->
                let lstm: Lstm<float> = Random.key 48 |> Lstm.init 3 4
                let gru: Gru<float> = Random.key 48 |> Gru.init 3 4
                let last (x: Tensor<float>) = Tensor.sum (Tensor.square x)
                gradientAgrees 1e-8 (fun xs -> Lstm.apply lstm (h, c) xs |> snd |> last) xs "lstm"

                gradientAgrees
                    1e-8
                    (fun state -> Lstm.apply { lstm with State = state } (h, c) xs |> snd |> last)
                    lstm.State
                    "lstm's state"

                gradientAgrees 1e-8 (fun state -> Gru.apply { gru with State = state } h xs |> fst |> last) gru.State "gru's state"
                gradientAgrees 1e-8 (fun h -> Gru.apply gru h xs |> fst |> last) h "gru's start")

            testCase "from the last place to the first" (fun () ->
                let layer: Gru<float> = Random.key 48 |> Gru.init 3 4

                let struct (back, _) =
                    Front.Nn.Gru(xs.Expr, h.Expr, layer.Input.Expr, layer.State.Expr, layer.Bias.Expr, layer.StateBias.Expr, true)

                let _, turned = Gru.apply layer h (Tensor.flip [ 0 ] xs)
                holds 0.0 [ 5; 2; 4 ] (Tensor.toArray (Tensor.flip [ 0 ] turned)) (Tensor.ofExpr back) "reverse")

            testCase "lanes, and no places at all" (fun () ->
                let layer: Lstm<float> = Random.key 48 |> Lstm.init 3 4

                let run xs =
                    Lstm.apply layer (Lstm.start 2 layer) xs |> snd

                let both = Tensor.stack 0 [ xs; -xs ]
                let expected = Tensor.stack 0 [ run xs; run -xs ]
                holds sums expected.Shape (Tensor.toArray expected) (vmap run both) "lanes"
                Expect.equal (run (Tensor.zeros [ 0; 2; 3 ])).Shape [ 0; 2; 4 ] "no places")

            testCase "what doesn't fit is told with the layer's name" (fun () ->
                let layer: Lstm<float> = Random.key 48 |> Lstm.init 3 4

                refuses<ShapeException> [ "lstm"; "f64[5, 2, 2]"; "4 hidden" ] (fun () ->
                    Lstm.apply layer (h, c) (draw 1 [ 5; 2; 2 ]) |> ignore))
        ]

[<Tests>]
let tests = testList "sequences" [ attention; recurrent ]
