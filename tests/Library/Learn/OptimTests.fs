/// Optimizers against published figures, formulas written out for single numbers, and closed forms; on structures of every kind.
module Adjoint.LibraryTests.Learn.OptimTests

open System
open Expecto
open Adjoint
open Adjoint.Core
open Adjoint.LibraryTests.Checks

let private vector (items: float list) : Tensor<float> = Tensor.vector items

/// The parameters after each of these gradients.
let private follow (optimizer: Optimizer) (start: 'P) (gradients: 'P seq) =
    Seq.fold (fun (p, state) g -> Optim.step optimizer g p state) (start, Optim.init optimizer start) gradients
    |> fst

// swift-apis, OptimizerTests.swift (Apache-2.0): from [0, 0, 0] in f32, 1000 steps along the gradient [-5, 0.1, 0.2].
// Each step rounds a number of up to 1 (5 for sgd) by up to half its last place, 3e-8 (2.4e-7); a thousand of them add up to at
// most 3e-5, 5e-5 of 5. The differences within a division or root are of the same size.
let private published =
    let figures name (optimizer: Optimizer) expected =
        testCase name (fun () ->
            let gradient: Tensor<float32> = Tensor.vector [ -5.0f; 0.1f; 0.2f ]
            let step = compile (fun (p, state) -> Optim.step optimizer gradient p state)
            let start: Tensor<float32> = Tensor.zeros [ 3 ]
            let p, _ = Seq.fold (fun state _ -> step state) (start, Optim.init optimizer start) (seq { 1..1000 })
            holds 5e-5 [ 3 ] expected (Tensor.cast p) name)

    let moments = { Optim.moments with Epsilon = 1e-7 }

    testList
        "published figures"
        [
            figures "sgd" (Optim.sgd 1e-3) [ 5.0000668; -0.10000112; -0.20000224 ]
            figures "rmsProp" (Front.Optim.RmsProp(1e-3, epsilon = 1e-7)) [ 1.0091327; -1.0091326; -1.0091326 ]
            figures "adam" (Optim.adamWith moments 1e-3) [ 0.99999064; -0.9999898; -0.9999905 ]
            figures "adaDelta" (Front.Optim.AdaDelta(1e-3, epsilon = 1e-7)) [ 0.0021518273; -0.002151505; -0.0021517489 ]
            figures "amsGrad" (Front.Optim.AmsGrad(1e-3, epsilon = 1e-7)) [ 0.99999064; -0.9999898; -0.9999905 ]
            figures "adaMax" (Front.Optim.AdaMax(1e-3, epsilon = 1e-7)) [ 0.9999907; -0.99999064; -0.99999064 ]
            figures "adaGrad" (Front.Optim.AdaGrad(1e-3, epsilon = 1e-7)) [ 0.06179592; -0.057095252; -0.059872225 ]
            figures "rAdam" (Front.Optim.RAdam(1e-3, epsilon = 1e-7)) [ 0.46914074; -0.44463903; -0.44513932 ]
        ]

/// Gradients that change size and sign, as training's do.
let private gradients = [ for i in 0..19 -> 3.0 * sin (1.7 * float i) / (1.0 + 0.2 * float i) ]

