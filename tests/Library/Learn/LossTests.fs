/// Losses and activation functions: formulas, kinks, and numbers at the ends of their dtype.
module Adjoint.LibraryTests.Learn.LossTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.Nn
open Adjoint.LibraryTests.Checks
open Adjoint.LibraryTests.Learn.LayerTests

let private sums = 1e-12
let private vector (items: float list) : Tensor<float> = Tensor.vector items

/// A loss of a prediction and a target, number by number, against its formula.
let private formula name (loss: Tensor<float> -> Tensor<float> -> Tensor<float>) (expected: float -> float -> float) targets =
    testCase name (fun () ->
        let predictions = [ -2.5; -0.3; 0.2; 0.9; 4.0 ]
        let targets: float list = targets
        holds sums [ 5 ] (List.map2 expected targets predictions) (loss (vector targets) (vector predictions)) name
        gradientAgrees 1e-9 (loss (vector targets) >> Tensor.sum) (vector predictions) name)

let private numbers =
    let some = [ -2.0; 0.5; 0.3; 3.5; 0.1 ]
    let between = [ 0.0; 1.0; 0.25; 1.0; 0.0 ]
    let signs = [ 1.0; -1.0; 1.0; -1.0; 1.0 ]
    let p x = 1.0 / (1.0 + exp -x)

    let binary t x =
        -t * log (p x) - (1.0 - t) * log (1.0 - p x)

    testList
        "number by number"
        [
            formula "squared" Loss.squared (fun t x -> (x - t) ** 2.0) some
            formula "absolute" Loss.absolute (fun t x -> abs (x - t)) some
            formula "huber" (Loss.huber 0.6) (fun t x -> let r = abs (x - t) in if r <= 0.6 then r * r / 2.0 else 0.6 * (r - 0.3)) some
            formula "smoothL1" (Loss.smoothL1 0.6) (fun t x -> let r = abs (x - t) in if r <= 0.6 then r * r / 1.2 else r - 0.3) some
            formula "logCosh" Loss.logCosh (fun t x -> log (cosh (x - t))) some
            formula "binaryCrossEntropy" Loss.binaryCrossEntropy binary between
            formula "focal" (Loss.focal 2.0) (fun t x -> binary t x * (t * (1.0 - p x) + (1.0 - t) * p x) ** 2.0) between
            formula "hinge" Loss.hinge (fun y x -> max 0.0 (1.0 - y * x)) signs
            formula "squaredHinge" Loss.squaredHinge (fun y x -> max 0.0 (1.0 - y * x) ** 2.0) signs
            formula
                "gaussian"
                (fun t m -> Loss.gaussian t (m, 0.5 * m))
                (fun t m -> 0.5 * (log (2.0 * Math.PI) + 0.5 * m + (t - m) ** 2.0 / exp (0.5 * m)))
                some
            formula "poisson" Loss.poisson (fun k x -> exp x - k * x + log ([ 1.0; 1.0; 2.0; 6.0 ][int k])) [ 0.0; 1.0; 2.0; 3.0; 1.0 ]

            formula
                "binary cross-entropy of probabilities"
                (fun t x -> Loss.binaryCrossEntropyOfProbabilities t (Tensor.sigmoid x))
                binary
                between

            testCase "alpha weighs yes against no" (fun () ->
                let logits, targets = vector [ 0.3; 0.3 ], vector [ 1.0; 0.0 ]
                let plain = Tensor.toArray (Loss.focal 1.5 targets logits)

                let weighed: Tensor<float> =
                    Tensor.ofExpr (Front.Loss.Focal(logits.Expr, targets.Expr, 1.5, Nullable 0.25))

                holds sums [ 2 ] [ 0.25 * plain[0]; 0.75 * plain[1] ] weighed "alpha")

            testCase "kinks" (fun () ->
                let slope loss =
                    grad (loss (vector [ 1.0 ]) >> Tensor.sum) (vector [ 1.0 ])

                holds 0.0 [ 1 ] [ 0.0 ] (slope Loss.absolute) "absolute where equal"
                holds 0.0 [ 1 ] [ 0.0 ] (slope Loss.hinge) "hinge at its corner"
                holds 0.0 [ 1 ] [ 0.0 ] (slope (Loss.huber 1.0)) "huber where equal")

            testCase "a column against a row is refused" (fun () ->
                refuses<ShapeException> [ "squared"; "f64[4, 1]"; "f64[4]"; "Squeeze" ] (fun () ->
                    Loss.squared (draw 1 [ 4 ]) (draw 2 [ 4; 1 ]) |> ignore)

                refuses<DomainException> [ "huber"; "delta" ] (fun () -> Loss.huber 0.0 (draw 1 [ 4 ]) (draw 2 [ 4 ]) |> ignore))
        ]

