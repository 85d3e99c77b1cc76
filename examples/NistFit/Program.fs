/// A nonlinear fit whose right answer is certified: Thurber's data of the mobility of electrons, one of the harder problems among the
/// Statistical Reference Datasets, by the method of Levenberg and Marquardt and then by Newton's, with exact derivatives.
module Adjoint.Examples.NistFit

open Adjoint

/// NIST StRD, nonlinear regression, Thurber (https://www.itl.nist.gov/div898/strd/nls/data/thurber.shtml; in the public domain):
/// logarithm of the density, and mobility.
let data =
    """
    -3.067 80.574  -2.981 84.248  -2.921 87.264  -2.912 87.195  -2.840 89.076  -2.797 89.608  -2.702 89.868
    -2.699 90.101  -2.633 92.405  -2.481 95.854  -2.363 100.696  -2.322 101.060  -1.501 401.672  -1.460 390.724
    -1.274 567.534  -1.212 635.316  -1.100 733.054  -1.046 759.087  -0.915 894.206  -0.714 990.785  -0.566 1090.109
    -0.545 1080.914  -0.400 1122.643  -0.309 1178.351  -0.109 1260.531  -0.103 1273.514  0.010 1288.339  0.119 1327.543
    0.377 1353.863  0.790 1414.509  0.963 1425.208  1.006 1421.384  1.115 1442.962  1.572 1464.350  1.841 1468.705
    2.047 1447.894  2.200 1457.628
    """
    |> Numbers.read
    |> List.chunkBySize 2
    |> List.map (fun pair -> pair[0], pair[1])

/// The certified parameters and their standard deviations.
let certified =
    [
        1.2881396800E+03, 4.6647963344E+00
        1.4910792535E+03, 3.9571156086E+01
        5.8323836877E+02, 2.8698696102E+01
        7.5416644291E+01, 5.5675370270E+00
        9.6629502864E-01, 3.1333340687E-02
        3.9797285797E-01, 1.4984928198E-02
        4.9727297349E-02, 6.5842344623E-03
    ]

/// The certified sum of squares, and the first of the prescribed starts, which is far off.
let certifiedSquares = 5.6427082397E+03

let start = Tensor.vector [ 1000.0; 1000.0; 400.0; 40.0; 0.7; 0.3; 0.03 ]

let x, y = Tensor.vector (List.map fst data), Tensor.vector (List.map snd data)

/// A ratio of two cubic polynomials.
let model (b: Tensor<float>) (x: Tensor<float>) =
    (b[0] + x * (b[1] + x * (b[2] + x * b[3])))
    / (1.0 + x * (b[4] + x * (b[5] + x * b[6])))

let residuals b = model b x - y

let squares b =
    residuals b |> Tensor.square |> Tensor.sum

/// Where the fit is, and how cautious it is.
type Fit =
    {
        B: Tensor<float>
        Damping: Tensor<float>
    }

/// One step: towards the minimum of the linearised problem, held back by the damping. If the sum of squares doesn't fall, it stays
/// and is more cautious next time.
let step fit =
    let r, j = residuals fit.B, jacobian residuals fit.B
    let normal = Tensor.matMul (Tensor.transpose j) j
    let damped = normal + fit.Damping * (normal * Tensor.eye 7)
    let b = fit.B - Linear.solve damped (Tensor.matMul r j)
    let better = squares b .<= squares fit.B

    {
        B = Tensor.where better b fit.B
        Damping = fit.Damping * Tensor.where better (Tensor.scalar 0.1) (Tensor.scalar 10.0)
    }

/// The parameters after each step.
let path steps =
    let start =
        {
            B = start
            Damping = Tensor.scalar 1e-3
        }

    let next fit =
        let fit = step fit
        fit, fit.B

    compile (Flow.unfold steps next) start |> snd

/// The last digits. Near the minimum the steps above still shrink the error only by a third each, since the model bends where residuals
/// are large; Newton's method knows the second derivatives, and doubles the right digits with each step.
let polish b =
    let newton _ b =
        b - Linear.solve (hessian squares b) (grad squares b)

    compile (Flow.forLoop 0 5 newton) b

/// The standard deviations: the inverse of the normal matrix, times the variance of the residuals with 30 degrees of freedom.
let deviations b =
    let j = jacobian residuals b
    let variance = squares b / float (data.Length - 7)

    Linear.inverse (Tensor.matMul (Tensor.transpose j) j)
    |> Tensor.diagonal
    |> (*) variance
    |> sqrt

type Figures =
    {
        Path: Tensor<float>
        B: float list
        Deviations: float list
        Squares: float
    }

let figures () =
    let path = path 15
    let b = polish path[14]

    {
        Path = path
        B = List.ofArray (Tensor.toArray b)
        Deviations = List.ofArray (Tensor.toArray (deviations b))
        Squares = value (squares b)
    }

/// How many digits of a number are right.
let rightDigits (expected: float) (actual: float) =
    min 11.0 (-log10(abs (actual - expected) / abs expected))

/// The data, the curve at the start and the fitted one.
let picture figures =
    let xs = [ -3.1 .. 0.02..2.3 ]

    let curve b =
        Seq.zip xs (model b (Tensor.vector xs) |> Tensor.toArray)

    Plot.create "Mobility of electrons (NIST, Thurber)" "ln of the density" "mobility"
    |> Plot.dashes "start" Palette.orange (curve start)
    |> Plot.thin "after 2 steps" Palette.sky (curve figures.Path[1])
    |> Plot.line "fit" Palette.blue (curve (Tensor.vector figures.B))
    |> Plot.dots "measured" Palette.ink 2.5 data
    |> Plot.within (-3.15, 2.35) (0.0, 1600.0)
    |> Drawing.plot

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn "   parameter         right digits   deviation        right digits"

    for i, ((b, deviation), (b', deviation')) in List.indexed (List.zip certified (List.zip found.B found.Deviations)) do
        printfn $"b%d{i + 1} %-18.11g{b'} %.1f{rightDigits b b'}           %-18.11g{deviation'}%.1f{rightDigits deviation deviation'}"

    printfn $"sum of squares %.7f{found.Squares} (certified %.7f{certifiedSquares})"
    Svg.save "out/nist-fit/nist-fit.svg" (picture found)
    0
