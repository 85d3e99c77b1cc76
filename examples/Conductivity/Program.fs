/// How well does each layer of a wall conduct heat? Inside it can't be measured, but temperatures at a few places over time can; the
/// conductivity follows from them by differentiating through the solver of the heat equation.
module Adjoint.Examples.Conductivity

open System
open Adjoint

/// The wall is 1 thick, with nodes at equal distances. Its left side is kept at 1 from time 0 on, its right side at 0.
let nodes = 40

let dx = 1.0 / float (nodes + 1)

/// Steps in time, short enough for conductivities up to 2.5; a frame is a moment that is looked at.
let frames, stepsPerFrame = 40, 40
let dt = 0.2 * dx * dx

/// The temperatures one step later: across each of the nodes + 1 faces heat flows down the slope.
let step (conductivity: Tensor<float>) (temperature: Tensor<float>) =
    let all = Tensor.concat 0 [ Tensor.ones [ 1 ]; temperature; Tensor.zeros [ 1 ] ]
    let flow = -conductivity * (all[1..] - all[..nodes]) / dx
    temperature - dt / dx * (flow[1..] - flow[.. nodes - 1])

/// The temperatures of all nodes at each frame: [frames, nodes].
let simulate conductivity =
    let frame temperature =
        let next = Flow.forLoop 0 stepsPerFrame (fun _ -> step conductivity) temperature
        next, next

    Flow.unfold frames frame (Tensor.zeros [ nodes ]) |> snd

let faces: Tensor<float> = (Tensor.arange (nodes + 1) + 0.5) * dx

/// The conductivity of each face: the exponential of a cosine series.
let conductivity (theta: Tensor<float>) =
    let orders: Tensor<float> = Tensor.arange theta.Size
    Tensor.matMul (cos (Math.PI * Tensor.outer faces orders)) theta |> exp

/// The wall that is measured has an insulating layer near its middle.
let truth = Tensor.vector [ -0.5; 0.2; 0.5; -0.2; -0.3; 0.1; 0.1; 0.0 ]

/// The readings of five sensors: [frames, 5].
let readings conductivity =
    simulate conductivity |> Tensor.takeAxis 1 (Tensor.vector [ 3; 11; 19; 27; 35 ])

let measured = readings (conductivity truth)

let residuals theta =
    readings (conductivity theta) - measured |> Tensor.flatten

/// Half the sum of squares.
let misfit theta =
    0.5 * Tensor.sum (Tensor.square (residuals theta))

/// Step i of the method of Gauss and Newton, with the jacobian of all readings in all unknowns. The first steps are held back, as far
/// from the goal the problem isn't as linear as they take it to be.
let improve (i: Tensor<int64>) theta =
    let j, r = jacobian residuals theta, residuals theta
    let damping: Tensor<float> = Tensor.scalar 0.1 ** (1.0 + Tensor.cast i)
    let normal = Tensor.matMul (Tensor.transpose j) j + damping * Tensor.eye theta.Size
    theta - Linear.solve normal (Tensor.matMul r j)

/// Nothing is known at first: conductivity 1/2 everywhere.
let guess = Tensor.vector [ log 0.5; 0.0; 0.0; 0.0; 0.0; 0.0; 0.0; 0.0 ]

/// The temperatures of a wall of conductivity 1, as a Fourier series.
let exact (x: float) (time: float) =
    1.0
    - x
    - List.sum
        [
            for n in 1.0 .. 60.0 ->
                2.0 / (n * Math.PI)
                * sin (n * Math.PI * x)
                * exp -(n * n * Math.PI * Math.PI * time)
        ]

type Figures =
    {
        Found: Tensor<float>
        /// The largest difference from the true conductivity.
        Error: float
        /// The largest difference of the solver from the exact solution at the last frame, in a wall of conductivity 1.
        SolverError: float
        /// The gradient of the misfit at the guess: in one reverse pass through all steps, and in eight forward ones.
        Reverse: float[]
        Forward: float[]
    }

let figures () =
    let theta = compile (Flow.forLoop 0 10 improve) guess
    let uniform = (compile simulate (Tensor.ones [ nodes + 1 ]))[frames - 1] |> Tensor.toArray
    let time = float (frames * stepsPerFrame) * dt

    {
        Found = theta
        Error = conductivity theta - conductivity truth |> Tensor.abs |> Tensor.max |> value
        SolverError =
            uniform
            |> Array.mapi (fun i u -> abs (u - exact (float (i + 1) * dx) time))
            |> Array.max
        Reverse = grad misfit guess |> Tensor.toArray
        Forward = Tensor.matMul (residuals guess) (jacfwd residuals guess) |> Tensor.toArray
    }

let picture (figures: Figures) =
    let curve theta =
        Seq.zip (Tensor.toArray faces) (Tensor.toArray (conductivity theta))

    let heat =
        {
            Values = simulate (conductivity truth) |> Tensor.toArray2D
            X = 0.0, 1.0
            Y = 0.0, float (frames * stepsPerFrame) * dt
            Range = 0.0, 1.0
            Colours = Palette.viridis
        }

    Drawing.row
        [
            Plot.create "Temperature" "depth in the wall" "time"
            |> Plot.cells heat
            |> Plot.sized 360.0 360.0
            Plot.create "Conductivity" "depth in the wall" ""
            |> Plot.dashes "guess" Palette.grey (curve guess)
            |> Plot.line "truth" Palette.orange (curve truth)
            |> Plot.dashes "found from five sensors" Palette.blue (curve figures.Found)
            |> Plot.sized 440.0 360.0
        ]

[<EntryPoint>]
let main _ =
    let found = figures ()
    printfn $"conductivity found within %.1e{found.Error}"
    printfn $"solver within %.1e{found.SolverError} of the exact solution for a uniform wall"
    printfn "gradient at the guess, reverse: %A" found.Reverse
    printfn "gradient at the guess, forward: %A" found.Forward
    Svg.save "out/conductivity/conductivity.svg" (picture found)
    0
