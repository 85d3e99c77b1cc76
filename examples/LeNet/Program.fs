/// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998), defined and trained in about as many lines as in the paper on Swift for
/// TensorFlow (Saeta et al. 2021).
module Adjoint.Examples.LeNet.Program

open Adjoint
open Adjoint.Nn

type LeNet =
    {
        Conv1: Conv<float32>
        Conv2: Conv<float32>
        Dense1: Dense<float32>
        Dense2: Dense<float32>
        Dense3: Dense<float32>
    }

/// How much speaks for each digit, [n, 10], of images [n, 1, 28, 28].
let logits model images =
    images
    |> Conv.apply Padding.Same model.Conv1
    |> Tensor.relu
    |> Tensor.avgPool2d 2
    |> Conv.apply Padding.Valid model.Conv2
    |> Tensor.relu
    |> Tensor.avgPool2d 2
    |> Tensor.flattenFrom 1
    |> Dense.apply model.Dense1
    |> Tensor.relu
    |> Dense.apply model.Dense2
    |> Tensor.relu
    |> Dense.apply model.Dense3

/// The mean of -ln p, where p is the probability that the model gives the true digit.
let loss (images, labels) model =
    logits model images |> Loss.crossEntropy labels |> Tensor.mean

/// Weights uniform in ±√(6 / inputs) of a neuron (He et al. 2015), biases zero.
let create seed =
    let key number = Random.key seed |> Random.foldIn number

    let conv number inputs outputs =
        Conv.initWith Init.heUniform [ 5; 5 ] inputs outputs (key number)

    let dense number inputs outputs =
        Dense.initWith Init.heUniform inputs outputs (key number)

    {
        Conv1 = conv 1 1 6
        Conv2 = conv 2 6 16
        Dense1 = dense 3 400 120
        Dense2 = dense 4 120 84
        Dense3 = dense 5 84 10
    }

/// Gradient descent on batches of 32.
let train epochs (images: Tensor<float32>, labels: Tensor<int64>) =
    let optimizer = Optim.sgd 0.1
    let step = compile (fun (batch, model, state) -> Optim.descend optimizer (loss batch) model state)
    let mutable model = create 1
    let mutable state = Optim.init optimizer model

    for _ in 1..epochs do
        for first in 0..32 .. labels.Size - 32 do
            let _, next, after = step ((images[first .. first + 31], labels[first .. first + 31]), model, state)
            model <- next
            state <- after

    model

/// The share of images that a model reads rightly.
let accuracy (images, labels) model =
    let right = Tensor.argMax 1 (logits model images) .= labels
    let share: Tensor<float> = right |> Tensor.cast |> Tensor.mean
    value share

/// The accuracy on images that weren't trained on, before training and after.
let figures () =
    let images, labels = Data.images 1500
    let seen, fresh = (images[..1023], labels[..1023]), (images[1024..], labels[1024..])
    accuracy fresh (train 0 seen), accuracy fresh (train 10 seen)

[<EntryPoint>]
let main _ =
    let before, after = figures ()
    printfn $"digits read rightly: untrained %.1f{100.0 * before} %%, trained %.1f{100.0 * after} %%"
    0
