/// A network that obeys a law of physics. It never sees a solution: it is trained until it satisfies Poisson's equation -Δu = f inside
/// a square, with u = 0 on its border. Δ is a derivative in the input, and training takes its derivative in the weights.
module Adjoint.Examples.Pinn

open System
open Adjoint

let hidden = 16

/// Two layers of tanh, from two coordinates to one number.
type Network =
    {
        W1: Tensor<float>
        B1: Tensor<float>
        W2: Tensor<float>
        B2: Tensor<float>
        W3: Tensor<float>
    }

let shapes = [ [ hidden; 2 ]; [ hidden ]; [ hidden; hidden ]; [ hidden ]; [ hidden ] ]

/// The weights as one vector, and back.
let ofVector (theta: Tensor<float>) =
    let sizes = shapes |> List.map (List.fold (*) 1)

    match Tensor.splitSizes 0 sizes theta |> List.map2 Tensor.reshape shapes with
    | [ w1; b1; w2; b2; w3 ] ->
        {
            W1 = w1
            B1 = b1
            W2 = w2
            B2 = b2
            W3 = w3
        }
    | _ -> failwith "There are five weights."

/// u at a point [x, y]: the network times a function that is zero on the border.
let u theta (point: Tensor<float>) =
    let net = ofVector theta
    let x, y = point[0], point[1]
    let first = Tensor.tanh (Tensor.matMul net.W1 point + net.B1)
    let second = Tensor.tanh (Tensor.matMul net.W2 first + net.B2)
    x * (1.0 - x) * y * (1.0 - y) * Tensor.dot net.W3 second

/// The sum of the second derivatives along the axes, by forward over forward mode.
let laplacian (f: Tensor<float> -> Tensor<float>) (point: Tensor<float>) =
    let along direction p = jvp f p direction |> snd

    let second direction =
        jvp (along direction) point direction |> snd

    Tensor.sum (vmap second (Tensor.eye 2))

/// The source for which the solution is sin πx sin πy.
let source (point: Tensor<float>) =
    2.0 * Math.PI * Math.PI * sin (Math.PI * point[0]) * sin (Math.PI * point[1])

let exact (point: Tensor<float>) =
    sin (Math.PI * point[0]) * sin (Math.PI * point[1])

/// By how much the law is broken at a point.
let violation theta point =
    -(laplacian (u theta) point) - source point

/// A grid of n × n points inside the square.
let grid n =
    let at i = (float i + 0.5) / float n

    Tensor.matrix
        [
            for i in 0 .. n - 1 do
                for j in 0 .. n - 1 -> [ at j; at i ]
        ]

let points = grid 10

/// A step of the method of Levenberg and Marquardt. There are fewer points than weights, so the small matrix is J Jᵀ, of the points;
/// row i of J is the gradient of one violation.
let step theta (damping: Tensor<float>) =
    let violations, j = vmap (fun point -> valueAndGrad (fun theta -> violation theta point) theta) points
    let matrix = Tensor.matMul j (Tensor.transpose j) + damping * Tensor.eye points.Shape.Head
    let next = theta - Tensor.matMul (Linear.solve matrix violations) j
    next, Tensor.mean (Tensor.square violations) |> sqrt

let start =
    let weights = Random.normal [ hidden * 2 + hidden + hidden * hidden + hidden + hidden ] (Random.key 5)

    let scales =
        List.map2 (fun shape scale -> Tensor.full [ List.fold (*) 1 shape ] scale) shapes [ 1.0; 1.0; 0.3; 0.3; 0.3 ]

    weights * Tensor.concat 0 scales

type Figures =
    {
        Theta: Tensor<float>
        /// The root of the mean square of the violations before each step.
        Violations: float[]
        /// The largest error of the solution, on a finer grid.
        Error: float
    }

let figures () =
    let dampings = Tensor.vector [ for i in 0..24 -> 10.0 ** (1.0 - 0.25 * float i) ]
    let theta, violations = compile (Flow.scan step start) dampings
    let fine = grid 23
    let error = vmap (fun point -> u theta point - exact point) fine

    {
        Theta = theta
        Violations = Tensor.toArray violations
        Error = value (Tensor.max (Tensor.abs error))
    }

let picture (figures: Figures) =
    let solution =
        vmap (u figures.Theta) (grid 40)
        |> Tensor.reshape [ 40; 40 ]
        |> Tensor.toArray2D

    Drawing.row
        [
            Plot.create "The network's solution of −Δu = f" "x" "y"
            |> Plot.cells
                {
                    Values = solution
                    X = 0.0, 1.0
                    Y = 0.0, 1.0
                    Range = 0.0, 1.0
                    Colours = Palette.viridis
                }
            |> Plot.equal
            |> Plot.sized 380.0 380.0
            Plot.create "How much the law is broken" "step" "log₁₀"
            |> Plot.line "" Palette.red [ for i, v in Seq.indexed figures.Violations -> float i, log10 v ]
            |> Plot.sized 400.0 380.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"violation of the law %.2e{found.Violations[0]} before, %.2e{Array.last found.Violations} after training"
    printfn $"largest error of the solution, between the points too: %.1e{found.Error}"
    Svg.save "out/pinn/pinn.svg" (picture found)
    0
