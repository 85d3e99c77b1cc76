/// A gated recurrent unit that reads 28 pairs of numbers. In two of the pairs the second number is a mark; the question is
/// whether the number beside the first mark is larger than the one beside the second. So it must learn what to keep.
module Adjoint.Examples.Gru

open Adjoint
open Adjoint.Front

let steps = 28
let hidden = 32

/// An affine function of an input and a state: x W + h U + b.
type Gate =
    {
        Input: Tensor<float32>
        State: Tensor<float32>
        Bias: Tensor<float32>
    }

/// Cho et al. 2014. The output is one number, positive for yes.
type Model =
    {
        Update: Gate
        Reset: Gate
        Candidate: Gate
        Output: Tensor<float32>
    }

let apply gate x h =
    Tensor.matMul x gate.Input + Tensor.matMul h gate.State + gate.Bias

/// The next state of each sequence of a batch. x : [batch, 2], h : [batch, hidden].
let cell model h x =
    let update = apply model.Update x h |> Tensor.sigmoid
    let reset = apply model.Reset x h |> Tensor.sigmoid
    let candidate = apply model.Candidate x (reset * h) |> Tensor.tanh
    h + update * (candidate - h)

/// ln (p / (1 - p)) for each sequence, p being the probability of yes. sequences : [steps, batch, 2].
let logits model (sequences: Tensor<float32>) =
    let start = Tensor.zeros [ sequences.Shape[1]; hidden ]
    let last, () = Flow.scan (fun h x -> cell model h x, ()) start sequences
    Tensor.matMul last model.Output

/// The mean of -ln p over a batch, p being the probability that the model gives the true answer.
let loss (sequences, answers) model =
    let z = logits model sequences
    Tensor.softplus z - answers * z |> Tensor.mean

/// Sequences at random, the first mark in one half and the second in the other; and their answers, 1 for yes.
let batch count key =
    let numbers = key |> Random.foldIn 0 |> Random.uniformIn -1.0 1.0 [ count; steps ]

    let mark number low high =
        key
        |> Random.foldIn number
        |> Random.integers low high [ count ]
        |> Tensor.oneHot steps

    let first, second = mark 1 0 (steps / 2), mark 2 (steps / 2) steps
    let sequences = Tensor.stack 2 [ numbers; first + second ] |> Tensor.swapAxes 0 1
    let difference = numbers * (first - second) |> Tensor.sumAlong 1
    sequences, Tensor.cast (difference .> 0.0f)

/// Weights uniform in ±1/√hidden, biases 0.
let create key =
    let uniform number shape =
        let bound = 1.0 / sqrt (float hidden)
        key |> Random.foldIn number |> Random.uniformIn -bound bound shape

    let gate number =
        {
            Input = uniform number [ 2; hidden ]
            State = uniform (number + 1) [ hidden; hidden ]
            Bias = Tensor.zeros [ hidden ]
        }

    {
        Update = gate 0
        Reset = gate 2
        Candidate = gate 4
        Output = uniform 6 [ hidden ]
    }

/// A model in training, with running means of its gradient and of the gradient's square, and the number of steps so far.
type Training =
    {
        Model: Model
        Mean: Model
        Square: Model
        Time: Tensor<float32>
    }

/// How many batches the model is trained on.
let batches = 400

/// A step of gradient descent by Adam (Kingma and Ba 2015): each weight by its own measure, the mean of its gradient over the
/// root of the mean of its square. Both means begin at zero, which the rate makes up for; it falls to zero towards the end.
let step (key, state) =
    let slope = grad (loss (batch 64 key)) state.Model
    let mean = Structure.map2 (fun m g -> 0.9 * m + 0.1 * g) state.Mean slope
    let square = Structure.map2 (fun v g -> 0.999 * v + 0.001 * g * g) state.Square slope
    let time = state.Time + 1.0f
    let missing (kept: float32) = 1.0f - Tensor.scalar kept ** time
    let falling = 0.02f * (1.0f - state.Time / float32 batches)
    let rate = falling * Tensor.sqrt (missing 0.999f) / missing 0.9f

    {
        Model = Structure.map3 (fun p m v -> p - rate.Expr * m / (Tensors.Sqrt v + 1e-8)) state.Model mean square
        Mean = mean
        Square = square
        Time = time
    }

/// Trains on fresh sequences at every step, so there is nothing to learn by heart.
let train count =
    let model = create (Random.key 1)
    let zeros = Structure.zerosLike model
    let step = compile step

    let before =
        {
            Model = model
            Mean = zeros
            Square = zeros
            Time = Tensor.scalar 0.0f
        }

    let after =
        Seq.fold (fun state i -> step (Random.key 2 |> Random.foldIn i, state)) before (seq { 1..count })

    after.Model

/// The share of new sequences that a model answers rightly.
let accuracy model =
    let sequences, answers = batch 1000 (Random.key 3)
    let right = (logits model sequences .> 0.0f) .= (answers .> 0.5f)
    let share: Tensor<float> = right |> Tensor.cast |> Tensor.mean
    value share

/// The accuracy before training and after.
let figures () =
    accuracy (train 0), accuracy (train batches)

[<EntryPoint>]
let main _ =
    let before, after = figures ()
    printfn $"right answers on new sequences: untrained %.1f{100.0 * before} %%, trained %.1f{100.0 * after} %%"
    0
