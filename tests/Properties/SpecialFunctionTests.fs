/// Special functions against reference values, at the edges of their domains, and their derivatives.
module Adjoint.Properties.SpecialFunctionTests

open System
open Expecto
open Adjoint.Core
open Adjoint.Primitives
open Adjoint.Properties.ElementwiseRuns

/// A few units in the last place of f64: the functions' own error bounds.
let private close = 4e-15

/// Points and values from the tests of Boost.Math (Boost Software License 1.0), computed there in high precision.
let private references =
    [
        "erf",
        Ops.Erf,
        [
            -5.614176273345947, -0.999999999999998
            -0.18211650848388672, -0.20324704067497773
            1.4401292958154954e-07, 1.6250118953221246e-07
            1.3396651539684186e-39, 1.511650250621766e-39
        ]
        "erfc",
        Ops.Erfc,
        [
            -0.18211650848388672, 1.2032470406749778
            5.694002151489258, 8.109649217913076e-16
            19.634679794311523, 1.067452532475426e-169
            51.339717864990234, 0.0
        ]
        "erf_inv",
        Ops.ErfInv,
        [
            -0.7290459871292114, -0.7784313874823551
            0.26471853256225586, 0.23907877358219795
            0.8314710855484009, 0.9736479209913772
            -0.9904330372810364, -1.832184533179511
        ]
        "digamma",
        Ops.Digamma,
        [
            149.11398315429688, 5.001354113685058
            1.6793412882520897e-08, -59547157.965386026
            0.4500701129436493, -2.2331238882259266
            -45.02763748168945, 39.9101169812993
            -10.909676551818848, -8.337781110433724
        ]
        "lgamma",
        Ops.Lgamma,
        [
            29.0, 67.88974313718154
            1.5, -0.12078223763524522
            71.5, 232.5686229554685
            -0.0625, 2.8119796239743637
            3.814697265625e-06, 12.476647048187965
            0.9375, 0.039390901734582304
            2.0625, 0.027667521522857022
            -10.0625, -12.472560090811657
            1.0, 0.0
        ]
        "log1p",
        Ops.Log1p,
        [
            -0.3905523121356964, -0.49520216169452136
            0.003370779100805521, 0.003365110759179022
        ]
        "expm1",
        Ops.Expm1,
        [
            -0.3905523121356964, -0.3233169689815286
            0.003370779100805521, 0.003376466565278741
        ]
        "cbrt",
        Ops.Cbrt,
        [
            4.8976479886394926e-27, 1.6982274475552117e-09
            9.311008970618746e+27, 2103773184.0
        ]
    ]

let private values =
    [
        for name, f, table in references ->
            testCase $"{name} has its reference values" (fun () ->
                let x, y = List.unzip table
                f |> givesNearly close y x)
    ]

let private edges =
    [
        "erf", Ops.Erf, [ infinity, 1.0; -infinity, -1.0; 0.0, 0.0; -0.0, -0.0; nan, nan ]
        "erfc", Ops.Erfc, [ infinity, 0.0; -infinity, 2.0; nan, nan ]
        "erf_inv", Ops.ErfInv, [ 1.0, infinity; -1.0, -infinity; 1.5, nan; nan, nan ]
        "lgamma",
        Ops.Lgamma,
        [
            0.0, infinity
            -3.0, infinity
            infinity, infinity
            -infinity, infinity
            nan, nan
        ]
        "digamma", Ops.Digamma, [ 0.0, nan; -3.0, nan; infinity, infinity; nan, nan ]
        "log1p", Ops.Log1p, [ -1.0, -infinity; -2.0, nan; infinity, infinity; -0.0, -0.0; 1e-300, 1e-300 ]
        "expm1", Ops.Expm1, [ -infinity, -1.0; 1000.0, infinity; -0.0, -0.0; 1e-300, 1e-300 ]
        "logistic", Ops.Logistic, [ 1000.0, 1.0; -1000.0, 0.0; infinity, 1.0; -infinity, 0.0; 0.0, 0.5 ]
        "cbrt", Ops.Cbrt, [ -8.0, -2.0; -infinity, -infinity; -0.0, -0.0 ]
        "log", Ops.Log, [ 0.0, -infinity; -1.0, nan; 1.0, 0.0 ]
        "sqrt", Ops.Sqrt, [ -1.0, nan; -0.0, -0.0; infinity, infinity ]
        "tanh", Ops.Tanh, [ 1000.0, 1.0; -infinity, -1.0; -0.0, -0.0 ]
        "acosh", Ops.Acosh, [ 1.0, 0.0; 0.5, nan ]
        "atanh", Ops.Atanh, [ 1.0, infinity; -1.0, -infinity; 2.0, nan ]
    ]
    |> List.map (fun (name, f, table) ->
        testCase $"{name} at the edges of its domain" (fun () ->
            let x, y = List.unzip table
            f |> givesNearly 0.0 y x))

let private slopeAt order x f =
    (slopeOfOrder order [ NDArray.Scalar(x: float) ] (List.head >> f)).Item<float>()

let private nearly expected actual message =
    Expect.isLessThanOrEqual (abs (actual - expected)) (4.0 * close * abs expected) $"{message}: {actual:R} for {expected:R}"

let private derivatives =
    [
        testCase "derivatives of lgamma are the polygamma functions, of any order and sign" (fun () ->
            // ψ(1) = −γ, ψ′(1) = π²/6, ψ″(1) = −2ζ(3), ψ‴(1) = π⁴/15; ψ′(−1/2) = π²/2 + 4 (DLMF 5.4, 5.15).
            nearly -0.5772156649015329 (slopeAt 1 1.0 Ops.Lgamma) "ψ(1)"
            nearly (Math.PI * Math.PI / 6.0) (slopeAt 2 1.0 Ops.Lgamma) "ψ′(1)"
            nearly -2.4041138063191886 (slopeAt 3 1.0 Ops.Lgamma) "ψ″(1)"
            nearly (Math.Pow(Math.PI, 4.0) / 15.0) (slopeAt 4 1.0 Ops.Lgamma) "ψ‴(1)"
            nearly (Math.PI * Math.PI / 2.0 + 4.0) (slopeAt 2 -0.5 Ops.Lgamma) "ψ′(−1/2)")

        testCase "derivatives of the error functions" (fun () ->
            let slope x = 2.0 / sqrt Math.PI * exp (-x * x)
            nearly (slope 0.7) (slopeAt 1 0.7 Ops.Erf) "erf"
            nearly (-slope 3.0) (slopeAt 1 3.0 Ops.Erfc) "erfc"
            nearly (-1.4 * slope 0.7) (slopeAt 2 0.7 Ops.Erf) "erf, second order"
            nearly (sqrt Math.PI / 2.0) (slopeAt 1 0.0 Ops.ErfInv) "erf_inv")

        testCase "derivatives do not overflow before their values" (fun () ->
            nearly (exp -40.0) (slopeAt 1 -40.0 Ops.Expm1) "expm1"
            Expect.equal (slopeAt 1 1000.0 Ops.Tanh) 0.0 "tanh"
            Expect.equal (slopeAt 1 -1000.0 Ops.Logistic) 0.0 "logistic"
            Expect.equal (slopeAt 1 1e200 Ops.Atan) 0.0 "atan")
    ]

[<Tests>]
let tests = testList "special functions" (values @ edges @ derivatives)
