namespace Adjoint.Examples.Digits

open Adjoint

/// What a layer learns: its weights, and a number that is added to each of its outputs.
type Layer<'T when 'T: struct> =
    { Weight: Tensor<'T>; Bias: Tensor<'T> }

/// A network in the style of LeNet-5 (LeCun, Bottou, Bengio and Haffner 1998). A model is a plain record of tensors; its gradient
/// is one more of these records. The element type is left open: it trains in float32, and its gradient is checked in float.
type LeNet<'T when 'T: struct> =
    {
        Conv1: Layer<'T>
        Conv2: Layer<'T>
        Dense1: Layer<'T>
        Dense2: Layer<'T>
        Output: Layer<'T>
    }

[<RequireQualifiedAccess>]
module LeNet =

    let private convolve (layer: Layer<'T>) (x: Tensor<'T>) =
        (x |> Tensor.conv2d Padding.Same layer.Weight) + layer.Bias

    let private dense (layer: Layer<'T>) (x: Tensor<'T>) =
        Tensor.matMul x layer.Weight + layer.Bias

    /// How much speaks for each digit, [n, 10], of images [n, 1, height, width].
    let logits (model: LeNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
        images
        |> convolve model.Conv1
        |> Tensor.relu
        |> Tensor.maxPool2d 2
        |> convolve model.Conv2
        |> Tensor.relu
        |> Tensor.maxPool2d 2
        |> Tensor.flattenFrom 1
        |> dense model.Dense1
        |> Tensor.relu
        |> dense model.Dense2
        |> Tensor.relu
        |> dense model.Output

    /// The mean of -log p over the images, where p is the probability that the model gives the true digit.
    let loss (images: Tensor<'T>, labels: Tensor<int>) (model: LeNet<'T>) : Tensor<'T> =
        let likelihoods = logits model images |> Tensor.logSoftmax -1
        -Tensor.mean(Tensor.sumAlong -1 (Tensor.oneHot 10 labels * likelihoods))

    /// The same numbers as another element type.
    let cast (model: LeNet<'T>) : LeNet<'U> =
        let layer (from: Layer<'T>) : Layer<'U> =
            {
                Weight = Tensor.cast from.Weight
                Bias = Tensor.cast from.Bias
            }

        {
            Conv1 = layer model.Conv1
            Conv2 = layer model.Conv2
            Dense1 = layer model.Dense1
            Dense2 = layer model.Dense2
            Output = layer model.Output
        }

    /// A model for images of a size, before it has learned anything: weights uniform in ±√(6 / inputs) of a neuron (He et
    /// al. 2015), biases in a tenth of it: where they are zero, white paper is a tie for max and relu, and the
    /// loss has a kink.
    let create seed height width : LeNet<float32> =
        let layer number weights inputs biases =
            let bound = sqrt (6.0 / float inputs)
            let weightKey, biasKey = Random.key seed |> Random.foldIn number |> Random.split

            {
                Weight = weightKey |> Random.uniformIn -bound bound weights
                Bias = biasKey |> Random.uniformIn (-0.1 * bound) (0.1 * bound) biases
            }

        // A bias of a convolution is [channels, 1, 1]: one number for a whole plane.
        let conv number inputs outputs =
            layer number [ outputs; inputs; 5; 5 ] (25 * inputs) [ outputs; 1; 1 ]

        let dense number inputs outputs =
            layer number [ inputs; outputs ] inputs [ outputs ]

        // Each pool halves the image and rounds down.
        {
            Conv1 = conv 1 1 6
            Conv2 = conv 2 6 16
            Dense1 = dense 3 (16 * (height / 4) * (width / 4)) 120
            Dense2 = dense 4 120 84
            Output = dense 5 84 10
        }
