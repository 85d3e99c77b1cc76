/// A gated recurrent unit that reads 28 pairs of numbers. In two of the pairs the second number is a mark; the question is
/// whether the number beside the first mark is larger than the one beside the second. So it must learn what to keep.
module Adjoint.Examples.Gru

open Adjoint
open Adjoint.Nn

let steps = 28
let hidden = 32

/// Gated recurrent units (Cho et al. 2014), and one number from their last state, positive for yes.
type Model =
    {
        Units: Gru<float32>
        Output: Dense<float32>
    }

/// ln (p / (1 - p)) for each sequence, p being the probability of yes. sequences : [steps, batch, 2].
let logits model (sequences: Tensor<float32>) =
    let last, _ = Gru.apply model.Units (Gru.start sequences.Shape[1] model.Units) sequences
    Dense.apply model.Output last |> Tensor.squeezeAxis 1

/// The mean of -ln p over a batch, p being the probability that the model gives the true answer.
let loss (sequences, answers) model =
    logits model sequences |> Loss.binaryCrossEntropy answers |> Tensor.mean

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

/// A model before it has learned anything.
let create key =
    {
        Units = key |> Random.foldIn 0 |> Gru.init 2 hidden
        Output = key |> Random.foldIn 1 |> Dense.init hidden 1
    }

/// How many batches the model is trained on.
let batches = 400

/// Adam (Kingma and Ba 2015), with a rate that falls to zero towards the end.
let optimizer = Optim.adam 0.02 |> Optim.scheduled (Schedule.linear 1.0 0.0 batches)

/// A step on a fresh batch of sequences.
let step (key, model, state) =
    let _, model, state = Optim.descend optimizer (loss (batch 64 key)) model state
    model, state

/// Trains on fresh sequences at every step, so there is nothing to learn by heart.
let train count =
    let step = compile step
    let model = create (Random.key 1)

    ((model, Optim.init optimizer model), seq { 1..count })
    ||> Seq.fold (fun (model, state) i -> step (Random.key 2 |> Random.foldIn i, model, state))
    |> fst

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
