namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// A block that widens its input, looks at each channel by itself, and narrows it again.
type InvertedResidual<'T when 'T: struct> =
    {
        Widen: ConvNorm<'T> option
        Depthwise: ConvNorm<'T>
        Narrow: ConvNorm<'T>
        /// Of the depthwise convolution.
        Stride: int
    }

/// MobileNetV2 (Sandler, Howard, Zhu, Zhmoginov and Chen 2018): 3,504,872 parameters with 1000 classes.
type MobileNet<'T when 'T: struct> =
    {
        Stem: ConvNorm<'T>
        Blocks: InvertedResidual<'T> list
        Last: ConvNorm<'T>
        Output: Dense<'T>
    }

[<RequireQualifiedAccess>]
module MobileNet =

    /// Their table 2: how many times wider inside, channels, blocks, stride of the first one.
    let v2 =
        [
            1, 16, 1, 1
            6, 24, 2, 2
            6, 32, 3, 2
            6, 64, 4, 2
            6, 96, 3, 1
            6, 160, 3, 2
            6, 320, 1, 1
        ]

    let private block next inputs (times, outputs, stride) =
        let wide = times * inputs

        {
            Widen =
                if times = 1 then
                    None
                else
                    Some(ConvNorm.init 1 inputs wide (next ()))
            Depthwise = ConvNorm.init 3 1 wide (next ())
            Narrow = ConvNorm.init 1 wide outputs (next ())
            Stride = stride
        }

    /// stem, last: channels of the first and the last convolution, 32 and 1280 in the paper.
    let create stem table last classes key : MobileNet<'T> =
        let next = Keys.from key

        let blocks =
            [
                for times, outputs, count, stride in table do
                    for i in 1..count -> times, outputs, (if i = 1 then stride else 1)
            ]

        let inputs = stem :: [ for _, outputs, _ in blocks -> outputs ]

        {
            Stem = ConvNorm.init 3 3 stem (next ())
            Blocks = List.map2 (block next) (List.take blocks.Length inputs) blocks
            Last = ConvNorm.init 1 (List.last inputs) last (next ())
            Output = Dense.init last classes (next ())
        }

    let private apply norms (x: Tensor<'T>) block =
        let wide =
            match block.Widen with
            | Some layer -> x |> ConvNorm.apply 1 norms layer |> Tensor.relu6
            | None -> x

        let y =
            wide
            |> ConvNorm.applyIn wide.Shape[1] block.Stride norms block.Depthwise
            |> Tensor.relu6
            |> ConvNorm.apply 1 norms block.Narrow

        if y.Shape = x.Shape then x + y else y

    /// [n, 3, h, w] to [n, classes].
    let logits norms (model: MobileNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
        let stem = images |> ConvNorm.apply 2 norms model.Stem |> Tensor.relu6

        (stem, model.Blocks)
        ||> List.fold (apply norms)
        |> ConvNorm.apply 1 norms model.Last
        |> Tensor.relu6
        |> Pool.globalAvg
        |> Dense.apply model.Output