let private classes =
    let logits = draw 51 [ 4; 3 ]
    let labels = Tensor.vector [ 2; 0; 1; 2 ]
    let rows = Tensor.toArray logits |> Array.chunkBySize 3
    let p (row: float[]) i = exp row[i] / Array.sumBy exp row
    let nll = [ for row, label in Seq.zip rows [ 2; 0; 1; 2 ] -> -log(p row label) ]

    testList
        "classes"
        [
            testCase "cross-entropy of labels" (fun () ->
                holds sums [ 4 ] nll (Loss.crossEntropy labels logits) "labels"
                holds sums [ 4 ] nll (Loss.crossEntropy (Tensor.cast labels: Tensor<int64>) logits) "in i64"
                holds sums [ 4 ] nll (Loss.crossEntropyOf (Tensor.oneHot 3 labels) logits) "one-hot"
                holds sums [ 4 ] nll (Loss.crossEntropyOfProbabilities (Tensor.oneHot 3 labels) (Tensor.softmax -1 logits)) "probabilities"

                let along: Tensor<float> =
                    Tensor.ofExpr (Front.Loss.CrossEntropy((Tensor.transpose logits).Expr, labels.Expr, 0))

                holds sums [ 4 ] nll along "along axis 0"
                gradientAgrees 1e-9 (Loss.crossEntropy labels >> Tensor.mean) logits "gradient")

            testCase "its gradient is probability less truth" (fun () ->
                let slope = grad (Loss.crossEntropy labels >> Tensor.sum) logits
                let expected = Tensor.softmax -1 logits - Tensor.oneHot 3 labels
                holds sums [ 4; 3 ] (Tensor.toArray expected) slope "softmax - one-hot")

            testCase "smoothing" (fun () ->
                let mean = [ for row in rows -> List.average [ for i in 0..2 -> -log(p row i) ] ]
                let expected = List.map2 (fun a b -> 0.8 * a + 0.2 * b) nll mean
                holds sums [ 4 ] expected (Loss.smoothedCrossEntropy 0.2 labels logits) "smoothed"
                let spread = 0.8 * Tensor.oneHot 3 labels + 0.2 / 3.0
                holds sums [ 4 ] expected (Loss.crossEntropyOf spread logits) "as a distribution")

            testCase "divergence" (fun () ->
                let truth: Tensor<float> = Tensor.matrix [ [ 0.5; 0.5; 0.0 ]; [ 0.2; 0.3; 0.5 ] ]
                let logs = Tensor.logSoftmax -1 logits[..1]

                let expected =
                    [
                        for t, row in Seq.zip [ [ 0.5; 0.5; 0.0 ]; [ 0.2; 0.3; 0.5 ] ] rows ->
                            List.sum [ for i, t in List.indexed t -> if t = 0.0 then 0.0 else t * log (t / p row i) ]
                    ]

                holds sums [ 2 ] expected (Loss.kullbackLeibler truth logs) "t (ln t - ln p)"
                holds sums [ 2 ] [ 0.0; 0.0 ] (Loss.kullbackLeibler (Tensor.exp logs) logs) "of itself"
                gradientAgrees 1e-9 (Loss.kullbackLeibler truth >> Tensor.sum) logs "gradient"
                // Where t is 0, p may be 0 too.
                let never = Tensor.matrix [ [ log 0.5; log 0.5; -infinity ] ]
                holds sums [ 1 ] [ 0.0 ] (Loss.kullbackLeibler truth[..0] never) "0 ln 0"
                Expect.all (Tensor.toArray (grad (Loss.kullbackLeibler truth[..0] >> Tensor.sum) never)) Double.IsFinite "its gradient")

            testCase "labels that are no classes, and shapes that don't fit" (fun () ->
                refuses<DomainException> [ "3" ] (fun () ->
                    Loss.crossEntropy (Tensor.vector [ 0; 1; 2; 3 ]) logits
                    |> Tensor.toArray
                    |> ignore)

                refuses<DomainException> [ "-1" ] (fun () ->
                    Loss.crossEntropy (Tensor.vector [ 0; 1; 2; -1 ]) logits
                    |> Tensor.toArray
                    |> ignore)

                refuses<ShapeException> [ "cross_entropy"; "f64[4, 3]"; "i32[3]"; "[4]" ] (fun () ->
                    Loss.crossEntropy (Tensor.vector [ 0; 1; 2 ]) logits |> ignore)

                refuses<ShapeException> [ "cross_entropy"; "CrossEntropyOf" ] (fun () -> Loss.crossEntropy logits logits |> ignore))
        ]

