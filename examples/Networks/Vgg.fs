namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// VGG-16 (Simonyan and Zisserman 2015, configuration D): blocks of 3 × 3 convolutions with a max pool after each, and three dense layers.
/// 138,357,544 parameters for 224 × 224 images and 1000 classes.
type Vgg<'T when 'T: struct> =
    {
        Blocks: Conv<'T> list list
        Dense: Dense<'T> list
    }

[<RequireQualifiedAccess>]
module Vgg =

    /// Convolutions of each block, and their channels.
    let sixteen = [ 2, 64; 2, 128; 3, 256; 3, 512; 3, 512 ]

    /// size: height and width of images; wide: neurons of the two dense layers before the last, 4096 in the paper.
    let create (blocks: (int * int) list) size wide classes key : Vgg<'T> =
        let next = Keys.from key
        let inputs = 3 :: List.map snd blocks
        let pixels = size / pown 2 blocks.Length

        {
            Blocks =
                [
                    for inputs, (count, outputs) in List.zip (List.take blocks.Length inputs) blocks ->
                        [
                            for i in 1..count -> Conv.initWith Init.heNormal [ 3; 3 ] (if i = 1 then inputs else outputs) outputs (next ())
                        ]
                ]
            Dense =
                [
                    for inputs, outputs in List.pairwise [ pixels * pixels * List.last inputs; wide; wide; classes ] ->
                        Dense.initWith Init.heNormal inputs outputs (next ())
                ]
        }

    /// [n, 3, size, size] to [n, classes]. dropout: a key in training, where half of the dense layers' inputs are dropped.
    let logits (dropout: Tensor<uint32> option) (model: Vgg<'T>) (images: Tensor<'T>) : Tensor<'T> =
        let block x layers =
            (x, layers)
            ||> List.fold (fun x layer -> x |> Conv.apply Padding.Same layer |> Tensor.relu)
            |> Tensor.maxPool2d 2

        let dropped number x =
            match dropout with
            | Some key -> Dropout.apply 0.5 (Random.foldIn number key) x
            | None -> x

        let dense x (number, layer) =
            if number = 0 then
                Dense.apply layer x
            else
                x |> Tensor.relu |> dropped number |> Dense.apply layer

        let features = (images, model.Blocks) ||> List.fold block |> Tensor.flattenFrom 1
        (features, List.indexed model.Dense) ||> List.fold dense
