namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// A convolution without bias, and the batch norm after it.
type ConvNorm<'T when 'T: struct> = { Filter: Filter<'T>; Norm: Norm<'T> }

[<RequireQualifiedAccess>]
module ConvNorm =

    /// Square windows; with groups, inputs are those of one group.
    let init size inputs outputs key : ConvNorm<'T> =
        {
            Filter = Filter.init [ size; size ] inputs outputs key
            Norm = BatchNorm.init outputs
        }

    /// [N, C, h, w] to [N, O, h / stride, w / stride], rounded up.
    let applyIn groups stride (norms: BatchNorms<'T>) (layer: ConvNorm<'T>) (x: Tensor<'T>) =
        let around = layer.Filter.Weight.Shape[2] / 2

        let how =
            { Convolution.Plain with
                Strides = [ stride; stride ]
                Padding = Padding.Both(around, 2)
                Groups = groups
            }

        x |> Filter.apply how layer.Filter |> norms.Apply layer.Norm

    /// In one group.
    let apply stride norms layer x = applyIn 1 stride norms layer x

/// Keys for the parts of a model.
[<RequireQualifiedAccess>]
module Keys =

    /// A function that gives another key at each call.
    let from (key: Tensor<uint32>) =
        let mutable count = 0

        fun () ->
            count <- count + 1
            Random.foldIn count key