let private vectors =
    testList
        "vectors"
        [
            testCase "cosine similarity" (fun () ->
                let x = Tensor.matrix [ [ 3.0; 4.0 ]; [ 1.0; 0.0 ]; [ 0.0; 0.0 ] ]
                let y = Tensor.matrix [ [ 4.0; 3.0 ]; [ 0.0; 2.0 ]; [ 1.0; 1.0 ] ]
                holds sums [ 3 ] [ 0.96; 0.0; 0.0 ] (Loss.cosineSimilarity x y) "cosines"
                Expect.all (Tensor.toArray (grad (fun x -> Tensor.sum (Loss.cosineSimilarity x y)) x)) Double.IsFinite "finite at zero"

                let loss =
                    Loss.cosineEmbedding
                        0.5
                        (vector [ 1.0; -1.0; -1.0 ])
                        (Tensor.stack 0 [ x[0]; x[0]; x[1] ], Tensor.stack 0 [ y[0]; y[0]; y[1] ])

                holds sums [ 3 ] [ 0.04; 0.46; 0.0 ] loss "embedding"
                gradientAgrees 1e-8 (fun x -> Tensor.sum (Loss.cosineSimilarity x y[..1])) x[..1] "gradient")

            testCase "triplets" (fun () ->
                let a = Tensor.matrix [ [ 0.0; 0.0 ]; [ 0.0; 0.0 ] ]
                let p = Tensor.matrix [ [ 3.0; 4.0 ]; [ 1.0; 0.0 ] ]
                let n = Tensor.matrix [ [ 0.0; 5.5 ]; [ 0.0; 9.0 ] ]
                holds sums [ 2 ] [ 0.5; 0.0 ] (Loss.triplet 1.0 (a, p, n)) "margins"
                let slope = grad (fun a -> Tensor.sum (Loss.triplet 1.0 (a, a, n))) a
                Expect.all (Tensor.toArray slope) Double.IsFinite "finite at distance 0")
        ]

