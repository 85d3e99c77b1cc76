/// Formulas with a flaw, each of which one lint names; and formulas without, which none may name.
module Adjoint.LibraryTests.LintTests

open System
open Expecto
open Adjoint
open Adjoint.Front.Audits

type private T = Tensor<float>

let private vector (items: float list) = Tensor.vector items
let private some = vector [ 0.5; 1.5; 2.5 ]
let private withZero = vector [ 0.0; 1.5; 2.5 ]

/// The lint that is expected, its severity, and a function at a point.
let private flawed: (string * LintSeverity * (T -> T) * T) list =
    let zero = Tensor.zerosLike

    [
        "where-hides-nan", LintSeverity.Warning, (fun x -> Tensor.where (x .> 0.0) (sqrt x) (zero x)), some
        "where-hides-nan", LintSeverity.Error, (fun x -> Tensor.where (x .> 0.0) (sqrt x) (zero x)), withZero
        "where-hides-nan", LintSeverity.Error, (fun x -> Tensor.where (x .> 0.0) (2.0 * log x + 1.0) (zero x)), withZero
        "where-hides-nan", LintSeverity.Error, (fun x -> Tensor.where (x .= 0.0) (zero x) (1.0 / x)), withZero
        "where-hides-nan", LintSeverity.Error, (fun x -> Tensor.where (x .> 0.0) (x ** 0.5) (zero x)), withZero
        "where-hides-nan",
        LintSeverity.Error,
        (fun x ->
            let n = sqrt (Tensor.sum (x * x))
            Tensor.where (n .> 0.0) (x / n) (zero x)),
        vector [ 0.0; 0.0 ]
        "no-finite-slope", LintSeverity.Error, (fun x -> sqrt x), withZero
        "no-finite-slope", LintSeverity.Error, (fun x -> log x), withZero
        "no-finite-slope", LintSeverity.Error, (fun x -> Tensor.acos x), vector [ 1.0 ]
        "norm-at-zero", LintSeverity.Error, (fun x -> sqrt (Tensor.sum (x * x))), vector [ 0.0; 0.0 ]
        "exp-minus-one", LintSeverity.Hint, (fun x -> exp x - 1.0), some
        "exp-minus-one", LintSeverity.Warning, (fun x -> exp x - 1.0), vector [ 1e-12 ]
        "one-minus-cos", LintSeverity.Hint, (fun x -> 1.0 - cos x), some
        "log-one-plus", LintSeverity.Hint, (fun x -> log (1.0 + x)), some
        "log-one-plus", LintSeverity.Hint, (fun x -> log (1.0 - x)), vector [ 0.5 ]
        "hand-written-softplus", LintSeverity.Warning, (fun x -> log (1.0 + exp x)), some
        "variance-of-squares", LintSeverity.Warning, (fun x -> let m = Tensor.mean x in Tensor.mean (x * x) - m * m), some
        "hand-written-logsumexp", LintSeverity.Warning, (fun x -> log (Tensor.sum (exp x))), some
        "hand-written-softmax", LintSeverity.Warning, (fun x -> let e = exp x in e / Tensor.sum e), some
        "log-of-softmax", LintSeverity.Warning, (fun x -> log (Tensor.softmax 0 x)), some
        "log-of-softmax", LintSeverity.Warning, (fun x -> let e = exp x in log (e / Tensor.sum e)), some
        "log-of-sigmoid", LintSeverity.Warning, (fun x -> log (Tensor.sigmoid x)), some
        "log-of-sigmoid", LintSeverity.Warning, (fun x -> log (1.0 - Tensor.sigmoid x)), some
        "hand-written-sigmoid", LintSeverity.Warning, (fun x -> 1.0 / (1.0 + exp -x)), some
        "log-of-product", LintSeverity.Warning, (fun x -> log (Tensor.prod x)), some
        "root-of-square", LintSeverity.Warning, (fun x -> sqrt (x * x)), some
        "root-of-squares", LintSeverity.Hint, (fun x -> let y = 2.0 * x in sqrt (x * x + y * y)), some
        "broadcast-to-square",
        LintSeverity.Warning,
        (fun x -> Tensor.mean (Tensor.square (Tensor.ones [ 3; 1 ] * 2.0 + Tensor.reshape [ 3; 1 ] some - x))),
        some
        "integer-quotient", LintSeverity.Warning, (fun x -> x * Tensor.cast (Tensor.vector [ 1; 2; 3 ] / Tensor.vector [ 2; 2; 2 ])), some
        "narrow-and-back", LintSeverity.Warning, (fun x -> let y: Tensor<float32> = Tensor.cast x in Tensor.cast y), some
        "unused-argument", LintSeverity.Warning, (fun _ -> Tensor.scalar 1.0), some
        "where-hides-nan",
        LintSeverity.Error,
        (fun x -> Flow.forLoop 0 2 (fun _ s -> Tensor.where (s .> 0.0) (sqrt s) (zero s)) x),
        withZero
        "log-of-softmax", LintSeverity.Warning, compile (fun x -> log (Tensor.softmax 0 x)), some
    ]

