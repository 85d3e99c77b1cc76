namespace Adjoint.Examples.Networks

open Adjoint
open Adjoint.Nn

/// A layer of a transformer: attention and two dense layers, each beside a way around it, with layer norms.
/// 7,087,872 parameters for a width of 768 and 3072 inside, as in BERT base and GPT-2 small.
type TransformerLayer<'T when 'T: struct> =
    {
        Attention: Attention<'T>
        AttentionNorm: Norm<'T>
        Widen: Dense<'T>
        Narrow: Dense<'T>
        DenseNorm: Norm<'T>
    }

[<RequireQualifiedAccess>]
module TransformerLayer =

    let create width inside key : TransformerLayer<'T> =
        let next = Keys.from key

        {
            Attention = Attention.init width (next ())
            AttentionNorm = LayerNorm.init [ width ]
            Widen = Dense.init width inside (next ())
            Narrow = Dense.init inside width (next ())
            DenseNorm = LayerNorm.init [ width ]
        }

    /// What the dense layers add.
    let dense (layer: TransformerLayer<'T>) x =
        x |> Dense.apply layer.Widen |> Tensor.gelu |> Dense.apply layer.Narrow

    /// Norms after each sum, as in the paper of Vaswani et al. (2017). dropout: a rate, and a key in training.
    let encode heads (dropout: (float * Tensor<uint32>) option) (layer: TransformerLayer<'T>) (x: Tensor<'T>) : Tensor<'T> =
        let dropped number x =
            match dropout with
            | Some(rate, key) -> Dropout.apply rate (Random.foldIn number key) x
            | None -> x

        let x =
            x + dropped 0 (Attention.apply heads Mask.All layer.Attention x)
            |> LayerNorm.apply layer.AttentionNorm

        x + dropped 1 (dense layer x) |> LayerNorm.apply layer.DenseNorm

/// A transformer that chooses a class of sequences of vectors.
type Encoder<'T when 'T: struct> =
    {
        Input: Dense<'T>
        Layers: TransformerLayer<'T> list
        Output: Dense<'T>
    }

[<RequireQualifiedAccess>]
module Encoder =

    let create inputs width inside layers classes key : Encoder<'T> =
        let next = Keys.from key

        {
            Input = Dense.init inputs width (next ())
            Layers = [ for _ in 1..layers -> TransformerLayer.create width inside (next ()) ]
            Output = Dense.init width classes (next ())
        }

    /// [n, length, inputs] to [n, classes]: places are marked by sines and cosines, and the mean over them is classified.
    let logits heads dropout (model: Encoder<'T>) (sequences: Tensor<'T>) : Tensor<'T> =
        let x = Dense.apply model.Input sequences
        let x = x + Embedding.positions x.Shape[1] x.Shape[2]

        let layer x (number, layer) =
            let dropout = dropout |> Option.map (fun (rate, key) -> rate, Random.foldIn number key)
            TransformerLayer.encode heads dropout layer x

        (x, List.indexed model.Layers)
        ||> List.fold layer
        |> Tensor.meanAlong 1
        |> Dense.apply model.Output
