/// How the small versions learn: steps of an optimizer on batches drawn by chance, as one compiled loop.
[<RequireQualifiedAccess>]
module Adjoint.Examples.Networks.Training

open Adjoint
open Adjoint.Nn

/// So many rows of examples by chance.
let private batch size key (x: Tensor<'A>, y: Tensor<'B>) =
    let chosen = Random.integers 0 x.Shape[0] [ size ] key
    Tensor.take chosen x, Tensor.take chosen y

/// loss: of a key, what to learn and remember beside the model (batch norms' statistics, or ()). Gives model and memory after all steps.
let fitWith steps optimizer (loss: Tensor<uint32> -> 'S -> 'P -> Tensor<float32> * 'S) (model: 'P, memory: 'S) : 'P * 'S =
    let step (model, memory, state) (number: Tensor<int>) =
        let key = Random.key 2 |> Random.foldInTensor number
        let (value, memory), gradient = valueAndGradWith (loss key memory) model
        let model, state = Optim.step optimizer gradient model state
        (model, memory, state), value

    let (model, memory, _), _ =
        compile (Flow.scan step (model, memory, Optim.init optimizer model)) (Tensor.arange steps)

    model, memory

/// A classifier without memory, on batches of images and labels.
let fit steps size optimizer (logits: 'P -> Tensor<'A> -> Tensor<float32>) examples (model: 'P) : 'P =
    let loss key () model =
        let images, labels = batch size key examples
        logits model images |> Loss.crossEntropy labels |> Tensor.mean, ()

    fitWith steps optimizer loss (model, ()) |> fst

/// A classifier with batch norms: also gives their running statistics.
let fitNormed steps size optimizer (logits: BatchNorms<float32> -> 'P -> Tensor<'A> -> Tensor<float32>) examples (model: 'P) =
    let running = BatchNorms.Start(fun norms -> logits norms model (fst examples))

    let loss key running model =
        let images, labels = batch size key examples
        let norms = BatchNorms.Training(0.9, running)
        let loss = logits norms model images |> Loss.crossEntropy labels |> Tensor.mean
        loss, norms.Running

    fitWith steps optimizer loss (model, running)

/// The share of examples that are classified rightly.
let accuracy (logits: Tensor<'A> -> Tensor<'T>) (x: Tensor<'A>, labels: Tensor<int>) =
    let guessed: Tensor<int> = compile (logits >> Tensor.argMax 1) x |> Tensor.cast
    let share: Tensor<float> = guessed .= labels |> Tensor.cast |> Tensor.mean
    value share