/// The sum of activations, in either dtype.
let private activated (x: Tensor<'T>) =
    List.reduce
        (+)
        [
            for f in
                [
                    Tensor.gelu
                    Tensor.geluTanh
                    Tensor.silu
                    Tensor.mish
                    Tensor.selu
                    Tensor.softplus
                    Tensor.hardSwish
                    Tensor.celu 2.0
                ] -> f x
        ]

/// Values and derivatives stay numbers at logits of ±1e4, in both precisions.
let private extremes =
    let finite (f: Tensor<'T> -> Tensor<'T>) (items: Tensor<'T>) message =
        let y, slope = f items, grad (f >> Tensor.sum) items
        let numbers (x: Tensor<'T>) : float[] = Tensor.toArray (Tensor.cast x)
        Expect.all (numbers y) Double.IsFinite $"{message}: values"
        Expect.all (numbers slope) Double.IsFinite $"{message}: derivatives"

    let each name (wide: Tensor<float> -> Tensor<float>) (single: Tensor<float32> -> Tensor<float32>) =
        testCase name (fun () ->
            let items = [ -1e4; -100.0; -1.0; 0.0; 1.0; 100.0; 1e4 ]
            finite wide (vector items) "f64"
            finite single (Tensor.vector (List.map float32 items)) "f32")

    let yes x = Tensor.onesLike x
    let first = Tensor.scalar 0

    testList
        "extremes"
        [
            each "yes" (fun x -> Loss.binaryCrossEntropy (yes x) x) (fun x -> Loss.binaryCrossEntropy (yes x) x)
            each "no" (fun x -> Loss.binaryCrossEntropy (Tensor.zerosLike x) x) (fun x -> Loss.binaryCrossEntropy (Tensor.zerosLike x) x)
            each "focal" (fun x -> Loss.focal 2.0 (yes x) x) (fun x -> Loss.focal 2.0 (yes x) x)
            each "cross-entropy" (Loss.crossEntropy first) (Loss.crossEntropy first)
            each "cross-entropy of a distribution" (fun x -> Loss.crossEntropyOf (yes x / 7.0) x) (fun x ->
                Loss.crossEntropyOf (yes x / 7.0f) x)
            each "smoothed" (Loss.smoothedCrossEntropy 0.1 first) (Loss.smoothedCrossEntropy 0.1 first)
            each "logCosh" (fun x -> Loss.logCosh (yes x) x) (fun x -> Loss.logCosh (yes x) x)
            each "huber" (fun x -> Loss.huber 1.0 (yes x) x) (fun x -> Loss.huber 1.0 (yes x) x)
            each "activations" activated activated

            testCase "exact where one would lose digits" (fun () ->
                // ln(1 + e^-30) = 9.357622968840171e-14: the loss of a truth that is well known.
                near
                    1e-13
                    1.0
                    (value (Loss.binaryCrossEntropy (Tensor.scalar 1.0) (Tensor.scalar 30.0))
                     / 9.357622968840171e-14)
                    "yes"

                near
                    1e-13
                    1.0
                    (value (Loss.binaryCrossEntropy (Tensor.scalar 0.0) (Tensor.scalar -30.0))
                     / 9.357622968840171e-14)
                    "no"

                near rounding 2e4 (value (Loss.crossEntropy (Tensor.scalar 1) (vector [ 1e4; -1e4 ]))) "a class that is far off")
        ]

let private activations =
    let check name (f: Tensor<float> -> Tensor<float>) (expected: float -> float) =
        testCase name (fun () ->
            let points = [ -4.0; -1.3; -0.4; 0.6; 2.2; 7.0 ]
            holds sums [ 6 ] (List.map expected points) (f (vector points)) name
            gradientAgrees 1e-9 (f >> Tensor.sum) (vector points) name)

    let clip low high x = max low (min high x)

    let slope f =
        grad (f >> Tensor.sum) (vector [ -3.0; 0.0; 3.0; 6.0 ])

    testList
        "activations"
        [
            check "relu6" Tensor.relu6 (clip 0.0 6.0)
            check "elu" (Tensor.elu 1.5) (fun x -> if x > 0.0 then x else 1.5 * (exp x - 1.0))
            check "celu" (Tensor.celu 1.5) (fun x -> if x > 0.0 then x else 1.5 * (exp (x / 1.5) - 1.0))
            check "selu" Tensor.selu (fun x -> 1.0507009873554805 * (if x > 0.0 then x else 1.6732632423543772 * (exp x - 1.0)))
            check "softsign" Tensor.softsign (fun x -> x / (1.0 + abs x))
            check "geluTanh" Tensor.geluTanh (fun x -> 0.5 * x * (1.0 + tanh (sqrt (2.0 / Math.PI) * (x + 0.044715 * x ** 3.0))))
            check "silu" Tensor.silu (fun x -> x / (1.0 + exp -x))
            check "mish" Tensor.mish (fun x -> x * tanh (log (1.0 + exp x)))
            check "hardTanh" Tensor.hardTanh (clip -1.0 1.0)
            check "hardSigmoid" Tensor.hardSigmoid (fun x -> clip 0.0 6.0 (x + 3.0) / 6.0)
            check "hardSwish" Tensor.hardSwish (fun x -> x * clip 0.0 6.0 (x + 3.0) / 6.0)
            check "pRelu" (Tensor.pRelu (Tensor.scalar 0.3)) (fun x -> if x > 0.0 then x else 0.3 * x)

            testCase "glu" (fun () ->
                let x = vector [ 1.0; 2.0; 0.0; -1.0 ]
                holds sums [ 2 ] [ 0.5; 2.0 / (1.0 + exp 1.0) ] (Tensor.glu 0 x) "halves"
                refuses<ShapeException> [ "split"; "f64[3]" ] (fun () -> Tensor.glu 0 (vector [ 1.0; 2.0; 3.0 ]) |> ignore))

            testCase "kinks" (fun () ->
                holds 0.0 [ 4 ] [ 0.0; 0.0; 1.0; 0.0 ] (slope Tensor.relu6) "relu6"
                holds 1e-15 [ 4 ] [ exp -3.0; 1.0; 1.0; 1.0 ] (slope (Tensor.elu 1.0)) "elu"
                holds 1e-15 [ 4 ] [ 0.0; 1.0 / 6.0; 0.0; 0.0 ] (slope Tensor.hardSigmoid) "hardSigmoid")
        ]

[<Tests>]
let tests = testList "losses" [ numbers; classes; vectors; extremes; activations ]
