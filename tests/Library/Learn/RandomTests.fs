/// Random numbers: JAX's bits, distributions, and that nothing but the key decides.
module Adjoint.LibraryTests.Learn.RandomTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks

/// How many numbers a distribution is judged by. Keys are fixed, so a test gives the same answer every time; the limits are those
/// that a right generator exceeds with probability 1e-4.
let private many = 20_000

/// The largest distance of the numbers' empirical distribution from a continuous one stays below √(ln(2 / 1e-4) / 2n) (Kolmogorov).
let private follows (cumulative: float -> float) (numbers: Tensor<float>) message =
    let sorted = Tensor.toArray numbers |> Array.sort
    let n = float sorted.Length

    let distance =
        sorted
        |> Array.mapi (fun i x ->
            let p = cumulative x
            max (float (i + 1) / n - p) (p - float i / n))
        |> Array.max

    Expect.isLessThan distance (sqrt (log (2.0 / 1e-4) / (2.0 * n))) message

/// Counts against probabilities: the sum of (count - expected)² / expected stays below its 1 - 1e-4 quantile, by the formula of
/// Wilson and Hilferty 1931 (3.719 is that quantile of the normal distribution).
let private counted (probabilities: float list) (drawn: seq<int>) message =
    let counts = Seq.countBy id drawn |> Map
    let total = counts |> Map.toSeq |> Seq.sumBy snd |> float
    Expect.all (Map.keys counts) (fun i -> i >= 0 && i < probabilities.Length) $"{message}: range"

    let statistic =
        probabilities
        |> List.mapi (fun i p ->
            let found = counts.TryFind i |> Option.defaultValue 0 |> float

            if p = 0.0 then
                Expect.equal found 0.0 $"{message}: never {i}"

            if p = 0.0 then
                0.0
            else
                (found - total * p) ** 2.0 / (total * p))
        |> List.sum

    let freedom = float ((probabilities |> List.filter (fun p -> p > 0.0) |> List.length) - 1)

    if freedom > 0.0 then
        let share = 2.0 / (9.0 * freedom)
        Expect.isLessThan statistic (freedom * (1.0 - share + 3.719 * sqrt share) ** 3.0) message

let private normalBelow (x: float) =
    0.5 * value (Tensor.erfc (Tensor.scalar (-x / sqrt 2.0)))

let private words key = Tensor.toArray key |> List.ofArray

let private published =
    testList
        "published values"
        [
            // Random123 (Salmon et al. 2011), kat_vectors: threefry2x32, 20 rounds, key and counter 0.
            testCase "the authors' vector" (fun () ->
                Expect.equal (words (Random.foldIn 0 (Random.key 0))) [ 0x6b200159u; 0x99ba4efeu ] "words")

            // docs.jax.dev, jax.random module and "Pseudorandom numbers" (2025). XLA's erfInv differs from ours in the last places
            // of f32: 1e-6 are 16 roundings.
            testCase "JAX's" (fun () ->
                let single (x: Tensor<float32>) = float (value x)
                let close expected actual = near 1e-6 expected actual
                close 0.947667 (Random.key 0 |> Random.uniform [] |> single) "uniform"
                close 0.00729382 (Random.key 0 |> Random.split |> snd |> Random.uniform [] |> single) "uniform of a subkey"
                let normal: Tensor<float32> = Random.key 42 |> Random.normal [ 3 ]

                [ -0.02830462; 0.46713185; 0.29570296 ]
                |> List.iteri (fun i x -> close x (single normal[i]) "normal")

                let subkeys = Random.key 42 |> Random.splitMany 3
                let each: Tensor<float32> = vmap (Random.normal []) subkeys

                [ 0.07592554; 0.60576403; 0.4323065 ]
                |> List.iteri (fun i x -> close x (single each[i]) "of subkeys")

                let rec draw key =
                    seq {
                        let next, sub = Random.split key in
                        yield single (Random.normal [] sub)
                        yield! draw next
                    }

                (draw (Random.key 42), [ 0.6057640314102173; -0.21089035272598267; -0.3948981463909149 ])
                ||> Seq.iter2 (fun drawn expected -> close expected drawn "draw"))

            testCase "a seed of 64 bits has both words" (fun () ->
                Expect.equal (Front.Rng.Key(0x1234_5678_9abc_def0L).ToArray<uint32>()) [| 0x12345678u; 0x9abcdef0u |] "key")
        ]