let private clean: (string * (T -> T) * T) list =
    [
        "a polynomial", (fun x -> 3.0 * x * x - 2.0 * x + 1.0), withZero
        "a guarded root",
        (fun x -> Tensor.where (x .> 0.0) (sqrt (Tensor.where (x .> 0.0) x (Tensor.onesLike x))) (Tensor.zerosLike x)),
        withZero
        "a root of a maximum",
        (fun x -> Tensor.where (x .> 0.0) (sqrt (Tensor.maximum x (Tensor.scalar 1e-6))) (Tensor.zerosLike x)),
        withZero
        "a smoothed norm", (fun x -> x / sqrt (Tensor.sum (x * x) + 1e-9)), withZero
        "a where of other things", (fun x -> Tensor.where (x .> 0.0) x (0.1 * x)), withZero
        "a division by a constant", (fun x -> Tensor.where (x .> 0.0) (x / 2.0) x), withZero
        "all pairs", (fun x -> Tensor.sum (Tensor.square (Tensor.reshape [ 3; 1 ] x - x))), some
        "a shifted logSumExp", (fun x -> let m = stopGradient (Tensor.max x) in log (Tensor.sum (exp (x - m))) + m), some
        "integers cut on purpose", (fun x -> x[int (value (Tensor.scalar 4 / Tensor.scalar 2))]), some
        "softmax", Tensor.softmax 0, withZero
        "logSoftmax", Tensor.logSoftmax 0, withZero
        "logSumExp", (fun x -> Tensor.logSumExp x), withZero
        "variance", (fun x -> Tensor.variance x), some
        "sigmoid", Tensor.sigmoid, withZero
        "logSigmoid", Tensor.logSigmoid, withZero
        "softplus", Tensor.softplus, withZero
        "silu", Tensor.silu, withZero
        "expm1 and log1p", (fun x -> Tensor.log1p (Tensor.expm1 x)), withZero
        "hypot", (fun x -> Tensor.hypot x (2.0 * x)), some
        "mean", (fun x -> Tensor.mean x), withZero
        "the gradient of softmax", grad (fun x -> Tensor.sum (Tensor.softmax 0 x * x)), withZero
        "the gradient of a root", grad (fun x -> Tensor.sum (sqrt x)), some
        "a random number", (fun x -> x * Random.normal [ 3 ] (Random.key 1)), some
        "a loop", (fun x -> Flow.forLoop 0 3 (fun _ s -> Tensor.sin s) x), some
    ]

let private names (report: LintReport) =
    report.Lints |> Seq.map _.Name |> Seq.distinct |> List.ofSeq

/// A random composition of a dozen operations.
let private drawn (seed: int) (x: T) =
    let random = Random seed
    let values = ResizeArray [ x; Tensor.ones [ 3 ]; Tensor.scalar 0.5 ]
    let any () = values[random.Next values.Count]

    for _ in 1..12 do
        values.Add(
            match random.Next 14 with
            | 0 -> any () + any ()
            | 1 -> any () - any ()
            | 2 -> any () * any ()
            | 3 -> any () / any ()
            | 4 -> exp (any ())
            | 5 -> log (any ())
            | 6 -> sqrt (any ())
            | 7 -> Tensor.where (any () .> any ()) (any ()) (any ())
            | 8 -> Tensor.sum (any ())
            | 9 -> Tensor.sigmoid (any ())
            | 10 -> any () ** 0.5
            | 11 -> Flow.forLoop 0 2 (fun _ s -> s * any ()) (Tensor.sum (any ()) * Tensor.ones [ 3 ])
            | 12 -> Tensor.mean (any ())
            | _ -> Flow.cond (Tensor.sum (any ()) .> 0.0) sin log (any ())
        )

    Tensor.sum values[values.Count - 1]

[<Tests>]
let tests =
    testList
        "lints"
        [
            testList
                "flawed"
                [
                    for i, (name, severity, f, x) in List.indexed flawed ->
                        testCase $"{name} {i}" (fun () ->
                            let report = Audit.lint f x
                            let found = report.Lints |> Seq.tryFind (fun lint -> lint.Name = name)
                            Expect.isSome found $"{name} in {report}"
                            Expect.equal found.Value.Severity severity $"severity in {report}"
                            Expect.isNonEmpty found.Value.Cure "cure"

                            if name <> "unused-argument" then
                                Expect.stringContains (string found.Value) "LintTests.fs:" "place")
                ]

            testList
                "clean"
                [
                    for name, f, x in clean ->
                        testCase name (fun () -> let report = Audit.lint f x in Expect.isTrue report.IsClean (string report))
                ]

            testCase "a scope is told" (fun () ->
                let report =
                    Audit.lint (fun (x: T) -> scope "head" (fun () -> let y = Tensor.softmax 0 x in log y + 0.0)) some

                Expect.stringContains (string report) "in head, LintTests.fs:" "place")

            testCase "an unused part of a structure is told by its path" (fun () ->
                let report = Audit.lint (fun (x: T, _: T) -> Tensor.sum x) (some, some)
                Expect.equal (names report) [ "unused-argument" ] "name"
                Expect.stringContains (string report) "Item2" "path")

            testCase "random programs are looked through without a failure" (fun () ->
                for seed in 1..200 do
                    let report = Audit.lint (drawn seed) some
                    Expect.isNotNull (string report) "text")

            testCase "a function that fails at its values is looked through still" (fun () ->
                let f (x: T) =
                    check "never" (Tensor.vector [ false ]) (log (Tensor.softmax 0 x))

                let report = Audit.lint f some
                Expect.contains (names report) "log-of-softmax" "lint"
                Expect.stringContains (string report) "never" "note")
        ]
