namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// Two convolutions, and a way around them.
type ResidualBlock<'T when 'T: struct> =
    {
        First: ConvNorm<'T>
        Second: ConvNorm<'T>
        /// Where the shape changes: a convolution of 1 × 1, or nothing, which takes every second pixel and pads channels with zeros.
        Shortcut: ConvNorm<'T> option
    }

/// Residual networks (He, Zhang, Ren and Sun 2016).
type ResNet<'T when 'T: struct> =
    {
        Stem: ConvNorm<'T>
        Stages: ResidualBlock<'T> list list
        Output: Dense<'T>
    }

[<RequireQualifiedAccess>]
module ResNet =

    let private block next shortcuts inputs outputs =
        {
            First = ConvNorm.init 3 inputs outputs (next ())
            Second = ConvNorm.init 3 outputs outputs (next ())
            Shortcut =
                if shortcuts && inputs <> outputs then
                    Some(ConvNorm.init 1 inputs outputs (next ()))
                else
                    None
        }

    let private create shortcuts stem channels blocks widths classes key : ResNet<'T> =
        let next = Keys.from key
        let inputs = List.head widths :: widths

        {
            Stem = ConvNorm.init stem channels widths.Head (next ())
            Stages =
                [
                    for inputs, outputs in List.zip (List.take widths.Length inputs) widths ->
                        [
                            for i in 1..blocks -> block next shortcuts (if i = 1 then inputs else outputs) outputs
                        ]
                ]
            Output = Dense.initWith Init.glorotUniform (List.last widths) classes (next ())
        }

    /// For images of 32 × 32: 6 n + 2 layers in three stages of so many channels; [ 16; 32; 64 ] in the paper. ResNet-20 (n = 3) has
    /// 0.27 million parameters, ResNet-56 (n = 9) 0.85 million (their table 6).
    let small n widths channels classes key : ResNet<'T> =
        create false 3 channels n widths classes key

    /// For images of 224 × 224, with 18 layers for widths of [ 64; 128; 256; 512 ]: 11,689,512 parameters with 1000 classes.
    let eighteen widths classes key : ResNet<'T> = create true 7 3 2 widths classes key

    /// Every second pixel, and channels of zeros behind.
    let private halved outputs (x: Tensor<'T>) =
        let width = outputs - x.Shape[1]
        let half = Tensor.maxPool [ 1; 1 ] [ 2; 2 ] Padding.Valid x
        let n, _, h, w = half.Shape[0], half.Shape[1], half.Shape[2], half.Shape[3]
        Tensor.concat 1 [ half; Tensor.zeros [ n; width; h; w ] ]

    let private residual norms stride (x: Tensor<'T>) block =
        let y =
            x
            |> ConvNorm.apply stride norms block.First
            |> Tensor.relu
            |> ConvNorm.apply 1 norms block.Second

        let around =
            match block.Shortcut with
            | Some shortcut -> ConvNorm.apply stride norms shortcut x
            | None when stride = 1 -> x
            | None -> halved y.Shape[1] x

        Tensor.relu (y + around)

    /// [n, channels, h, w] to [n, classes].
    let logits norms (model: ResNet<'T>) (images: Tensor<'T>) : Tensor<'T> =
        let isLarge = model.Stem.Filter.Weight.Shape[2] = 7

        let stem =
            images
            |> ConvNorm.apply (if isLarge then 2 else 1) norms model.Stem
            |> Tensor.relu

        let stem =
            if isLarge then
                Tensor.maxPool [ 3; 3 ] [ 2; 2 ] (Padding.Both(1, 2)) stem
            else
                stem

        let stage x (number, blocks) =
            let strides = (if number = 0 then 1 else 2) :: List.replicate (List.length blocks - 1) 1

            (x, strides, blocks)
            |||> List.fold2 (fun x stride block -> residual norms stride x block)

        (stem, List.indexed model.Stages)
        ||> List.fold stage
        |> Pool.globalAvg
        |> Dense.apply model.Output
