/// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998), defined and trained in about as many lines as in the paper on Swift for
/// TensorFlow (Saeta et al. 2021).
module Adjoint.Examples.LeNet.Program

open Adjoint

type Layer =
    {
        Weight: Tensor<float32>
        Bias: Tensor<float32>
    }

type LeNet =
    {
        Conv1: Layer
        Conv2: Layer
        Dense1: Layer
        Dense2: Layer
        Dense3: Layer
    }

let conv padding layer x =
    Tensor.conv2d padding layer.Weight x + layer.Bias |> Tensor.relu

let dense layer x =
    Tensor.matMul x layer.Weight + layer.Bias

/// How much speaks for each digit, [n, 10], of images [n, 1, 28, 28].
let logits model images =
    images
    |> conv Padding.Same model.Conv1
    |> Tensor.avgPool2d 2
    |> conv Padding.Valid model.Conv2
    |> Tensor.avgPool2d 2
    |> Tensor.flattenFrom 1
    |> dense model.Dense1
    |> Tensor.relu
    |> dense model.Dense2
    |> Tensor.relu
    |> dense model.Dense3

/// The mean of -ln p, where p is the probability that the model gives the true digit.
let loss (images, labels) model =
    let likelihoods = logits model images |> Tensor.logSoftmax 1
    let ofTrueDigit = Tensor.oneHot 10 labels * likelihoods |> Tensor.sumAlong 1
    -(Tensor.mean ofTrueDigit)

/// Weights uniform in ±√(6 / inputs) of a neuron (He et al. 2015), biases zero.
let create seed =
    let layer number inputs weights biases =
        let bound = sqrt (6.0 / float inputs)

        {
            Weight = Random.key seed |> Random.foldIn number |> Random.uniformIn -bound bound weights
            Bias = Tensor.zeros biases
        }

    {
        Conv1 = layer 1 25 [ 6; 1; 5; 5 ] [ 6; 1; 1 ]
        Conv2 = layer 2 150 [ 16; 6; 5; 5 ] [ 16; 1; 1 ]
        Dense1 = layer 3 400 [ 400; 120 ] [ 120 ]
        Dense2 = layer 4 120 [ 120; 84 ] [ 84 ]
        Dense3 = layer 5 84 [ 84; 10 ] [ 10 ]
    }

/// Gradient descent on batches of 32.
let train epochs (images: Tensor<float32>, labels: Tensor<int64>) =
    let step =
        compile (fun (batch, model) -> Structure.map2 (fun p g -> p - 0.1 * g) model (grad (loss batch) model))

    let mutable model = create 1

    for _ in 1..epochs do
        for first in 0..32 .. labels.Size - 32 do
            model <- step ((images[first .. first + 31], labels[first .. first + 31]), model)

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
