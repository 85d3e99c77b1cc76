/// Three chemical reactions whose speeds differ by nine orders of magnitude, the classical stiff problem (Robertson 1966), and how its
/// outcome depends on the rate constants. Each step is implicit, a root; derivatives go through roots by the implicit function theorem.
module Adjoint.Examples.Robertson

open Adjoint

/// A → B, B + C → A + C and 2B → B + C: the change of the concentrations [a, b, c] with rates k.
let reaction (k: Tensor<float>) (y: Tensor<float>) =
    let first, second, third = k[0] * y[0], k[1] * y[1] * y[2], k[2] * y[1] * y[1]
    Tensor.stack 0 [ second - first; first - second - third; third ]

let rates = Tensor.vector [ 0.04; 1e4; 3e7 ]
let start = Tensor.vector [ 1.0; 0.0; 0.0 ]

/// The method Radau IIA of order 5 (Hairer and Wanner 1996, IV.5), which damps what is too fast to be followed.
let radau =
    let r = sqrt 6.0

    Tensor.matrix
        [
            [
                (88.0 - 7.0 * r) / 360.0
                (296.0 - 169.0 * r) / 1800.0
                (-2.0 + 3.0 * r) / 225.0
            ]
            [
                (296.0 + 169.0 * r) / 1800.0
                (88.0 + 7.0 * r) / 360.0
                (-2.0 - 3.0 * r) / 225.0
            ]
            [ (16.0 - r) / 36.0; (16.0 + r) / 36.0; 1.0 / 9.0 ]
        ]

/// One step: three stages that depend on each other, y + h A f(stages) = stages. The last of them is the result.
let step f (h: Tensor<float>) (y: Tensor<float>) =
    let equation stages =
        stages - y - h * Tensor.matMul radau (vmap f stages)

    (newtonRoot equation (Tensor.tile [ 3; 1 ] (Tensor.expandDims 0 y)))[2]

/// Times at which the solution is wanted, evenly spread as logarithms from 10⁻⁵ to 40 and beyond to 4000.
let times, at40 =
    let perDecade = 12

    let all =
        [
            for i in -5 * perDecade .. 2 * perDecade -> 40.0 * 10.0 ** (float i / float perDecade)
        ]

    Tensor.vector all, 5 * perDecade

/// The concentrations at all times; [times, 3].
let solve k =
    let advance y (h: Tensor<float>) =
        let next = step (reaction k) h y
        next, next

    let steps = times - Tensor.concat 0 [ Tensor.zeros [ 1 ]; times[.. times.Size - 2] ]
    Flow.scan advance start steps |> snd

type Figures =
    {
        Path: float[,]
        At40: float[]
        /// Of the concentrations at time 40 (rows) in the rates (columns).
        Sensitivity: float[,]
    }

let figures () =
    let path = compile solve rates
    let sensitivity = compile (jacobian (fun k -> (solve k)[at40])) rates

    {
        Path = Tensor.toArray2D path
        At40 = Tensor.toArray path[at40]
        Sensitivity = Tensor.toArray2D sensitivity
    }

/// The published solution at time 40 and its sensitivities (SUNDIALS, CVODES, example cvsRoberts_FSA_dns, whose tolerance is 1e-4).
let published = [ 7.1583e-01; 9.1856e-06; 2.8416e-01 ]

let publishedSensitivity =
    [
        [ -4.2475e+00; 1.3731e-05; -2.2883e-09 ]
        [ 4.5913e-05; -2.3573e-10; -1.1380e-13 ]
        [ 4.2475e+00; -1.3730e-05; 2.2884e-09 ]
    ]

/// The concentrations over time, that of B enlarged.
let picture (figures: Figures) =
    let curve column scale =
        [
            for i, t in Seq.indexed (Tensor.toArray times) -> log10 t, scale * figures.Path[i, column]
        ]

    Plot.create "Robertson's reactions" "log₁₀ time" "concentration"
    |> Plot.line "A" Palette.blue (curve 0 1.0)
    |> Plot.line "B × 10⁴" Palette.red (curve 1 1e4)
    |> Plot.line "C" Palette.green (curve 2 1.0)
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    let names = [ "A"; "B"; "C" ]
    printfn "at time 40        found             published"

    for name, y, known in Seq.zip3 names found.At40 published do
        printfn $"{name}                 %-17.6e{y} %.4e{known}"

    printfn "in the rates k₁, k₂, k₃"

    for i, known in List.indexed publishedSensitivity do
        for j, known in List.indexed known do
            printfn $"d{names[i]}/dk{j + 1}            %-17.5e{found.Sensitivity[i, j]} %.4e{known}"

    Svg.save "out/robertson/robertson.svg" (picture found)
    0