let private continuous =
    let check name (cumulative: float -> float) (draw: Tensor<uint32> -> Tensor<float>) =
        testCase name (fun () -> follows cumulative (draw (Random.key 17)) name)

    testList
        "continuous distributions"
        [
            check "uniform" id (Random.uniform [ many ])
            check "uniform between" (fun x -> (x + 3.0) / 5.0) (Random.uniformIn -3.0 2.0 [ many ])
            check "normal" normalBelow (Random.normal [ many ])
            check
                "truncated normal"
                (fun x -> (normalBelow x - normalBelow -0.5) / (normalBelow 3.0 - normalBelow -0.5))
                (Random.truncatedNormal -0.5 3.0 [ many ])
            check "gumbel" (fun x -> exp -(exp -x)) (Random.gumbel [ many ])
            check "exponential" (fun x -> 1.0 - exp -x) (Random.exponential [ many ])
            check "laplace" (fun x -> if x < 0.0 then 0.5 * exp x else 1.0 - 0.5 * exp -x) (Random.laplace [ many ])
            check "cauchy" (fun x -> 0.5 + atan x / Math.PI) (Random.cauchy [ many ])
            check "logistic" (fun x -> 1.0 / (1.0 + exp -x)) (Random.logistic [ many ])
            check "radius of a ball" (fun x -> x ** 3.0) (Random.ball 3 [ many ] >> Tensor.square >> Tensor.sumAlong -1 >> Tensor.sqrt)
            // Archimedes: one coordinate of a point on the sphere is spread evenly.
            check "coordinate of a sphere" (fun x -> (x + 1.0) / 2.0) (Random.sphere 3 [ many ] >> fun x -> x[*, 1])

            testCase "the test finds a wrong distribution" (fun () ->
                let skewed: Tensor<float> = Random.key 17 |> Random.uniform [ many ] |> fun u -> u ** 1.05
                Expect.throws (fun () -> follows id skewed "skewed") "skewed")

            testCase "every floating dtype, within its bounds" (fun () ->
                let halves: Tensor<Half> = Random.key 3 |> Random.uniform [ many ]
                Expect.all (Tensor.toArray halves) (fun u -> u >= Half.Zero && u < Half.One) "f16 below 1"
                follows id (Tensor.cast halves + 0.5 / 1024.0) "f16, in the middle of its 1024 steps"
                let singles: Tensor<float32> = Random.key 3 |> Random.truncatedNormal -1.0 1.0 [ many ]
                Expect.all (Tensor.toArray singles) (fun x -> abs x < 1.0f) "truncated"
                let normal: Tensor<Half> = Random.key 3 |> Random.normal [ many ]
                let float32s: Tensor<float32> = Random.key 3 |> Random.normal [ many ]
                Expect.sequenceEqual (Tensor.toArray normal) (Tensor.toArray float32s |> Array.map Half.op_Explicit) "rounded from f32")

            testCase "a covariance" (fun () ->
                let factor: Tensor<float> = Tensor.matrix [ [ 2.0; 0.0 ]; [ -1.0; 0.5 ] ]
                let mean: Tensor<float> = Tensor.vector [ 1.0; -1.0 ]
                let x = Random.key 5 |> Random.multivariateNormal mean factor [ many ]
                let centred = x - mean
                let covariance = Tensor.matMul (Tensor.transpose centred) centred / float many
                // The deviation of a mean of n products is at most √(c_ii c_jj + c_ij²) / √n = 5.7 / 141; 4 of these.
                holds 0.16 [ 2; 2 ] [ 4.0; -2.0; -2.0; 1.25 ] covariance "covariance"
                holds 0.06 [ 2 ] [ 1.0; -1.0 ] (Tensor.meanAlong 0 x) "mean")
        ]