/// An optimizer against its formula on single numbers: rule state gradient p t -> state, p, with t from 1.
let private formula name (optimizer: Optimizer) (state: 'S) (rule: 'S -> float -> float -> float -> 'S * float) =
    testCase name (fun () ->
        let walk (state, p, t) g =
            let state, p = rule state g p t
            state, p, t + 1.0

        let _, expected, _ = Seq.fold walk (state, 0.7, 1.0) gradients
        let actual = follow optimizer (Tensor.scalar 0.7) [ for g in gradients -> Tensor.scalar g ]
        holds 1e-12 [] [ expected ] actual name)

let private formulas =
    let mix kept old fresh = kept * old + (1.0 - kept) * fresh
    let corrected kept t x = x / (1.0 - kept ** t)

    testList
        "formulas"
        [
            formula "momentum" (Optim.momentum 0.8 0.1) 0.0 (fun v g p _ ->
                let v = 0.8 * v + g
                v, p - 0.1 * v)

            formula "nesterov" (Optim.nesterov 0.8 0.1) 0.0 (fun v g p _ ->
                let v = 0.8 * v + g
                v, p - 0.1 * (g + 0.8 * v))

            formula
                "rmsProp, centered, with momentum"
                (Front.Optim.RmsProp(0.1, 0.9, 1e-3, 0.5, true))
                (0.0, 0.0, 0.0)
                (fun (s, m, v) g p _ ->
                    let s, m = mix 0.9 s (g * g), mix 0.9 m g
                    let v = 0.5 * v + g / (sqrt (s - m * m) + 1e-3)
                    (s, m, v), p - 0.1 * v)

            formula
                "adam"
                (Optim.adamWith
                    {
                        Beta1 = 0.8
                        Beta2 = 0.9
                        Epsilon = 1e-3
                    }
                    0.1)
                (0.0, 0.0)
                (fun (m, v) g p t ->
                    let m, v = mix 0.8 m g, mix 0.9 v (g * g)
                    (m, v), p - 0.1 * corrected 0.8 t m / (sqrt (corrected 0.9 t v) + 1e-3))

            formula "adamW" (Optim.adamW 0.05 0.1) (0.0, 0.0) (fun (m, v) g p t ->
                let m, v = mix 0.9 m g, mix 0.999 v (g * g)
                (m, v), p - 0.1 * (corrected 0.9 t m / (sqrt (corrected 0.999 t v) + 1e-8) + 0.05 * p))

            formula "nAdam" (Optim.nAdam 0.1) (0.0, 0.0) (fun (m, v) g p t ->
                let m, v = mix 0.9 m g, mix 0.999 v (g * g)
                let ahead = 0.9 * corrected 0.9 (t + 1.0) m + 0.1 * corrected 0.9 t g
                (m, v), p - 0.1 * ahead / (sqrt (corrected 0.999 t v) + 1e-8))

            formula "amsGrad" (Optim.amsGrad 0.1) (0.0, 0.0, 0.0) (fun (m, v, most) g p t ->
                let m, v = mix 0.9 m g, mix 0.999 v (g * g)
                let most = max most v
                (m, v, most), p - 0.1 * corrected 0.9 t m / (sqrt (corrected 0.999 t most) + 1e-8))

            formula "adaMax" (Optim.adaMax 0.1) (0.0, 0.0) (fun (m, u) g p t ->
                let m, u = mix 0.9 m g, max (0.999 * u) (abs g)
                (m, u), p - 0.1 * corrected 0.9 t m / (u + 1e-8))

            formula "rAdam" (Optim.rAdam 0.1) (0.0, 0.0) (fun (m, v) g p t ->
                let m, v = mix 0.9 m g, mix 0.999 v (g * g)
                let most = 2.0 / (1.0 - 0.999) - 1.0
                let length = most - 2.0 * t * 0.999 ** t / (1.0 - 0.999 ** t)

                let factor =
                    if length > 5.0 then
                        sqrt ((length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length))
                        / (sqrt (corrected 0.999 t v) + 1e-8)
                    else
                        1.0

                (m, v), p - 0.1 * factor * corrected 0.9 t m)

            formula "lion" (Optim.lion 0.05 0.1) 0.0 (fun m g p _ -> mix 0.99 m g, p - 0.1 * (float (sign (mix 0.9 m g)) + 0.05 * p))

            testCase "gradient descent on a parabola" (fun () ->
                let optimizer = Optim.sgd 0.1
                let curve: Tensor<float> = vector [ 1.0; 3.0; -0.5 ]
                let loss p = 0.5 * Tensor.sum (curve * p * p)
                let start = vector [ 1.0; -2.0; 0.25 ]

                let _, p, _ =
                    Seq.fold
                        (fun (_, p, s) _ -> Optim.descend optimizer loss p s)
                        (Tensor.scalar 0.0, start, Optim.init optimizer start)
                        (seq { 1..30 })

                holds 1e-13 [ 3 ] [ 0.9 ** 30.0; -2.0 * 0.7 ** 30.0; 0.25 * 1.05 ** 30.0 ] p "p (1 - rate curve)^t")

            testCase "momentum on a parabola" (fun () ->
                // p'' = (1 + decay - rate) p' - decay p; with decay 0.25 and rate 0.25 the roots are both ½: p = (1 + c t) / 2ᵗ.
                let optimizer = Optim.momentum 0.25 0.25
                let loss (p: Tensor<float>) = 0.5 * p * p
                let start = Tensor.scalar 1.0

                let run (p, s) _ =
                    let _, p, s = Optim.descend optimizer loss p s in p, s

                let p, _ = Seq.fold run (start, Optim.init optimizer start) (seq { 1..20 })
                holds 1e-15 [] [ (1.0 + 0.5 * 20.0) / 2.0 ** 20.0 ] p "p")

            testCase "each finds the least of a long valley" (fun () ->
                let loss (p: Tensor<float>) =
                    0.5 * (Tensor.square (p[0] - 1.0) + 20.0 * Tensor.square (p[1] + 0.5))

                let decayed rate =
                    Optim.scheduled (Schedule.cosine 400) rate

                for name, optimizer in
                    [
                        "sgd", Optim.sgd 0.05
                        "momentum", Optim.momentum 0.9 0.01
                        "nesterov", Optim.nesterov 0.9 0.01
                        "rmsProp", decayed (Optim.rmsProp 0.05)
                        "adaGrad", Optim.adaGrad 0.5
                        "adam", decayed (Optim.adam 0.1)
                        "nAdam", decayed (Optim.nAdam 0.1)
                        "amsGrad", decayed (Optim.amsGrad 0.1)
                        "adaMax", decayed (Optim.adaMax 0.1)
                        "rAdam", decayed (Optim.rAdam 0.1)
                        "lion", decayed (Optim.lion 0.0 0.05)
                    ] do
                    let step = compile (fun (p, s) -> let _, p, s = Optim.descend optimizer loss p s in p, s)
                    let start = vector [ -1.0; 1.0 ]
                    let p, _ = Seq.fold (fun state _ -> step state) (start, Optim.init optimizer start) (seq { 1..400 })
                    holds 0.01 [ 2 ] [ 1.0; -0.5 ] p name)
        ]

[<Tests>]
let tests = testList "optim" [ published; formulas ]
