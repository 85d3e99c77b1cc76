/// Finds stiffness and damping of an oscillator from its measured path, by differentiating through the solver of its equation of
/// motion: a `while` that picks its own steps, and rejects the ones that were too long.
module Adjoint.Examples.OdeFit

open Adjoint

/// x″ = -stiffness · x - damping · x′
type Oscillator =
    {
        Stiffness: Tensor<float>
        Damping: Tensor<float>
    }

/// The derivative of the state [x, x′].
let motion model (state: Tensor<float>) =
    let position, velocity = state[0], state[1]
    Tensor.stack 0 [ velocity; -model.Stiffness * position - model.Damping * velocity ]

/// How large the estimated error of one step may be.
let tolerance = 1e-5

/// One step by the pair of Bogacki and Shampine (1989): the result of third order, and how it differs from the one of second.
let step (f: Tensor<float> -> Tensor<float>) (h: Tensor<float>) y =
    let k1 = f y
    let k2 = f (y + h * k1 / 2.0)
    let k3 = f (y + 3.0 * h * k2 / 4.0)
    let next = y + h * (2.0 * k1 + 3.0 * k2 + 4.0 * k3) / 9.0
    let k4 = f next
    next, h * (-5.0 * k1 + 6.0 * k2 + 8.0 * k3 - 9.0 * k4) / 72.0

/// Where the solver is, and the length of the step that it tries next.
type Progress =
    {
        Time: Tensor<float>
        State: Tensor<float>
        Length: Tensor<float>
        Tried: Tensor<int>
        Rejected: Tensor<int>
    }

/// Tries a step that doesn't pass the end. It counts if its error is within the tolerance; either way the error tells how long
/// the next one should be. The derivative goes through all of this, the choice of the lengths included.
let advance f (finish: Tensor<float>) progress =
    let h = Tensor.minimum progress.Length (finish - progress.Time)
    let next, difference = step f h progress.State
    // The small number keeps the root and the power smooth where there is no error at all.
    let error = Tensor.sqrt (Tensor.sum (Tensor.square (difference / tolerance)) + 1e-12)
    let accepted = error .<= 1.0
    let better = h * Tensor.clip 0.2 5.0 (0.9 * error ** (-1.0 / 3.0))
    // A good step that was cut short at the end says nothing about longer ones.
    let cut = accepted &&& (h .< progress.Length)

    {
        Time = Tensor.where accepted (progress.Time + h) progress.Time
        State = Tensor.where accepted next progress.State
        Length = Tensor.where cut progress.Length better
        Tried = progress.Tried + 1
        Rejected = progress.Rejected + Tensor.where accepted (Tensor.scalar 0) (Tensor.scalar 1)
    }

/// The states at given times from the state at time 0, and the solver's last progress.
let solve f (times: Tensor<float>) start =
    let toNext progress time =
        let reached = Flow.whileLoop (fun now -> now.Time .< time) (advance f time) progress

        reached, reached.State

    let before =
        {
            Time = Tensor.scalar 0.0
            State = start
            Length = Tensor.scalar 0.5
            Tried = Tensor.scalar 0
            Rejected = Tensor.scalar 0
        }

    let last, states = Flow.scan toNext before times
    states, last

/// When the position is measured, and the state at time 0: drawn out by one, and at rest.
let times = Tensor.linspace 0.5 6.0 12
let start = Tensor.vector [ 1.0; 0.0 ]

/// The mean squared distance between the positions of a model and the measured ones.
let loss measured model =
    let states, _ = solve (motion model) times start
    states[*, 0] - measured |> Tensor.square |> Tensor.mean

let oscillator stiffness damping =
    {
        Stiffness = Tensor.scalar stiffness
        Damping = Tensor.scalar damping
    }

let truth, guess = oscillator 2.5 0.3, oscillator 1.8 0.6

/// What is measured: the true path, which is known in closed form. With γ = damping / 2 and ω = √(stiffness - γ²) it is
/// x(t) = e^(-γt) (cos ωt + γ/ω sin ωt).
let measured =
    let gamma = truth.Damping / 2.0
    let omega = sqrt (truth.Stiffness - gamma * gamma)

    exp (-gamma * times)
    * (cos (omega * times) + gamma / omega * sin (omega * times))

/// Gradient descent.
let fit steps =
    let step =
        compile (fun model -> Structure.map2 (fun p g -> p - 1.5 * g) model (grad (loss measured) model))

    Seq.fold (fun model _ -> step model) guess (seq { 1..steps })

/// The gradient of the loss by central differences of the same solver.
let differences model =
    let h = 1e-5
    let at change = value (loss measured (change model))

    let slope change =
        (at (change h) - at (change -h)) / (2.0 * h)

    slope (fun h model ->
        { model with
            Stiffness = model.Stiffness + h
        }),
    slope (fun h model ->
        { model with
            Damping = model.Damping + h
        })

/// The gradient at the guess: by reverse mode through the loop, and by differences.
let gradients () =
    let slope = grad (loss measured) guess
    (value slope.Stiffness, value slope.Damping), differences guess

/// The solver's progress at the last time, for the true model.
let effort () = snd (solve (motion truth) times start)

[<EntryPoint>]
let main _ =
    let last = effort ()
    printfn $"the solver tried {value last.Tried} steps and rejected {value last.Rejected}"
    let byLoop, byDifferences = gradients ()
    printfn "gradient at the guess, through the loop: %A" byLoop
    printfn "gradient at the guess, by differences:   %A" byDifferences
    let found = fit 40
    printfn $"found stiffness %.4f{value found.Stiffness}, damping %.4f{value found.Damping}"
    printfn $"true  stiffness %.4f{value truth.Stiffness}, damping %.4f{value truth.Damping}"
    0
