namespace Adjoint.Examples.Digits

open Adjoint

/// The same digits, written a little differently: so a small data set teaches what doesn't matter.
[<RequireQualifiedAccess>]
module Variation =

    /// Every image turned, stretched, sheared and moved by a little of its own, [n, 1, height, width]: each pixel looks up what
    /// lies at another place, between four pixels (bilinearly); around the image is paper.
    let apply (key: Tensor<uint32>, images: Tensor<float32>) : Tensor<float32> =
        let count, height, width = images.Shape[0], images.Shape[2], images.Shape[3]
        let pitch = width + 2

        let padded =
            images
            |> Tensor.pad [ 0, 0; 0, 0; 1, 1; 1, 1 ] 0.0f
            |> Tensor.reshape [ count; (height + 2) * pitch ]

        let random number most : Tensor<float32> =
            key |> Random.foldIn number |> Random.uniformIn -most most [ count; 1; 1 ]

        // Places from the middle of the image, then in the padded one.
        let across: Tensor<float32> = Tensor.arange width - float32 (width - 1) / 2.0f

        let down: Tensor<float32> =
            Tensor.arange height - float32 (height - 1) / 2.0f
            |> Tensor.reshape [ height; 1 ]

        let place number (along: Tensor<float32>) (other: Tensor<float32>) extent =
            let moved = random (number + 2) (0.06 * float extent) + float32 (extent + 1) / 2.0f

            along * (1.0f + random number 0.15) + other * random (number + 1) 0.15 + moved
            |> Tensor.clip 0.0f (float32 extent + 0.999f)

        let y, x = place 0 down across height, place 3 across down width
        let top, left = Tensor.floor y, Tensor.floor x

        let ink (above: float32) (before: float32) : Tensor<float32> =
            let index: Tensor<int> = Tensor.cast ((top + above) * float32 pitch + left + before)

            padded
            |> Tensor.takeAlong 1 (Tensor.reshape [ count; height * width ] index)
            |> Tensor.reshape [ count; height; width ]

        let between (part: Tensor<float32>) (low: Tensor<float32>) (high: Tensor<float32>) : Tensor<float32> = low + part * (high - low)

        between (y - top) (between (x - left) (ink 0.0f 0.0f) (ink 0.0f 1.0f)) (between (x - left) (ink 1.0f 0.0f) (ink 1.0f 1.0f))
        |> Tensor.expandDims 1
