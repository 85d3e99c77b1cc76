namespace Adjoint.Examples.Digits

open Adjoint
open Adjoint.Nn

/// A network in the style of LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998). A model is a plain record of tensors; its gradient
/// is one more of these records. The element type is left open: it trains in float32, and its gradient is checked in float.
type LeNet<'T when 'T: struct> =
    {
        Conv1: Conv<'T>
        Conv2: Conv<'T>
        Dense1: Dense<'T>
        Dense2: Dense<'T>
        Output: Dense<'T>
    }

[<RequireQualifiedAccess>]
module LeNet =

    /// How much speaks for each digit, [n, 10], of images [n, 1, height, width].
    let logits (model: LeNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
        images
        |> Conv.apply Padding.Same model.Conv1
        |> Tensor.relu
        |> Tensor.maxPool2d 2
        |> Conv.apply Padding.Same model.Conv2
        |> Tensor.relu
        |> Tensor.maxPool2d 2
        |> Tensor.flattenFrom 1
        |> Dense.apply model.Dense1
        |> Tensor.relu
        |> Dense.apply model.Dense2
        |> Tensor.relu
        |> Dense.apply model.Output

    /// The mean of -log p over the images, where p is the probability that the model gives the true digit.
    let loss (images: Tensor<'T>, labels: Tensor<int>) (model: LeNet<'T>) : Tensor<'T> =
        logits model images |> Loss.crossEntropy labels |> Tensor.mean

    /// The same numbers as another element type.
    let cast (model: LeNet<'T>) : LeNet<'U> =
        let conv (from: Conv<'T>) : Conv<'U> =
            {
                Weight = Tensor.cast from.Weight
                Bias = Tensor.cast from.Bias
            }

        let dense (from: Dense<'T>) : Dense<'U> =
            {
                Weight = Tensor.cast from.Weight
                Bias = Tensor.cast from.Bias
            }

        {
            Conv1 = conv model.Conv1
            Conv2 = conv model.Conv2
            Dense1 = dense model.Dense1
            Dense2 = dense model.Dense2
            Output = dense model.Output
        }

    /// A model for images of a size, before it has learned anything: weights uniform in ±√(6 / inputs) of a neuron (He et
    /// al. 2015), biases in a tenth of it: where they are zero, white paper is a tie for max and relu, and the
    /// loss has a kink.
    let create seed height width : LeNet<float32> =
        let keys number =
            Random.key seed |> Random.foldIn number |> Random.split

        let biases inputs outputs =
            Init.uniform (0.1 * sqrt (6.0 / float inputs)) [ outputs ]

        let conv number inputs outputs : Conv<float32> =
            let weightKey, biasKey = keys number

            { Conv.initWith Init.heUniform [ 5; 5 ] inputs outputs weightKey with
                Bias = biases (25 * inputs) outputs biasKey
            }

        let dense number inputs outputs : Dense<float32> =
            let weightKey, biasKey = keys number

            { Dense.initWith Init.heUniform inputs outputs weightKey with
                Bias = biases inputs outputs biasKey
            }

        // Each pool halves the image and rounds down.
        {
            Conv1 = conv 1 1 6
            Conv2 = conv 2 6 16
            Dense1 = dense 3 (16 * (height / 4) * (width / 4)) 120
            Dense2 = dense 4 120 84
            Output = dense 5 84 10
        }
