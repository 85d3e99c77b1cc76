namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// Two 3 × 3 convolutions with relu.
type ConvPair<'T when 'T: struct> = { First: Conv<'T>; Second: Conv<'T> }

/// U-Net (Ronneberger, Fischer and Brox 2015): down through halved images and up again, beside what was seen on the way down.
/// Convolutions keep the image's size, so nothing is cropped. With widths of 64 to 1024, one channel and one class it has 31,030,593 parameters.
type UNet<'T when 'T: struct> =
    {
        Down: ConvPair<'T> list
        Bottom: ConvPair<'T>
        /// From the bottom up: what doubles the image, and what joins it with the way down.
        Up: (ConvTranspose<'T> * ConvPair<'T>) list
        Output: Conv<'T>
    }

[<RequireQualifiedAccess>]
module UNet =

    let private pair next inputs outputs =
        let conv inputs =
            Conv.initWith Init.heNormal [ 3; 3 ] inputs outputs (next ())

        {
            First = conv inputs
            Second = conv outputs
        }

    /// widths: channels on each level, [ 64; 128; 256; 512; 1024 ] in the paper.
    let create (widths: int list) channels classes key : UNet<'T> =
        let next = Keys.from key
        let down = List.take (widths.Length - 1) widths

        {
            Down = List.map2 (pair next) (channels :: down |> List.take down.Length) down
            Bottom = pair next (List.last down) (List.last widths)
            Up =
                [
                    for wide, narrow in List.pairwise (List.rev widths) ->
                        ConvTranspose.init [ 2; 2 ] wide narrow (next ()), pair next (2 * narrow) narrow
                ]
            Output = Conv.initWith Init.glorotUniform [ 1; 1 ] widths.Head classes (next ())
        }

    let private both (layers: ConvPair<'T>) x =
        x
        |> Conv.apply Padding.Same layers.First
        |> Tensor.relu
        |> Conv.apply Padding.Same layers.Second
        |> Tensor.relu

    /// A logit for each pixel and class: [n, channels, h, w] to [n, classes, h, w]. h and w halve as often as there are levels.
    let logits (model: UNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
        let seen, small =
            (images, model.Down)
            ||> List.mapFold (fun x layers ->
                let y = both layers x
                y, Tensor.maxPool2d 2 y)

        let up x (beside, (larger, layers)) =
            Tensor.concat 1 [ beside; ConvTranspose.apply [ 2; 2 ] Padding.Valid larger x ]
            |> both layers

        (both model.Bottom small, List.zip (List.rev seen) model.Up)
        ||> List.fold up
        |> Conv.apply Padding.Valid model.Output