let private discrete =
    let ints (x: Tensor<int64>) = Tensor.toArray x |> Seq.map int

    testList
        "discrete distributions"
        [
            testCase "integers" (fun () ->
                let drawn = Random.key 7 |> Random.integers -3 7 [ many ] |> Tensor.toArray
                counted (List.replicate 10 0.1) (drawn |> Seq.map ((+) 3)) "i32"
                let bytes: Tensor<byte> = Random.key 7 |> Random.integersOf 250L 256L [ many ]
                counted (List.replicate 6 (1.0 / 6.0)) (Tensor.toArray bytes |> Seq.map (fun b -> int b - 250)) "u8"
                let all: Tensor<sbyte> = Random.key 7 |> Random.integersOf -128L 128L [ many ]
                counted (List.replicate 256 (1.0 / 256.0)) (Tensor.toArray all |> Seq.map (fun b -> int b + 128)) "all of i8"

                let wide: Tensor<int64> =
                    Random.key 7
                    |> Random.integersOf -4611686018427387904L 4611686018427387904L [ many ]

                counted (List.replicate 8 0.125) (Tensor.toArray wide |> Seq.map (fun n -> int ((n >>> 60) + 4L))) "most of i64")

            testCase "bernoulli" (fun () ->
                let yes (x: Tensor<bool>) =
                    Tensor.toArray x |> Seq.map (fun b -> if b then 1 else 0)

                counted [ 0.7; 0.3 ] (Random.key 8 |> Random.bernoulli 0.3 [ many ] |> yes) "one probability"
                let p: Tensor<float> = Tensor.vector [ 0.0; 0.25; 1.0 ] |> Tensor.broadcastTo [ many; 3 ]
                let drawn = Random.key 8 |> Random.bernoulliOf p

                [ 0.0; 0.25; 1.0 ]
                |> List.iteri (fun i p -> counted [ 1.0 - p; p ] (yes drawn[*, i]) $"probability {p}")

                let signs: Tensor<int> = Random.key 9 |> Random.rademacher [ many ]
                counted [ 0.5; 0.0; 0.5 ] (Tensor.toArray signs |> Seq.map ((+) 1)) "rademacher")

            testCase "categorical along any axis" (fun () ->
                let weights: Tensor<float> = Tensor.matrix [ [ 0.1; 0.6 ]; [ 0.2; 0.4 ]; [ 0.7; 0.0 ] ]
                let drawn = Random.key 10 |> Random.categoricalAlong 0 [ many ] (Tensor.log weights - 42.0)
                Expect.equal drawn.Shape [ many; 2 ] "shape"
                counted [ 0.1; 0.2; 0.7 ] (ints drawn[*, 0]) "first"
                counted [ 0.6; 0.4; 0.0 ] (ints drawn[*, 1]) "second"
                Expect.equal (Random.key 10 |> Random.categorical (Tensor.transpose weights)).Shape [ 2 ] "one draw")

            testCase "every order is as likely" (fun () ->
                let orders = vmap (Random.permutation 4) (Random.key 11 |> Random.splitMany many)

                let code (row: int64[]) =
                    row |> Array.fold (fun sum i -> 4 * sum + int i) 0

                let all =
                    [
                        for a in 0L .. 3L do
                            for b in 0L .. 3L do
                                for c in 0L .. 3L do
                                    for d in 0L .. 3L -> [| a; b; c; d |]
                    ]
                    |> List.filter (fun row -> (Array.distinct row).Length = 4)
                    |> List.mapi (fun i row -> code row, i)
                    |> Map

                counted
                    (List.replicate 24 (1.0 / 24.0))
                    (Tensor.toArray orders
                     |> Array.chunkBySize 4
                     |> Seq.map (fun row -> all[code row]))
                    "orders")

            testCase "shuffles" (fun () ->
                let x = Tensor.arange<float> 12 |> Tensor.reshape [ 3; 4 ]
                let columns = Random.key 12 |> Random.shuffle 1 x
                holds 0.0 [ 4 ] (Tensor.toArray columns[0] |> Array.map ((+) 4.0)) columns[1] "the same for all rows"
                holds 0.0 [ 3; 4 ] (Tensor.toArray x) (Tensor.sort 1 columns) "the same numbers"
                let each = Random.key 12 |> Random.shuffleEach 1 x
                holds 0.0 [ 3; 4 ] (Tensor.toArray x) (Tensor.sort 1 each) "the same numbers in each row"
                Expect.notEqual (Tensor.toArray each[1]) (Tensor.toArray each[0] |> Array.map ((+) 4.0)) "an order for each")

            testCase "choice" (fun () ->
                let p: Tensor<float> = Tensor.vector [ 0.0; 2.0; 1.0; 0.0; 5.0; 0.0 ]
                let shares = [ 0.0; 0.25; 0.125; 0.0; 0.625; 0.0 ]
                counted shares (Random.key 13 |> Random.choiceOf p [ many ] |> ints) "with replacement"
                counted (List.replicate 5 0.2) (Random.key 13 |> Random.choice 5 [ many ] |> ints) "all alike"
                let pairs = vmap (Random.choiceWithoutOf p [ 2 ]) (Random.key 14 |> Random.splitMany many)
                counted shares (ints pairs[*, 0]) "the first without replacement"
                // 4 is second after 1 (0.25 × 5/6) or 2 (0.125 × 5/7).
                let second = 0.25 * 5.0 / 6.0 + 0.125 * 5.0 / 7.0
                counted [ 1.0 - second; second ] (ints pairs[*, 1] |> Seq.map (fun i -> if i = 4 then 1 else 0)) "the second"
                let few = Random.key 15 |> Random.choiceWithout 9 [ 3; 2 ] |> ints
                Expect.equal (Seq.length (Seq.distinct few)) 6 "different")
        ]

