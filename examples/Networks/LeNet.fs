namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998) with relu and full connections between its convolutions, as it is built today:
/// 61,706 parameters.
type LeNet<'T when 'T: struct> =
    {
        Conv1: Conv<'T>
        Conv2: Conv<'T>
        Dense1: Dense<'T>
        Dense2: Dense<'T>
        Dense3: Dense<'T>
    }

[<RequireQualifiedAccess>]
module LeNet =

    let create key : LeNet<'T> =
        let next = Keys.from key

        let conv inputs outputs =
            Conv.initWith Init.heUniform [ 5; 5 ] inputs outputs (next ())

        let dense inputs outputs =
            Dense.initWith Init.heUniform inputs outputs (next ())

        {
            Conv1 = conv 1 6
            Conv2 = conv 6 16
            Dense1 = dense 400 120
            Dense2 = dense 120 84
            Dense3 = dense 84 10
        }

    /// [n, 1, 28, 28] to [n, 10].
    let logits (model: LeNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
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