let private rejected =
    let check name cumulative draw =
        testCase name (fun () -> follows cumulative (draw (Random.key 31)) name)

    let scalar (x: float) : Tensor<float> = Tensor.scalar x
    let erf x = 1.0 - 2.0 * normalBelow (-x * sqrt 2.0)

    /// Erlang's distribution: 1 - e^-x Σ xᵏ / k! over k below a whole shape parameter.
    let erlang n x =
        1.0
        - exp -x
          * Seq.sum (Seq.scan (fun term k -> term * x / float k) 1.0 (seq { 1 .. n - 1 }))

    /// The probabilities of 0 ... last - 1, and of what is at least last.
    let poisson rate last =
        let terms =
            Seq.scan (fun term k -> term * rate / float k) (exp -rate) (seq { 1 .. last - 1 })
            |> List.ofSeq

        terms @ [ 1.0 - List.sum terms ]

    let counts rate last key =
        let drawn = Random.poisson (scalar rate) [ many ] key |> Tensor.toArray
        counted (poisson rate last) (drawn |> Seq.map (fun n -> min (int n) last)) $"rate {rate}"

    testList
        "distributions by rejection"
        [
            check "gamma 1/2" (fun x -> erf (sqrt x)) (Random.gamma (scalar 0.5) [ many ])
            check "gamma 1" (erlang 1) (Random.gamma (scalar 1.0) [ many ])
            check "gamma 3" (erlang 3) (Random.gamma (scalar 3.0) [ many ])
            check "gamma 40" (erlang 40) (Random.gamma (scalar 40.0) [ many ])
            check "beta 1/2 1/2" (fun x -> 2.0 / Math.PI * asin (sqrt x)) (Random.beta (scalar 0.5) (scalar 0.5) [ many ])
            check "beta 2 1" (fun x -> x * x) (Random.beta (scalar 2.0) (scalar 1.0) [ many ])
            check "dirichlet" (fun x -> 1.0 - (1.0 - x) ** 2.0) (Random.dirichlet (Tensor.ones [ 3 ]) [ many ] >> fun x -> x[*, 2])

            testCase "poisson" (fun () ->
                counts 0.7 4 (Random.key 32)
                counts 6.0 16 (Random.key 32)
                counts 10.0 20 (Random.key 32)
                counts 30.0 50 (Random.key 32)
                Expect.all (Tensor.toArray (Random.poisson (scalar 0.0) [ 50 ] (Random.key 32))) ((=) 0L) "rate 0")

            testCase "small parameters give no NaN" (fun () ->
                let tiny: Tensor<float32> = Tensor.full [ 4 ] 1e-3f
                let shares = Random.dirichlet tiny [ 500 ] (Random.key 33)
                Expect.all (Tensor.toArray (Tensor.sumAlong -1 shares)) (fun sum -> abs (sum - 1.0f) < 1e-5f) "sum 1")

            testCase "parameters of any shape, for each lane its own" (fun () ->
                let alpha: Tensor<float> = Tensor.vector [ 0.5; 5.0; 50.0 ]
                let keys = Random.key 34 |> Random.splitMany 4
                let lanes = vmap (Random.gamma alpha [ 2; 3 ]) keys
                let single = Tensor.stack 0 [ for i in 0..3 -> Random.gamma alpha [ 2; 3 ] keys[i] ]
                holds 0.0 [ 4; 2; 3 ] (Tensor.toArray single) lanes "lanes")

            testCase "parameters that there is no distribution of" (fun () ->
                for wrong in [ 0.0; -1.0; nan; infinity ] do
                    refuses<DomainException> [ "gamma" ] (fun () ->
                        Random.gamma (scalar wrong) [ 2 ] (Random.key 1) |> Tensor.toArray |> ignore)

                refuses<DomainException> [ "poisson" ] (fun () ->
                    Random.poisson (scalar -1.0) [ 2 ] (Random.key 1) |> Tensor.toArray |> ignore))
        ]

[<Tests>]
let tests = testList "random" [ published; continuous; discrete; rejected ]
